package mixedatomic_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/internal/relatedtest"
	"github.com/lockstep-go/lockstep/analyzers/mixedatomic"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), mixedatomic.Analyzer, "noisy", "quiet")
}

func TestWhy(t *testing.T) {
	relatedtest.Run(t, mixedatomic.Analyzer, "why")
}
