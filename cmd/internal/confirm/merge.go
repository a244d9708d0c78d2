// Package confirm joins the two halves of lockstep: what reading a program
// found and what running it showed.
package confirm

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// Merge joins static and dynamic findings about the same variable, lock or
// operation. Each pair that belongs together becomes one finding with source
// [finding.Both] that keeps the static message, rule and fingerprint and gains
// the dynamic witness and related places; all others are kept as they are. The
// result is sorted; the arguments are not modified.
//
// A dynamic finding confirms at most one static finding, the one with which it
// shares most operations: a run that showed one pair of accesses is no proof
// of another pair on the same variable. Where it may as well be about one
// variable as about another it confirms neither. Several dynamic findings may confirm
// one static finding; the witness seen most often is kept.
func Merge(static, dynamic []*finding.Finding) []*finding.Finding {
	merged := make([]*finding.Finding, len(static))
	for i, s := range static {
		merged[i] = clone(s)
	}
	finding.Sort(merged)
	dynamic = slices.Clone(dynamic)
	finding.Sort(dynamic)
	read := make([]map[line]bool, len(merged)) // as it was before anything was absorbed
	for i, s := range merged {
		read[i] = lines(s)
	}
	var rest []*finding.Finding
	var confirmed []*finding.Finding
	for _, d := range dynamic {
		if s := bestMatch(merged, read, d); s != nil {
			confirmed = append(confirmed, d)
			absorb(s, d)
		} else if i := slices.IndexFunc(rest, func(r *finding.Finding) bool { return sameBug(r, d) }); i >= 0 {
			rest[i].Witness = better(rest[i].Witness, d.Witness)
		} else {
			rest = append(rest, clone(d))
		}
	}
	// A program that hangs is reported once for each place where it is seen to
	// hang. What shows no place beyond those of a hang that a static finding
	// explains is that hang again.
	rest = slices.DeleteFunc(rest, func(d *finding.Finding) bool {
		return d.Subject.Kind != finding.Variable &&
			slices.ContainsFunc(confirmed, func(c *finding.Finding) bool { return c.Rule == d.Rule && contains(lines(c), lines(d)) })
	})
	merged = append(merged, rest...)
	finding.Sort(merged)
	return merged
}

// bestMatch is the static finding that d confirms, or nil. The lines that each
// of them was about are in read.
func bestMatch(static []*finding.Finding, read []map[line]bool, d *finding.Finding) *finding.Finding {
	var best *finding.Finding
	most, undecided := 0, false
	for i, s := range static {
		if !compatible(s, d) {
			continue
		}
		switch n := shared(read[i], proof(s, d)); {
		case n > most:
			best, most, undecided = s, n, false
		case n == 0 || n < most || d.Subject.Kind != finding.Variable || s.Subject.Name == best.Subject.Name:
		case s.Subject.Name == d.Subject.Name:
			best, undecided = s, false
		case best.Subject.Name != d.Subject.Name:
			undecided = true // as on the line "a.n, b.n = 1, 2"
		}
	}
	if undecided {
		return nil
	}
	return best
}

// proof is the lines at which d shows what s says may happen. A lock that is
// waited for is no proof that an unlock is missing: its holder may wait as
// well, as in a deadlock by opposite order.
func proof(s, d *finding.Finding) map[line]bool {
	if s.Rule == ruleMissingUnlock {
		return lineSet(d.Abandoned)
	}
	return lines(d)
}

const ruleMissingUnlock = "missingunlock"

// sameBug reports whether two runs, of a package's tests and of the program,
// showed the same.
func sameBug(a, b *finding.Finding) bool {
	return a.Rule == b.Rule && a.Category == b.Category && maps.Equal(lines(a), lines(b))
}

// compatible reports whether s and d can be about the same object at all. A
// race is about a variable; what a run shows of a misused lock (a deadlock, a
// leaked goroutine, a lock taken twice) may be about the lock, the operation
// that blocks on it, or the goroutine that never ends.
func compatible(s, d *finding.Finding) bool {
	if (s.Subject.Kind == finding.Variable) != (d.Subject.Kind == finding.Variable) {
		return false
	}
	a, b := baseName(s.Subject.Name), baseName(d.Subject.Name)
	return s.Subject.Kind != finding.Variable || a == "" || b == "" || a == b
}

// baseName is the last component of a name such as "s.cache.hits" or
// "hits[...]": a run may know a variable by another path than reading does.
func baseName(name string) string {
	name, _, _ = strings.Cut(name, "[")
	return strings.TrimLeft(name[strings.LastIndex(name, ".")+1:], "*&(")
}

// A line is as much of a position as a stack trace has.
type line struct {
	file   string
	number int
}

func lines(f *finding.Finding) map[line]bool {
	return lineSet(append(slices.Clone(f.Operations), f.Range.Start))
}

func lineSet(places []finding.Position) map[line]bool {
	set := make(map[line]bool)
	for _, p := range places {
		if p.IsValid() {
			set[line{p.File, p.Line}] = true
		}
	}
	return set
}

// shared counts the lines that are in both sets.
func shared(a, b map[line]bool) (n int) {
	for l := range a {
		if b[l] {
			n++
		}
	}
	return n
}

func contains(set, subset map[line]bool) bool { return shared(set, subset) == len(subset) }

// absorb makes s the confirmed form of s and d.
func absorb(s, d *finding.Finding) {
	s.Source = finding.Both
	s.Confidence = finding.High
	s.Witness = better(s.Witness, d.Witness)
	started := slices.ContainsFunc(s.Related, isSpawn)
	for _, rel := range d.Related {
		if started && isSpawn(rel) {
			// Where reading knows the go statement, a run may know only
			// a caller of it, into which it was inlined.
			continue
		}
		known := slices.ContainsFunc(s.Related, func(r finding.Related) bool { return samePlace(r, rel) })
		// What a run says of the line that the finding is about, without a
		// column, the message has said already.
		atPrimary := sameLine(rel.Range.Start, s.Range.Start)
		if !known && !atPrimary {
			s.Related = append(s.Related, rel)
		}
	}
	for _, p := range d.Operations {
		if !slices.ContainsFunc(s.Operations, func(q finding.Position) bool { return sameLine(p, q) }) {
			s.Operations = append(s.Operations, p)
		}
	}
}

func isSpawn(r finding.Related) bool { return r.Role == "spawn" }

func samePlace(a, b finding.Related) bool {
	return a.Role == b.Role && sameLine(a.Range.Start, b.Range.Start)
}

func sameLine(a, b finding.Position) bool { return a.File == b.File && a.Line == b.Line }

// better is the witness that is seen in the greater share of its runs; of
// equals, the first.
func better(a, b *finding.Witness) *finding.Witness {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	// a.Seen/a.Runs against b.Seen/b.Runs, without division.
	if cmp.Compare(b.Seen*a.Runs, a.Seen*b.Runs) > 0 {
		return b
	}
	return a
}

func clone(f *finding.Finding) *finding.Finding {
	c := *f
	c.Related = slices.Clone(f.Related)
	c.Operations = slices.Clone(f.Operations)
	return &c
}
