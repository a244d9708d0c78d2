package course

import (
	"slices"
	"testing"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// found makes a finding whose first line is the primary one.
func found(rule, key string, lines ...int) *finding.Finding {
	f := &finding.Finding{Rule: rule, MessageKey: key, Message: key}
	f.Range.Start = finding.Position{File: "main.go", Line: lines[0]}
	for _, line := range lines {
		f.Operations = append(f.Operations, finding.Position{File: "main.go", Line: line})
	}
	return f
}

// seen says that f was seen at the given rates.
func seen(f *finding.Finding, rates ...finding.Rate) *finding.Finding {
	f.Source = finding.Dynamic
	f.Witness = &finding.Witness{Detector: "race", Rates: rates}
	for _, r := range rates {
		f.Witness.Seen += r.Seen
		f.Witness.Runs += r.Runs
	}
	return f
}

func at(cores, seen, runs int) finding.Rate {
	return finding.Rate{Cores: cores, Seen: seen, Runs: runs}
}

func TestJudge(t *testing.T) {
	race := func() *finding.Finding { return found("datarace", "race", 7) }
	confirmed := race()
	confirmed.Source, confirmed.Witness = finding.Both, &finding.Witness{Seen: 3, Runs: 4}

	expectRead := Expectation{Static: []Static{{Rule: "datarace", Message: "race", At: Place{Line: 7}}}}
	expectConfirmed := Expectation{Static: []Static{{Rule: "datarace", Message: "race", At: Place{Line: 7}, ConfirmedBy: "race"}}}
	expectOrder := Expectation{Dynamic: []Dynamic{{Rule: "lockorder", At: []Place{{Line: 4}, {Line: 5}}, Cores: 1}}}
	expectTwoCores := Expectation{Dynamic: []Dynamic{{Rule: "deadlock", Cores: 2}}}
	expectLess := Expectation{Output: &Output{Pattern: `(\d+) of (\d+)`, Is: Less, Cores: 2}}
	expectEqual := Expectation{Output: &Output{Pattern: `(\d+) of (\d+)`, Is: Equal, Cores: 1, Always: true}}

	one, two := []int{1}, []int{1, 2}
	for _, test := range []struct {
		name       string
		expect     Expectation
		observe    Observation
		processors int
		want       []string
	}{
		{"read", expectRead, Observation{Static: []*finding.Finding{race()}}, 2,
			[]string{"met read datarace:7"}},
		{"not read", expectRead, Observation{}, 2,
			[]string{"missing read datarace:7"}},
		{"read elsewhere", expectRead, Observation{Static: []*finding.Finding{found("datarace", "race", 8)}}, 2,
			[]string{"missing read datarace:7", "unexpected read datarace:8"}},
		{"read in other words", expectRead, Observation{Static: []*finding.Finding{found("datarace", "other", 7)}}, 2,
			[]string{"missing read datarace:7", "unexpected read datarace:7"}},
		{"read twice", expectRead, Observation{Static: []*finding.Finding{race(), race()}}, 2,
			[]string{"met read datarace:7", "unexpected read datarace:7"}},
		{"nothing to read", Expectation{}, Observation{}, 2,
			[]string{"met quiet"}},

		{"confirmed", expectConfirmed, Observation{Static: []*finding.Finding{race()}, Merged: []*finding.Finding{confirmed}}, 2,
			[]string{"met read datarace:7", "met confirmed datarace:7 3/4"}},
		{"no detector to confirm", expectConfirmed, Observation{Static: []*finding.Finding{race()}, Merged: []*finding.Finding{race()}, Detectors: []string{"leak"}}, 2,
			[]string{"met read datarace:7", "cannot confirmed datarace:7"}},
		{"no detector to see it", Expectation{Dynamic: []Dynamic{{Rule: "datarace", Detector: "race", Cores: 1}}}, Observation{Cores: two, Detectors: []string{"leak"}}, 2,
			[]string{"met quiet", "cannot ran datarace"}},
		{"not confirmed", expectConfirmed, Observation{Detectors: []string{"race"}, Static: []*finding.Finding{race()}, Merged: []*finding.Finding{race()}}, 2,
			[]string{"met read datarace:7", "missing confirmed datarace:7"}},

		{"ran", expectOrder, Observation{Cores: one, Dynamic: []*finding.Finding{seen(found("lockorder", "order", 5, 4), at(1, 2, 3))}}, 1,
			[]string{"met quiet", "met ran lockorder cores=1 2/3"}},
		{"ran at one of two core counts", expectOrder, Observation{Cores: two, Dynamic: []*finding.Finding{
			seen(found("lockorder", "order", 5, 4), at(1, 0, 3), at(2, 1, 3))}}, 2,
			[]string{"met quiet", "missing ran lockorder cores=1", "met ran lockorder cores=2 1/3"}},
		{"ran in several ways", expectOrder, Observation{Cores: two, Dynamic: []*finding.Finding{
			seen(found("lockorder", "order", 5, 4), at(1, 0, 3), at(2, 1, 3)),
			seen(found("lockorder", "order", 4, 5), at(1, 3, 4), at(2, 4, 4))}}, 2,
			[]string{"met quiet", "met ran lockorder cores=1 3/4", "met ran lockorder cores=2 4/4"}},
		{"ran at one of two places", expectOrder, Observation{Cores: one, Dynamic: []*finding.Finding{seen(found("lockorder", "order", 5, 6), at(1, 2, 3))}}, 1,
			[]string{"met quiet", "missing ran lockorder cores=1"}},
		{"one core is not asked", expectTwoCores, Observation{Cores: two, Dynamic: []*finding.Finding{seen(found("deadlock", "asleep", 5), at(1, 0, 3), at(2, 3, 3))}}, 2,
			[]string{"met quiet", "met ran deadlock cores=2 3/3"}},
		{"one processor cannot tell", expectTwoCores, Observation{Cores: one}, 1,
			[]string{"met quiet", "cannot ran deadlock cores=2"}},

		{"lost", expectLess, Observation{Cores: two, Outputs: map[int][]string{1: {"9 of 9"}, 2: {"9 of 9", "7 of 9", "8 of 9"}}}, 2,
			[]string{"met quiet", "met printed less cores=2 2/3"}},
		{"none lost", expectLess, Observation{Cores: two, Outputs: map[int][]string{2: {"9 of 9", "nonsense"}}}, 2,
			[]string{"met quiet", "missing printed less cores=2 0/2"}},
		{"one processor cannot lose", expectLess, Observation{Cores: one, Outputs: map[int][]string{1: {"9 of 9"}}}, 1,
			[]string{"met quiet", "cannot printed less cores=2"}},
		{"always right", expectEqual, Observation{Cores: one, Outputs: map[int][]string{1: {"9 of 9", "9 of 9"}}}, 1,
			[]string{"met quiet", "met printed equal cores=1 2/2"}},
		{"once wrong", expectEqual, Observation{Cores: one, Outputs: map[int][]string{1: {"9 of 9", "8 of 9"}}}, 1,
			[]string{"met quiet", "missing printed equal cores=1 1/2"}},
		{"there", Expectation{Output: &Output{Pattern: "asleep", Is: There, Cores: 1, Always: true}}, Observation{Cores: one, Outputs: map[int][]string{1: {"all asleep!"}}}, 1,
			[]string{"met quiet", "met printed there cores=1 1/1"}},
		{"not there", Expectation{Output: &Output{Pattern: "asleep", Is: There, Cores: 1}}, Observation{Cores: one, Outputs: map[int][]string{1: {"fine"}}}, 1,
			[]string{"met quiet", "missing printed there cores=1 0/1"}},
		{"never ended", expectEqual, Observation{Cores: one}, 1,
			[]string{"met quiet", "missing printed equal cores=1"}},

		{"silent", Expectation{Silent: true}, Observation{Cores: two, Runs: 6}, 2,
			[]string{"met quiet", "met silent 0/6"}},
		{"not silent", Expectation{Silent: true}, Observation{Cores: one, Runs: 3, Dynamic: []*finding.Finding{seen(race(), at(1, 1, 3))}}, 2,
			[]string{"met quiet", "unexpected ran datarace:7 1/3"}},
		{"never ran", Expectation{Silent: true}, Observation{Cores: one}, 2,
			[]string{"met quiet", "missing silent"}},
		{"forbidden", Expectation{Never: []string{"datarace"}}, Observation{Cores: one, Runs: 3, Dynamic: []*finding.Finding{
			seen(race(), at(1, 1, 3)), seen(found("goroutineleak", "leak", 3), at(1, 1, 3))}}, 2,
			[]string{"met quiet", "unexpected ran datarace:7 1/3"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, v := range Judge(test.expect, test.observe, test.processors) {
				got = append(got, v.String())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestLostUpdatesAreCounted(t *testing.T) {
	e := Expectation{Output: &Output{Pattern: `(\d+) of (\d+)`, Is: Less, Cores: 1}}
	vs := Judge(e, Observation{Cores: []int{1}, Outputs: map[int][]string{1: {"9 of 9", "7 of 9", "4 of 9"}}}, 1)
	if got, want := vs[len(vs)-1].Detail, "2–5"; got != want {
		t.Errorf("lost %s, want %s", got, want)
	}
}
