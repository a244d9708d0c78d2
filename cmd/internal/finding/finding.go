// Package finding is lockstep's model of one concurrency bug, whoever found it:
// a check that read the program, a run that observed it, or both.
//
// Findings are plain values. They are made in cmd/internal/check (from
// diagnostics) and cmd/internal/explore (from evidence), merged here, and only
// ever rendered after that.
package finding

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// A Finding is one bug.
type Finding struct {
	Rule        string            // rule id: analyzer name, folder, flag and documentation anchor
	Category    string            // kind within the rule, or ""
	Message     string            // stands alone, without the related places
	MessageKey  string            // the message's key in its catalogue
	MessageArgs map[string]string // the message's named arguments
	Range       Range             // the primary place
	Function    string            // the function that the primary place is in, or ""
	Package     string            // import path of the package, or ""
	Related     []Related
	Source      Source
	Confidence  Confidence
	Subject     Subject
	// Operations are the places of the operations involved: both accesses,
	// both lock calls, the blocked operation. Static and dynamic findings
	// about one subject are joined by them.
	Operations []Position
	// Abandoned are the lines from which a lock was taken that was seen to be
	// still held although the function around had been left, or had come back
	// to the same line. They are what proves that an unlock is missing.
	Abandoned []Position
	Witness   *Witness // how it was seen to happen; nil if only read
	Trial     *Trial   // how it was tried in vain to see it happen; nil if it was not tried
	Fixes     []Fix
	// Fingerprint identifies the finding across runs and edits elsewhere in
	// the file. [Fingerprint] computes it.
	Fingerprint string
}

// A Position is a place in a source file. Line and Column count from 1, the
// column in bytes; 0 means unknown.
type Position struct {
	File   string // absolute path
	Line   int
	Column int
}

// IsValid reports whether p names a line.
func (p Position) IsValid() bool { return p.File != "" && p.Line > 0 }

func (p Position) String() string {
	switch {
	case p.Line == 0:
		return cmp.Or(p.File, "-")
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Compare orders positions by file, line and column.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// A Range is a stretch of one file, End exclusive. End may be the zero
// Position, for a range whose end is unknown.
type Range struct {
	Start, End Position
}

// A Related is a place that explains a finding.
type Related struct {
	Role    Role
	Range   Range
	Message string // stands beside the place, such as "locked here"
}

// A Role says what a related place has to do with the finding.
type Role string

// A Source says how a finding was come by.
type Source string

const (
	Static  Source = "static"  // by reading
	Dynamic Source = "dynamic" // by running
	Both    Source = "both"    // by reading, and confirmed by running
)

// Confidence is how sure the finder is.
type Confidence string

const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
)

// A SubjectKind says what kind of object a finding is about.
type SubjectKind string

const (
	Variable  SubjectKind = "variable"
	Lock      SubjectKind = "lock"
	Operation SubjectKind = "operation"
	Goroutine SubjectKind = "goroutine"
)

// A Subject is the object that a finding is about.
type Subject struct {
	Kind SubjectKind
	Name string
	Decl Position // its declaration, or the zero Position if unknown
}

// A Witness says how a finding was seen to happen.
type Witness struct {
	Seen     int      // runs that showed it
	Runs     int      // runs made under the same conditions
	Cores    []int    // GOMAXPROCS values at which it was seen, ascending
	Rates    []Rate   // how often it was seen at each GOMAXPROCS value tried, ascending
	Detector string   // what reported it, such as "race" or "go-deadlock"
	Schedule string   // the schedule that shows it, "" when the run was not controlled
	Replay   []string // command and arguments that run it again
	Log      string   // the detector's own report
}

// A Trial says with which runs a finding was not seen to happen.
type Trial struct {
	Schedules int  // different schedules under which programs were run
	Runs      int  // all runs, these included
	Reached   bool // some run came to one of the finding's places, as far as is known
}

// A Rate says how often a finding was seen at one value of GOMAXPROCS.
type Rate struct {
	Cores      int
	Seen, Runs int
}

// A Fix is a change to the source that mends the finding.
type Fix struct {
	Message string
	Edits   []Edit
}

// An Edit replaces the bytes [Offset, Offset+Length) of a file.
type Edit struct {
	File   string
	Offset int
	Length int
	New    string
}

// Fingerprint returns an identity of f that survives edits elsewhere: it
// covers the rule, the package, the function, the subject's name, the kind of
// message and the text of the primary line, but no line number and no directory.
// Findings that are alike in all of these are told apart by ordinal, their
// position among their likes in file order.
func Fingerprint(f *Finding, primaryLine string, ordinal int) string {
	h := sha256.New()
	for _, s := range []string{
		f.Rule, f.Category, f.Package, f.Function,
		string(f.Subject.Kind), f.Subject.Name, f.MessageKey,
		strings.Join(strings.Fields(primaryLine), " "),
		fmt.Sprint(ordinal),
	} {
		fmt.Fprintf(h, "%d:%s,", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Sort puts findings into the stable order in which every renderer shows them.
func Sort(fs []*Finding) {
	slices.SortStableFunc(fs, func(a, b *Finding) int {
		return cmp.Or(
			a.Range.Start.Compare(b.Range.Start),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Category, b.Category),
			cmp.Compare(a.Subject.Name, b.Subject.Name),
			cmp.Compare(a.Message, b.Message),
		)
	})
}
