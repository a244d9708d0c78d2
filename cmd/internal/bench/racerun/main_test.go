package main

import (
	"testing"

	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/controlled"
)

func TestHasRace(t *testing.T) {
	const rule = "==================\n"
	inTest := rule + "WARNING: DATA RACE\nRead at 0x1 by goroutine 9:\n  p_test.TestRaceA()\n      a_test.go:1 +0x1\n" + rule
	inInit := rule + "WARNING: DATA RACE\nRead at 0x1 by goroutine 9:\n  p_test.f()\n      a_test.go:2 +0x1\n  p_test.init()\n      a_test.go:3 +0x1\n" + rule
	for _, c := range []struct {
		name, stdout, stderr string
		want                 bool
	}{
		{"nothing", "ok\n", "", false},
		{"in a test", "", inTest, true},
		{"printed by the test", inTest, "", true},
		{"in an initialization", "", inInit, false},
		{"in both", "", inInit + inTest, true},
		{"of a map", "", "fatal error: concurrent map writes\n", true},
	} {
		if got := hasRace(controlled.Run{Stdout: []byte(c.stdout), Stderr: []byte(c.stderr)}); got != c.want {
			t.Errorf("%s: %t, want %t", c.name, got, c.want)
		}
	}
}
