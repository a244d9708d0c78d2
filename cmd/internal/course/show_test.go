package course

import (
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/analyzers/message"
)

// Both languages must have every sentence, with the same arguments.
func TestCatalogues(t *testing.T) {
	if got := Languages(); !slices.Equal(got, []message.Lang{"en", "zh"}) {
		t.Fatalf("languages %v", got)
	}
	for _, key := range catalogue.Keys() {
		en, _ := catalogue.Params("en", key)
		zh, ok := catalogue.Params("zh", key)
		if !ok {
			t.Errorf("zh lacks %q", key)
			continue
		}
		// A sentence that says how many is not needed in the singular.
		slices.Sort(en)
		slices.Sort(zh)
		if !slices.Equal(slices.Compact(en), slices.Compact(zh)) {
			t.Errorf("%s: arguments %v in English, %v in Chinese", key, en, zh)
		}
	}
}

// Every verdict that the judge can give must have words.
func TestVerdictText(t *testing.T) {
	verdicts := []Verdict{
		{State: CannotTell, Kind: Ran, Detail: "race"},
		{State: CannotTell, Kind: Confirmed, Detail: "race"},
		{State: CannotTell, Kind: Ran, Cores: 2},
		{State: CannotTell, Kind: Printed, Rule: "there", Cores: 2},
		{State: CannotTell, Kind: Printed, Rule: "less", Cores: 2},
		{State: CannotTell, Kind: Printed, Rule: "equal", Cores: 2},
		{State: Unexpected, Kind: Read},
		{State: Unexpected, Kind: Ran},
		{State: Met, Kind: Quiet},
	}
	for _, state := range []State{Met, Missing} {
		for _, kind := range []Kind{Read, Ran, Confirmed, Silent} {
			verdicts = append(verdicts, Verdict{State: state, Kind: kind})
		}
		for _, is := range []Is{There, Less, Equal} {
			verdicts = append(verdicts, Verdict{State: state, Kind: Printed, Rule: string(is)})
		}
	}
	for _, v := range verdicts {
		for _, lang := range Languages() {
			// A missing sentence shows as its key with name=value pairs.
			if text := v.Text(lang); strings.Contains(text, "=") || strings.Contains(text, "{") {
				t.Errorf("%v has no words in %s: %s", v, lang, text)
			}
		}
	}
	v := Verdict{State: Met, Kind: Ran, Rule: "datarace", Cores: 2, Seen: 1, Runs: 3, Detail: "race"}
	if got, want := v.Text("en"), "on 2 cores: datarace in 1 of 3 runs (race variant)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestVerdicts(t *testing.T) {
	var b strings.Builder
	Verdicts(&b, "broken", []Verdict{{State: Met, Kind: Quiet}, {State: Missing, Kind: Silent}}, "zh")
	want := "  相符         有错    读代码，没有任何报告\n  不符         有错    没有运行\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

func TestListing(t *testing.T) {
	var b strings.Builder
	Listing(&b, []byte("package main\n\nfunc main() {\n\tf()\n}\n"))
	want := "   1  package main\n   2\n   3  func main() {\n   4      f()\n   5  }\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

func TestTranscript(t *testing.T) {
	p := Program{Expect: Expectation{Output: &Output{Pattern: `(\d+) of (\d+)`, Is: Less, Cores: 2}}}
	o := &Observation{Cores: []int{1, 2, 4}, Outputs: map[int][]string{
		1: {"a\nb\nfatal error: deadlock\n\ngoroutine 1:\n"},
		2: {"9 of 9\n", "7 of 9\n"},
	}}
	var b strings.Builder
	Transcript(&b, p, o, "en")
	want := "  on 1 core:\n    a\n    b\n    fatal error: deadlock\n    …\n  on 2 cores:\n    7 of 9\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}
