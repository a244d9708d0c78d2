package main

import (
	"strings"
	"testing"
)

// The floor of the check: nearly all of the missing unlocks, nothing else.
func TestFloor(t *testing.T) {
	var out strings.Builder
	s, err := run(t.Context(), &out)
	if err != nil {
		t.Fatal(err)
	}
	if s.kernels < 60 || s.found < 6 || s.wrong > 0 {
		t.Errorf("of %d kernels: found %d of %d, %d wrong\n%s", s.kernels, s.found, s.bugs, s.wrong, out.String())
	}
}
