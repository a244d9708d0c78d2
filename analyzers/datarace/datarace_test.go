package datarace_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/datarace"
)

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), datarace.Analyzer, "basic", "order", "locks", "memory", "spawn", "quiet")
}

// TestLimitations holds what the check is known to miss.
func TestLimitations(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), datarace.Analyzer, "limitations")
}

func TestDoc(t *testing.T) {
	title, _, _ := strings.Cut(datarace.Analyzer.Doc, "\n")
	if !strings.HasPrefix(title, "datarace: ") {
		t.Errorf("doc begins %q, want the analyzer's name", title)
	}
	for _, part := range []string{"Wrong:", "Right:", "# Why it breaks", "# How to fix", "# Limitations"} {
		if !strings.Contains(datarace.Analyzer.Doc, part) {
			t.Errorf("doc lacks %q", part)
		}
	}
}
