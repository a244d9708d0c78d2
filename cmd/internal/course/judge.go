package course

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// An Observation is what one program showed.
type Observation struct {
	Static  []*finding.Finding // by reading
	Dynamic []*finding.Finding // by running, each with its witness
	Merged  []*finding.Finding // both, joined
	Cores   []int              // the numbers of cores it ran on
	// Detectors are those that work on this machine.
	Detectors []string
	Runs      int // how often it ran under detectors, on all of them together
	// Notes say what could not be done, in the user's language.
	Notes []string
	// Outputs is what the unchanged program printed, by number of cores, in each
	// run that ended by itself.
	Outputs map[int][]string
}

// A State is how an expectation fared.
type State string

const (
	Met        State = "met"
	Missing    State = "missing"    // expected and not observed
	Unexpected State = "unexpected" // observed and not expected
	CannotTell State = "cannot"     // this machine cannot observe it
)

// A Verdict is the judgement on one expectation, or on something that nobody
// expected.
type Verdict struct {
	State State
	Kind  Kind
	Rule  string // of a finding; for Kind Printed, how the numbers were to compare
	Line  int    // of main.go, 0 if the verdict is about no one line
	Cores int    // 0 if it does not depend on cores
	Seen  int    // in how many of Runs; for Kind Printed, the runs in which it was printed
	Runs  int
	// Detail is the message key of a static finding, the detector that saw a
	// dynamic one or that is not there to see it, the smallest and largest number
	// of updates lost, the numbers of cores on which a program was silent, or the
	// message of something unexpected.
	Detail string
}

// A Kind says what a verdict is about.
type Kind string

const (
	Read      Kind = "read"      // a finding by reading
	Ran       Kind = "ran"       // a finding by running
	Confirmed Kind = "confirmed" // a finding by reading that runs confirm
	Printed   Kind = "printed"   // the program's own output
	Quiet     Kind = "quiet"     // nothing found by reading, as it must be
	Silent    Kind = "silent"    // nothing found by running, as it must be
)

// Failed reports whether the lesson does not hold.
func (v Verdict) Failed() bool { return v.State == Missing || v.State == Unexpected }

// Judge compares what a program showed with what it must show, on a machine
// with the given number of processors.
func Judge(e Expectation, o Observation, processors int) []Verdict {
	var vs []Verdict
	vs = append(vs, judgeStatic(e, o)...)
	for _, d := range e.Dynamic {
		vs = append(vs, judgeDynamic(d, o, processors)...)
	}
	if e.Output != nil {
		vs = append(vs, judgeOutput(*e.Output, o, processors)...)
	}
	vs = append(vs, judgeForbidden(e, o)...)
	for _, s := range e.Static {
		if s.ConfirmedBy != "" {
			vs = append(vs, judgeConfirmed(s, o))
		}
	}
	return vs
}

func judgeStatic(e Expectation, o Observation) []Verdict {
	var vs []Verdict
	var left = slices.Clone(o.Static)
	for _, s := range e.Static {
		v := Verdict{State: Missing, Kind: Read, Rule: s.Rule, Line: s.At.Line, Detail: s.Message}
		if i := slices.IndexFunc(left, s.matches); i >= 0 {
			v.State = Met
			left = slices.Delete(left, i, i+1)
		}
		vs = append(vs, v)
	}
	for _, f := range left {
		vs = append(vs, Verdict{State: Unexpected, Kind: Read, Rule: f.Rule, Line: f.Range.Start.Line, Detail: f.Message})
	}
	if len(vs) == 0 {
		vs = append(vs, Verdict{State: Met, Kind: Quiet})
	}
	return vs
}

func (s Static) matches(f *finding.Finding) bool {
	return f.Rule == s.Rule && f.MessageKey == s.Message && f.Range.Start.Line == s.At.Line
}

func judgeConfirmed(s Static, o Observation) Verdict {
	v := Verdict{State: Missing, Kind: Confirmed, Rule: s.Rule, Line: s.At.Line}
	isConfirmed := func(f *finding.Finding) bool { return s.matches(f) && f.Source == finding.Both }
	if i := slices.IndexFunc(o.Merged, isConfirmed); i >= 0 {
		v.State = Met
		if w := o.Merged[i].Witness; w != nil {
			v.Seen, v.Runs, v.Detail = w.Seen, w.Runs, w.Detector
		}
	} else if !slices.Contains(o.Detectors, s.ConfirmedBy) {
		v.State, v.Detail = CannotTell, s.ConfirmedBy
	}
	return v
}

