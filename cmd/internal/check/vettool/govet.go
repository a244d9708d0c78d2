package vettool

import "slices"

// goVetRuns reports whether go vet has a check of that name, which it runs
// when it is called without -vettool.
//
// The suite took some of them over, for lockstep check and for drivers that
// do not run go vet. Users of -vettool call go vet twice, with and without it, and would read
// the same finding twice; a name that both know stands for one check.
func goVetRuns(name string) bool {
	_, found := slices.BinarySearch(goVetChecks(), name)
	return found
}

func goVetChecks() []string {
	return []string{
		"appends", "asmdecl", "assign", "atomic", "bools", "buildtag", "cgocall", "composites", "copylocks", "defers",
		"directive", "errorsas", "framepointer", "hostport", "httpresponse", "ifaceassert", "loopclosure", "lostcancel",
		"nilfunc", "printf", "shift", "sigchanyzer", "slog", "stdmethods", "stdversion", "stringintconv", "structtag",
		"testinggoroutine", "tests", "timeformat", "unmarshal", "unreachable", "unsafeptr", "unusedresult", "waitgroup",
	}
}
