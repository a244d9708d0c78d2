package main

import "testing"

// TestFloor holds what the check has reached, with room for other versions of
// Go, whose suites differ by a few tests.
func TestFloor(t *testing.T) {
	pkg, err := load()
	if err != nil {
		t.Skipf("the suite cannot be loaded here: %v", err)
	}
	s, err := measure(pkg)
	if err != nil {
		t.Fatal(err)
	}
	_, all := s.totals()
	if all.races < 200 || all.clean < 100 {
		t.Fatalf("%d tests with and %d without a race: too few to be the suite", all.races, all.clean)
	}
	if got := ratio(all.found, all.races); got < 0.90 {
		t.Errorf("recall %.3f, want at least 0.90", got)
	}
	if got := ratio(all.wrong, all.clean); got > 0.03 {
		t.Errorf("false-positive rate %.3f, want at most 0.03", got)
	}
}

func TestAsTest(t *testing.T) {
	for name, want := range map[string]*test{
		"TestRaceA":        {name: "TestRaceA", race: true},
		"TestNoRaceA":      {name: "TestNoRaceA"},
		"TestRaceFailingA": nil,
		"TestOther":        nil,
		"helper":           nil,
	} {
		got := asTest(name)
		if (got == nil) != (want == nil) || got != nil && (got.name != want.name || got.race != want.race) {
			t.Errorf("asTest(%q) = %+v, want %+v", name, got, want)
		}
	}
}
