package explore

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCoresUpTo(t *testing.T) {
	for n, want := range map[int][]int{1: {1}, 2: {1, 2}, 3: {1, 2, 3}, 4: {1, 2, 4}, 12: {1, 2, 4, 8, 12}} {
		if got := CoresUpTo(n); !slices.Equal(got, want) {
			t.Errorf("CoresUpTo(%d) = %v, want %v", n, got, want)
		}
	}
}

func TestFlavours(t *testing.T) {
	for _, test := range []struct {
		in   []Variant
		want string
	}{
		{Variants(), "[race leak] [deadlock]"},
		{[]Variant{Deadlock, Race}, "[race] [deadlock]"},
		{[]Variant{Leak}, "[leak]"},
		{[]Variant{Deadlock}, "[deadlock]"},
		{nil, ""},
	} {
		var got []string
		for _, f := range flavours(test.in) {
			got = append(got, fmt.Sprint(f.variants()))
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("flavours(%v) = %s, want %s", test.in, s, test.want)
		}
	}
}

func TestPlan(t *testing.T) {
	fs := flavours([]Variant{Race, Deadlock})
	var got []string
	for j := range plan(2, fs, []int{1, 4}, 2) {
		got = append(got, fmt.Sprint(j.round, j.target, j.flavour.variants(), j.cores))
	}
	want := []string{
		"0 0 [race] 1", "0 0 [race] 4", "0 0 [deadlock] 1", "0 0 [deadlock] 4",
		"0 1 [race] 1", "0 1 [race] 4", "0 1 [deadlock] 1", "0 1 [deadlock] 4",
	}
	for _, line := range want[:8:8] {
		want = append(want, "1"+line[1:])
	}
	if !slices.Equal(got, want) {
		t.Errorf("plan = %q\nwant %q", got, want)
	}
	n := 0
	for range plan(1, fs, []int{1}, 0) { // has no end
		if n++; n == 1000 {
			break
		}
	}
	if n != 1000 {
		t.Errorf("a plan without a number of rounds ended after %d", n)
	}
	for range plan(0, fs, []int{1}, 0) {
		t.Fatal("a plan for nothing has a job")
	}
}

func TestSplitFlags(t *testing.T) {
	for in, want := range map[string][]string{
		"":                      nil,
		" -a  -b=c ":            {"-a", "-b=c"},
		`'-ldflags=-X a=b' -v`:  {"-ldflags=-X a=b", "-v"},
		`-x "-tags=it's a tag"`: {"-x", "-tags=it's a tag"},
		`'-unclosed`:            {"'-unclosed"},
	} {
		got := splitFlags(in)
		if !slices.Equal(got, want) {
			t.Errorf("splitFlags(%q) = %q, want %q", in, got, want)
		}
		if again := splitFlags(joinFlags(got)); !slices.Equal(again, got) {
			t.Errorf("splitFlags(joinFlags(%q)) = %q", got, again)
		}
	}
}
