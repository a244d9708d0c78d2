package main

import (
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/analyzers"
	"github.com/lockstep-go/lockstep/cmd/internal/check"
)

// Every shape is a package that compiles, of about the size asked for; only
// the one that is meant to have findings has any.
func TestShapes(t *testing.T) {
	const lines = 400
	std, err := newStandard(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			src := s.source(lines)
			if n := strings.Count(src, "\n"); n < lines-10 || n > lines+50 {
				t.Errorf("%d lines, want about %d", n, lines)
			}
			pkg, err := std.load(src)
			if err != nil {
				t.Fatalf("%v\n%s", err, src)
			}
			unit, err := check.RunUnit(t.Context(), check.Options{Analyzers: analyzers.Suite()}, pkg)
			if err != nil || len(unit.Problems) > 0 {
				t.Fatalf("error %v, problems %v", err, unit.Problems)
			}
			if got, want := len(unit.Findings) > 0, s.name == "findings"; got != want {
				t.Errorf("findings %v, want some: %v", unit.Findings, want)
			}
		})
	}
}
