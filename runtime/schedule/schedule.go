package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Strategy is a way to make decisions.
type Strategy string

const (
	RandomWalk Strategy = "rw"      // each option is as likely as any other
	PCT        Strategy = "pct"     // goroutines have priorities that change at a few random steps
	Listed     Strategy = "ls"      // the default schedule but for the listed decisions
	Perturb    Strategy = "perturb" // not controlled: random delays
)

// A Schedule says how a run makes its decisions: choices of who runs next, or
// of a select's case, where there is more than one option. It is written
//
//	rw:SEED
//	pct:SEED:DEPTH:LENGTH
//	ls:DEVIATIONS
//	perturb:SEED
//
// without anything that a shell would want quoted; an eager one with a "t" before
// the first colon.
type Schedule struct {
	Strategy Strategy
	// Eager lets virtual time pass to when the next timer is due although somebody
	// can go on, as one more option of a decision. Real machines can be that slow.
	Eager bool
	Seed  uint64 // of all but Listed
	// Of PCT: how many steps change priorities, and among how many first steps of
	// the run these are.
	Depth, Length int
	Deviations    Deviations // of Listed
}

// Random is the random walk of the given seed.
func Random(seed uint64) Schedule { return Schedule{Strategy: RandomWalk, Seed: seed} }

// Prioritised is the schedule of probabilistic concurrency testing (Burckhardt
// et al., ASPLOS 2010) with depth changes of priority in length steps.
func Prioritised(seed uint64, depth, length int) Schedule {
	return Schedule{Strategy: PCT, Seed: seed, Depth: depth, Length: length}
}

// Perturbed delays operations at random.
func Perturbed(seed uint64) Schedule { return Schedule{Strategy: Perturb, Seed: seed} }

// List is the schedule that deviates from the default as listed.
func List(ds Deviations) Schedule { return Schedule{Strategy: Listed, Deviations: ds} }

// Eagerly is s with time that may pass early.
func (s Schedule) Eagerly() Schedule {
	s.Eager = s.Strategy != Perturb
	return s
}

// Replay is the listed schedule that makes the decisions of a run under s again,
// which deviated as ds says.
func (s Schedule) Replay(ds Deviations) Schedule {
	return Schedule{Strategy: Listed, Eager: s.Eager, Deviations: ds}
}

// Controlled reports whether all decisions follow from s.
func (s Schedule) Controlled() bool { return s.Strategy != Perturb }

// Equal reports whether s and t are the same schedule.
func (s Schedule) Equal(t Schedule) bool { return s.String() == t.String() }

func (s Schedule) String() string {
	name := string(s.Strategy)
	if s.Eager {
		name += eagerMark
	}
	switch s.Strategy {
	case PCT:
		return fmt.Sprintf("%s:%d:%d:%d", name, s.Seed, s.Depth, s.Length)
	case Listed:
		return fmt.Sprintf("%s:%s", name, s.Deviations)
	}
	return fmt.Sprintf("%s:%d", name, s.Seed)
}

// eagerMark is behind the name of the strategy of an eager schedule.
const eagerMark = "t"

// MarshalText is String.
func (s Schedule) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText is [Parse].
func (s *Schedule) UnmarshalText(text []byte) (err error) {
	*s, err = Parse(string(text))
	return err
}

// A Deviation is a decision that is not made as the default schedule would.
type Deviation struct {
	Decision int // number, from 1
	Option   int // number; 0 is the default and no deviation
}

// Deviations are what a run does other than the default schedule, in ascending
// order of decisions. They are written with the distance of each from the last
// and, unless it is 1, the option: "3-1.2" is option 1 at decision 3 and option
// 2 at decision 4.
type Deviations []Deviation

func (ds Deviations) String() string {
	var b strings.Builder
	last := 0
	for i, d := range ds {
		if i > 0 {
			b.WriteByte('-')
		}
		b.WriteString(strconv.Itoa(d.Decision - last))
		if d.Option != 1 {
			b.WriteByte('.')
			b.WriteString(strconv.Itoa(d.Option))
		}
		last = d.Decision
	}
	return b.String()
}

