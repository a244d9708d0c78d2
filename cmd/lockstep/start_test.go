package main

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// Go vet starts lockstep once for every package, the standard library
// included. So packages may set up little before main is called: tables and
// expressions that are large are made when they are first used (package
// pattern, message.MustLoad).
func TestStartIsCheap(t *testing.T) {
	const most = 600 // allocations of one package
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	line := regexp.MustCompile(`(?m)^init (github\.com/lockstep-go/\S+) .* (\d+) allocs$`)
	found := line.FindAllSubmatch(out, -1)
	if len(found) == 0 {
		t.Fatalf("no package in the trace:\n%s", out)
	}
	for _, m := range found {
		if allocs, err := strconv.Atoi(string(m[2])); err != nil || allocs > most {
			t.Errorf("%s allocates %s times when it is initialised, want at most %d", m[1], m[2], most)
		}
	}
}
