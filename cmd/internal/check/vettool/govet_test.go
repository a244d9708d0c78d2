package vettool

import (
	"os/exec"
	"regexp"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"
)

// A check that go vet gave up must not stay off here.
func TestGoVetChecks(t *testing.T) {
	help, err := exec.Command("go", "tool", "vet", "help").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range goVetChecks() {
		if !regexp.MustCompile(`(?m)^ +` + name + ` `).Match(help) {
			t.Errorf("go vet has no check %s", name)
		}
	}
	if !slices.IsSorted(goVetChecks()) {
		t.Error("not sorted")
	}
}

func TestRules(t *testing.T) {
	var suite []*analysis.Analyzer
	for _, name := range []string{"copylocks", "ours", "theirs", "waitgroup"} {
		suite = append(suite, &analysis.Analyzer{Name: name})
	}
	tests := []struct {
		name string
		args []string
		want []string
	}{
		{"go vet runs its own", nil, []string{"ours", "theirs"}},
		{"off stays off", []string{"-ours=false"}, []string{"theirs"}},
		{"named", []string{"-copylocks"}, []string{"copylocks"}},
		{"named with another", []string{"-ours", "-waitgroup"}, []string{"ours", "waitgroup"}},
		{"off by name changes nothing", []string{"-copylocks=false"}, []string{"ours", "theirs"}},
	}
	for _, tt := range tests {
		o, flags := newOptions(suite)
		if err := flags.Parse(tt.args); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range o.rules() {
			got = append(got, a.Name)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
