package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// What the suite reaches; raise it when a check learns something.
func TestFloor(t *testing.T) {
	floor := map[class]int{resource: 23, mixed: 13, communication: 21}
	const wrong = 0

	s, err := run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for c, n := range floor {
		if got := s.count(c, found); got < n {
			t.Errorf("%s: %d found, want at least %d", c, got, n)
		}
	}
	if len(s.wrong) > wrong {
		t.Errorf("%d wrong reports, want at most %d", len(s.wrong), wrong)
	}
	if t.Failed() {
		var out strings.Builder
		s.print(&out, false)
		t.Log(out.String())
	}
}

// Each kernel has one entry, with the class that the README gives.
func TestTruthAgainstCorpus(t *testing.T) {
	dir, err := kernelDir(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	names, err := kernelsIn(dir)
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	section := regexp.MustCompile(`(?ms)^## (\w+)/(\d+)\n.*?\| *(Resource|Mixed|Communication)\b`)
	classOf := make(map[string]class)
	for _, m := range section.FindAllStringSubmatch(string(readme), -1) {
		classOf[strings.ToLower(m[1])+m[2]] = class(strings.ToLower(m[3]))
	}
	var got []string
	for _, k := range truth() {
		got = append(got, k.name)
		if c := classOf[k.name]; c != k.class {
			t.Errorf("%s: class %s, the README says %q", k.name, k.class, c)
		}
	}
	slices.Sort(names)
	if sorted := slices.Sorted(slices.Values(got)); !slices.Equal(sorted, names) {
		t.Errorf("the truth table has %d kernels %v, the corpus %d %v", len(got), sorted, len(names), names)
	}
}

// A function that the truth misspells could never be found.
func TestFunctionsExist(t *testing.T) {
	dir, err := kernelDir(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range truth() {
		source, err := os.ReadFile(filepath.Join(dir, k.name+".go"))
		if err != nil {
			t.Fatal(err)
		}
		text := unsuffixed(string(source))
		if len(k.answers) == 0 || slices.ContainsFunc(k.answers, func(a answer) bool { return len(a.of) == 0 }) {
			t.Errorf("%s: no answer, or one that names no object", k.name)
		}
		for _, a := range slices.Concat(k.answers, k.also) {
			for _, fn := range strings.Fields(a.in) {
				if !declares(text, fn) {
					t.Errorf("%s declares no function %s", k.name, fn)
				}
			}
			for _, object := range a.of {
				if !slices.ContainsFunc(strings.Split(object, "|"), func(name string) bool { return mentions(text, name) }) {
					t.Errorf("%s does not mention %s", k.name, object)
				}
			}
		}
	}
}

func declares(source, function string) bool {
	pattern := `func ` + regexp.QuoteMeta(function) + `\(`
	if recv, name, ok := strings.Cut(strings.NewReplacer("(", "", ")", "").Replace(function), "."); ok {
		pattern = `func \(\w* ?` + regexp.QuoteMeta(recv) + `\) ` + regexp.QuoteMeta(name) + `\(`
	}
	return regexp.MustCompile(pattern).MatchString(source)
}

func TestJudge(t *testing.T) {
	k := kernel{
		name: "k1", class: mixed,
		answers: []answer{{missingUnlock, "(*T).f g", []string{"t.mu|T.mu"}}},
		also:    []answer{{lostContext, "h", nil}},
	}
	report := func(file, rule, function, subject string) *finding.Finding {
		return &finding.Finding{
			Rule: rule, Function: function, Subject: finding.Subject{Name: subject},
			Range: finding.Range{Start: finding.Position{File: "/goker/" + file + ".go", Line: 3}},
		}
	}
	tests := []struct {
		name  string
		f     *finding.Finding
		want  verdict
		wrong int
	}{
		{"right", report("k1", "missingunlock", "(*T_k1).f", "t.mu"), found, 0},
		{"in a literal", report("k1", "missingunlock", "g$1$2", "T_k1.mu"), found, 0},
		{"other lock", report("k1", "missingunlock", "g", "t.mux"), wrongLine, 1},
		{"other function", report("k1", "missingunlock", "h", "t.mu"), wrongLine, 1},
		{"other rule", report("k1", "datarace", "g", "t.mu"), missed, 1},
		{"true besides", report("k1", "lostcancel", "h", "ctx"), missed, 0},
		{"other kernel", report("k2", "missingunlock", "g", "t.mu"), missed, 1},
	}
	for _, tt := range tests {
		s := judge([]kernel{k}, []*finding.Finding{tt.f})
		if got := s.results[0].verdict; got != tt.want || len(s.wrong) != tt.wrong {
			t.Errorf("%s: %s with %d wrong reports, want %s with %d", tt.name, got, len(s.wrong), tt.want, tt.wrong)
		}
	}
}