func judgeDynamic(d Dynamic, o Observation, processors int) []Verdict {
	if d.Cores > processors {
		return []Verdict{{State: CannotTell, Kind: Ran, Rule: d.Rule, Cores: d.Cores}}
	}
	if d.Detector != "" && !slices.Contains(o.Detectors, d.Detector) {
		return []Verdict{{State: CannotTell, Kind: Ran, Rule: d.Rule, Detail: d.Detector}}
	}
	var vs []Verdict
	for _, cores := range o.Cores {
		if cores < d.Cores {
			continue
		}
		v := Verdict{State: Missing, Kind: Ran, Rule: d.Rule, Cores: cores}
		for _, f := range o.Dynamic {
			if rate := rateAt(f, cores); d.matches(f) && rate.Seen > v.Seen {
				v.State, v.Seen, v.Runs, v.Detail = Met, rate.Seen, rate.Runs, f.Witness.Detector
			}
		}
		vs = append(vs, v)
	}
	return vs
}

// rateAt is how often f was seen on that many cores.
func rateAt(f *finding.Finding, cores int) finding.Rate {
	if f.Witness != nil {
		for _, r := range f.Witness.Rates {
			if r.Cores == cores {
				return r
			}
		}
	}
	return finding.Rate{Cores: cores}
}

func (d Dynamic) matches(f *finding.Finding) bool {
	if f.Rule != d.Rule {
		return false
	}
	return !slices.ContainsFunc(d.At, func(at Place) bool { return !touches(f, at.Line) })
}

// touches reports whether an operation of f is on the line of main.go. A
// lesson's program has one file.
func touches(f *finding.Finding, line int) bool {
	return f.Range.Start.Line == line || slices.ContainsFunc(f.Operations, func(p finding.Position) bool { return p.Line == line })
}

// judgeOutput looks at what the program itself printed.
func judgeOutput(out Output, o Observation, processors int) []Verdict {
	if out.Cores > processors {
		return []Verdict{{State: CannotTell, Kind: Printed, Rule: string(out.Is), Cores: out.Cores}}
	}
	var vs []Verdict
	for _, cores := range o.Cores {
		if cores < out.Cores {
			continue
		}
		v := Verdict{State: Missing, Kind: Printed, Rule: string(out.Is), Cores: cores, Runs: len(o.Outputs[cores])}
		var lost []int
		for _, text := range o.Outputs[cores] {
			if got, want, ok := out.match(text); ok {
				v.Seen++
				lost = append(lost, want-got)
			}
		}
		if v.Seen > 0 && (!out.Always || v.Seen == v.Runs) {
			v.State = Met
		}
		if out.Is == Less && len(lost) > 0 {
			v.Detail = strconv.Itoa(slices.Min(lost))
			if most := slices.Max(lost); most > slices.Min(lost) {
				v.Detail += "–" + strconv.Itoa(most)
			}
		}
		vs = append(vs, v)
	}
	return vs
}

// match reports whether text has what out asks for, and the two numbers.
func (out Output) match(text string) (got, want int, ok bool) {
	m := regexp.MustCompile(out.Pattern).FindStringSubmatch(text)
	if m == nil || out.Is == There {
		return 0, 0, m != nil
	}
	got, err1 := strconv.Atoi(m[1])
	want, err2 := strconv.Atoi(m[2])
	if err1 != nil || err2 != nil {
		return 0, 0, false
	}
	return got, want, out.Is == Less && got < want || out.Is == Equal && got == want
}

// has reports whether text has what out asks for.
func (out Output) has(text string) bool {
	_, _, ok := out.match(text)
	return ok
}

// judgeForbidden reports what no run may show. Of a program that must be
// silent it also says that it was.
func judgeForbidden(e Expectation, o Observation) []Verdict {
	var vs []Verdict
	for _, f := range o.Dynamic {
		if !e.Silent && !slices.Contains(e.Never, f.Rule) {
			continue
		}
		v := Verdict{State: Unexpected, Kind: Ran, Rule: f.Rule, Line: f.Range.Start.Line, Detail: f.Message}
		if w := f.Witness; w != nil {
			v.Seen, v.Runs = w.Seen, w.Runs
		}
		vs = append(vs, v)
	}
	if e.Silent && len(vs) == 0 {
		v := Verdict{State: Met, Kind: Silent, Runs: o.Runs, Detail: join(o.Cores)}
		if o.Runs == 0 {
			v.State = Missing // the silence of a program that never ran says nothing
		}
		vs = append(vs, v)
	}
	return vs
}

// join lists numbers: "1, 2, 4".
func join(numbers []int) string {
	var texts []string
	for _, n := range numbers {
		texts = append(texts, strconv.Itoa(n))
	}
	return strings.Join(texts, ", ")
}

// String is for tests and logs; users see catalogue texts.
func (v Verdict) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", v.State, v.Kind)
	if v.Rule != "" {
		fmt.Fprintf(&b, " %s", v.Rule)
	}
	if v.Line > 0 {
		fmt.Fprintf(&b, ":%d", v.Line)
	}
	if v.Cores > 0 {
		fmt.Fprintf(&b, " cores=%d", v.Cores)
	}
	if v.Runs > 0 {
		fmt.Fprintf(&b, " %d/%d", v.Seen, v.Runs)
	}
	return b.String()
}
