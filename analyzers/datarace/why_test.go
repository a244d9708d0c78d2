package datarace_test

import (
	"testing"

	"github.com/lockstep-go/lockstep/analyzers/datarace"
	"github.com/lockstep-go/lockstep/analyzers/internal/relatedtest"
)

func TestWhy(t *testing.T) {
	relatedtest.Run(t, datarace.Analyzer, "why")
}
