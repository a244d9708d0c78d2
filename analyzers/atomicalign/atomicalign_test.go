package atomicalign_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
	original "golang.org/x/tools/go/analysis/passes/atomicalign"

	"github.com/lockstep-go/lockstep/analyzers/atomicalign"
	"github.com/lockstep-go/lockstep/analyzers/internal/adopted/adoptedtest"
)

func Test(t *testing.T) {
	t.Setenv("GOARCH", "386")
	t.Setenv("CGO_ENABLED", "0")
	analysistest.Run(t, analysistest.TestData(), atomicalign.Analyzer, "noisy", "quiet", "limitations")
}

func Test64Bit(t *testing.T) {
	t.Setenv("GOARCH", "amd64")
	t.Setenv("CGO_ENABLED", "0")
	for _, res := range analysistest.Run(adoptedtest.NoErrors{}, analysistest.TestData(), atomicalign.Analyzer, "noisy") {
		if len(res.Diagnostics) > 0 {
			t.Errorf("%d reports where everything is aligned, want none", len(res.Diagnostics))
		}
	}
}

func TestSentences(t *testing.T) {
	t.Setenv("GOARCH", "386")
	t.Setenv("CGO_ENABLED", "0")
	adoptedtest.Sentences(t, atomicalign.Analyzer, original.Analyzer, "a", "b")
}
