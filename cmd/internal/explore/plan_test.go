package explore

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
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
		{Variants(), "[race leak] [deadlock] [controlled]"},
		{[]Variant{Deadlock, Race}, "[race] [deadlock]"},
		{[]Variant{Leak}, "[leak]"},
		{[]Variant{Deadlock}, "[deadlock]"},
		{nil, ""},
	} {
		var got []string
		for _, f := range flavours(test.in, flavour{race: true, leak: true}) {
			got = append(got, fmt.Sprint(f.variants()))
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("flavours(%v) = %s, want %s", test.in, s, test.want)
		}
	}
}

// arms are those of two targets, each with two flavours and a controlled one.
func arms() []*arm {
	var list []*arm
	for t := range 2 {
		for _, f := range flavours([]Variant{Race, Deadlock, Controlled}, flavour{race: true}) {
			a := &arm{target: t, flavour: f, cores: []int{1, 4}}
			if f.controlled {
				a.cores = []int{0}
			}
			list = append(list, a)
		}
	}
	return list
}

func (j job) describe() string {
	text := fmt.Sprint(j.target, " ", j.flavour.variants())
	if j.flavour.controlled {
		return fmt.Sprint(text, " ", j.schedule)
	}
	return fmt.Sprint(text, " ", j.cores)
}

func TestRounds(t *testing.T) {
	p := &plan{arms: arms(), rounds: 2}
	if p.total() != 20 {
		t.Errorf("total %d", p.total())
	}
	var got []string
	for j, ok := p.next(time.Hour); ok; j, ok = p.next(time.Hour) {
		got = append(got, j.describe())
	}
	want := []string{
		"0 [race] 1", "0 [race] 4", "0 [deadlock] 1", "0 [deadlock] 4", "0 [controlled] ls:",
		"1 [race] 1", "1 [race] 4", "1 [deadlock] 1", "1 [deadlock] 4", "1 [controlled] ls:",
		"0 [race] 1", "0 [race] 4", "0 [deadlock] 1", "0 [deadlock] 4", "0 [controlled] rw:1",
		"1 [race] 1", "1 [race] 4", "1 [deadlock] 1", "1 [deadlock] 4", "1 [controlled] rw:1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("plan %q\nwant %q", got, want)
	}
	for _, p := range []*plan{{rounds: 3}, {limit: time.Second}} {
		if j, ok := p.next(0); ok {
			t.Errorf("a plan for nothing has job %v", j)
		}
	}
}

// TestTime checks that arms share the time, and that those which find something
// get more of it.
func TestTime(t *testing.T) {
	p := &plan{arms: arms()[:3], limit: 100 * time.Second}
	race, deadlock, controlled := p.arms[0], p.arms[1], p.arms[2]
	elapsed := time.Duration(0)
	for j, ok := p.next(elapsed); ok; j, ok = p.next(elapsed) {
		took := time.Second
		if j.flavour.controlled {
			took /= 100
		}
		if j.arm.spent += took; j.arm == race && j.arm.made == 5 {
			race.found = 1
		}
		elapsed += took
	}
	if elapsed > 101*time.Second || race.made < 48 || race.made > 52 || deadlock.made < 23 || deadlock.made > 27 || controlled.made < 2300 || controlled.made > 2700 {
		t.Errorf("after %v: %d, %d and %d runs", elapsed, race.made, deadlock.made, controlled.made)
	}

	p = &plan{arms: arms(), limit: time.Second}
	n := 0
	for _, ok := p.next(time.Hour); ok; _, ok = p.next(time.Hour) {
		n++
	}
	if n != 6 {
		t.Errorf("%d runs without time, want one of each arm", n)
	}

	p = &plan{arms: arms()[:3], limit: time.Second}
	for _, a := range p.arms {
		a.over = true
	}
	if j, ok := p.next(0); ok {
		t.Errorf("nothing new is to be seen, yet there is job %v", j)
	}
}

// TestPatience checks that a run that hangs takes no more than the time there is.
func TestPatience(t *testing.T) {
	for _, test := range []struct {
		p             plan
		elapsed, most time.Duration
		known         bool
		want          time.Duration
	}{
		{plan{limit: 30 * time.Second}, 0, 10 * time.Minute, false, 30 * time.Second},
		{plan{limit: 30 * time.Second}, 10 * time.Second, 10 * time.Minute, false, 20 * time.Second},
		{plan{limit: 30 * time.Second}, 10 * time.Second, 10 * time.Minute, true, 10 * time.Second},
		{plan{limit: 30 * time.Second}, 10 * time.Second, time.Second, true, time.Second},
		{plan{limit: 30 * time.Second}, time.Hour, time.Minute, false, 3 * time.Second},
		{plan{limit: time.Second}, time.Hour, time.Minute, false, 2 * time.Second},
		{plan{rounds: 3}, time.Hour, time.Minute, true, time.Minute},
	} {
		if got := test.p.patience(test.elapsed, 2*time.Second, test.most, test.known); got != test.want {
			t.Errorf("of %v, %v after the beginning, at most %v: %v, want %v", test.p.limit, test.elapsed, test.most, got, test.want)
		}
	}
}

func TestInOrder(t *testing.T) {
	all := flavours(Variants(), flavour{race: true, leak: true})
	for tests, want := range map[bool]string{
		false: "[controlled] [race leak] [deadlock] ",
		true:  "[race leak] [controlled] [deadlock] ",
	} {
		got := ""
		for _, f := range inOrder(all, tests) {
			got += fmt.Sprint(f.variants(), " ")
		}
		if got != want {
			t.Errorf("tests %t: %s, want %s", tests, got, want)
		}
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