// With is ds and one more, which comes last.
func (ds Deviations) With(decision, option int) Deviations {
	return append(slices.Clip(ds), Deviation{decision, option})
}

// A SyntaxError says what is wrong with the text of a schedule or of a witness.
type SyntaxError struct {
	Text   string // all of it
	Offset int    // in bytes, of what is wrong
	Want   string // what should be there
}

func (e *SyntaxError) Error() string {
	rest := e.Text[e.Offset:]
	if rest == "" {
		return fmt.Sprintf("%q: want %s at the end", e.Text, e.Want)
	}
	const most = 20
	if len(rest) > most {
		rest = rest[:most] + "..."
	}
	return fmt.Sprintf("%q: want %s at byte %d, instead of %q", e.Text, e.Want, e.Offset, rest)
}

// Parse reads a schedule. The error is a [*SyntaxError].
func Parse(text string) (Schedule, error) {
	p := &parser{text: text}
	s := p.schedule()
	if p.err == nil && p.at < len(text) {
		p.fail("the end")
	}
	if p.err != nil {
		return Schedule{}, p.err
	}
	return s, nil
}

// ParseDeviations reads what follows "ls:". The error is a [*SyntaxError].
func ParseDeviations(text string) (Deviations, error) {
	p := &parser{text: text}
	ds := p.deviations()
	if p.err == nil && p.at < len(text) {
		p.fail("'-' and another deviation")
	}
	if p.err != nil {
		return nil, p.err
	}
	return ds, nil
}

// A parser reads text from left to right and remembers the first error.
type parser struct {
	text string
	at   int
	err  error
}

func (p *parser) fail(want string) {
	if p.err == nil {
		p.err = &SyntaxError{p.text, p.at, want}
	}
}

// accept takes c if it is next.
func (p *parser) accept(c byte) bool {
	if p.err == nil && p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) expect(c byte) {
	if !p.accept(c) {
		p.fail(fmt.Sprintf("%q", c))
	}
}

// number takes a decimal number of the given number of bits, at least low.
func (p *parser) number(what string, low uint64, bits int) uint64 {
	end := p.at
	for end < len(p.text) && '0' <= p.text[end] && p.text[end] <= '9' {
		end++
	}
	n, err := strconv.ParseUint(p.text[p.at:end], 10, bits)
	if p.err == nil && (err != nil || n < low) {
		p.fail(fmt.Sprintf("%s, a number from %d", what, low))
	}
	if p.err != nil {
		return 0
	}
	p.at = end
	return n
}

// count is number for what is counted: it fits into 31 bits.
func (p *parser) count(what string, low uint64) int { return int(p.number(what, low, 31)) }

func (p *parser) schedule() Schedule {
	name, _, found := strings.Cut(p.text[p.at:], ":")
	s := Schedule{Strategy: Strategy(name)}
	if long, eager := strings.CutSuffix(name, eagerMark); eager && long != "pc" {
		s.Strategy, s.Eager = Strategy(long), true
	}
	switch s.Strategy {
	case RandomWalk, PCT, Listed:
	case Perturb:
		found = found && !s.Eager
	default:
		found = false
	}
	if !found {
		p.fail(`"rw:", "pct:", "ls:" or "perturb:"`)
		return s
	}
	p.at += len(name) + 1
	if s.Strategy == Listed {
		s.Deviations = p.deviations()
		return s
	}
	s.Seed = p.number("a seed", 0, 64)
	if s.Strategy == PCT {
		p.expect(':')
		s.Depth = p.count("the number of changes", 0)
		p.expect(':')
		s.Length = p.count("the number of steps", 1)
	}
	return s
}

// deviations reads as many as there are; none at the end of the text.
func (p *parser) deviations() (ds Deviations) {
	if p.at == len(p.text) || p.text[p.at] == hashMark {
		return nil
	}
	const most = 1<<31 - 1
	last := 0
	for p.err == nil {
		gap, option := p.count("the distance to a decision", 1), 1
		if p.accept('.') {
			option = p.count("an option", 1)
		}
		if gap > most-last {
			p.fail("a smaller distance before")
		}
		last += gap
		ds = append(ds, Deviation{last, option})
		if !p.accept('-') {
			break
		}
	}
	return ds
}
