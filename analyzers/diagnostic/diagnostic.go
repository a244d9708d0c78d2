// Package diagnostic is how a check reports.
//
// An [analysis.Diagnostic] has no room for the role of a related position, the
// confidence, or the identity of the object that a finding is about. A check
// therefore builds a [Diagnostic] of this package and hands it to a [Reporter],
// which derives the analysis.Diagnostic from it, so that every driver shows the
// same sentence, and collects it in the check's typed [Result], from which
// lockstep's own driver makes findings.
//
// The reporter is also where the user's choices are applied: what a tier leaves
// out or a directive suppresses is dropped here, once, for all checks and all
// drivers.
package diagnostic

import (
	"cmp"
	"fmt"
	"go/token"
	"reflect"
	"runtime/debug"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// A Role says what a position has to do with a finding.
type Role string

const (
	RoleLock     Role = "lock"     // a lock is acquired here
	RoleUnlock   Role = "unlock"   // a lock is released here
	RoleExit     Role = "exit"     // control leaves here
	RoleRead     Role = "read"     // a variable is read here
	RoleWrite    Role = "write"    // a variable is written here
	RoleSpawn    Role = "spawn"    // a goroutine starts here
	RoleJoin     Role = "join"     // a goroutine is waited for here
	RoleCall     Role = "call"     // a function on the path is called here
	RoleBlock    Role = "block"    // a goroutine blocks here
	RoleDeclared Role = "declared" // the object is declared here
	// RoleReason is what could have kept the operations apart, and why it does not.
	RoleReason Role = "reason"
)

// A SubjectKind says what kind of object a finding is about.
type SubjectKind string

const (
	Variable  SubjectKind = "variable"
	Lock      SubjectKind = "lock"
	Operation SubjectKind = "operation"
	Goroutine SubjectKind = "goroutine"
)

// A Subject identifies the object that a finding is about. Two findings with
// the same kind and declaration are about the same object.
type Subject struct {
	Kind SubjectKind
	Name string    // as the user would write it, such as "s.mu"
	Decl token.Pos // its declaration, or NoPos if it has none of its own
}

// Confidence is how sure a check is, from the evidence that it names.
type Confidence string

const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
)

// Related is a position that explains a finding.
type Related struct {
	Role     Role
	Pos, End token.Pos
	Message  message.Message
}

// A Fix is a change that mends the finding. Its message is worded from the
// check's catalogue like any other.
type Fix struct {
	Message message.Message
	Edits   []analysis.TextEdit
}

// A Diagnostic is one finding of a check.
type Diagnostic struct {
	Category   string // kind of finding within the rule; "" if the rule has one kind only
	Tier       config.Tier
	Confidence Confidence
	Pos, End   token.Pos       // without an End, the range of the syntax that has its SSA position at Pos
	Message    message.Message // stands alone: related positions may not be shown
	Subject    Subject
	Function   string // the function that Pos is in, such as "(*T).Close"
	// Operations are the positions of the operations involved (both
	// accesses, both lock calls, the blocked operation), by which a static
	// and a dynamic finding are recognised as one. Pos need not be repeated.
	Operations []token.Pos
	Related    []Related
	Fixes      []Fix
}

// A Result is what a check returns: its diagnostics in source order, with the
// catalogue that words them.
type Result struct {
	Diagnostics []Diagnostic
	Catalogue   *message.Catalogue
	Lang        message.Lang
}

// ResultType is the ResultType of every check.
var ResultType = reflect.TypeFor[*Result]()

// Text words m in the language that the user chose.
func (r *Result) Text(m message.Message) string { return r.Catalogue.Text(r.Lang, m) }

// A Reporter collects the diagnostics of one pass.
type Reporter struct {
	pass   *analysis.Pass
	config *config.Config
	result *Result
	seen   map[seen]bool
}

type seen struct {
	pos token.Pos
	key message.Key
	sub Subject
}

// NewReporter returns the reporter for a pass of a check that requires
// [config.Analyzer] and words its messages from the given catalogue.
func NewReporter(pass *analysis.Pass, catalogue *message.Catalogue) *Reporter {
	cfg := pass.ResultOf[config.Analyzer].(*config.Config)
	return &Reporter{
		pass:   pass,
		config: cfg,
		result: &Result{Catalogue: catalogue, Lang: cfg.Lang},
		seen:   make(map[seen]bool),
	}
}

// Tier is the tier that the user chose, for checks that can save work by it.
func (r *Reporter) Tier() config.Tier { return r.config.Tier }

// Report records d unless the tier leaves it out, a directive suppresses it,
// or the same sentence was reported of the same object at the same place.
func (r *Reporter) Report(d Diagnostic) {
	if d.Tier == "" {
		d.Tier = config.Default
	}
	if d.Confidence == "" {
		d.Confidence = High
	}
	operation := d.Pos
	d.Pos, d.End = extent(r.pass.Files, d.Pos, d.End)
	if r.line(d.Pos) != r.line(operation) {
		// A running program reports the line of the operation itself.
		d.Operations = append(slices.Clone(d.Operations), operation)
	}
	d.Related = slices.Clone(d.Related)
	for i := range d.Related {
		rel := &d.Related[i]
		rel.Pos, rel.End = extent(r.pass.Files, rel.Pos, rel.End)
	}
	s := seen{d.Pos, d.Message.Key, d.Subject}
	if r.seen[s] || !r.config.Tier.Includes(d.Tier) ||
		r.config.Suppression.Match(r.pass.Fset, r.pass.Analyzer.Name, d.Pos) != nil {
		return
	}
	r.seen[s] = true
	r.result.Diagnostics = append(r.result.Diagnostics, d)
}

func (r *Reporter) line(pos token.Pos) int { return r.pass.Fset.Position(pos).Line }

// Finish passes the diagnostics on to the driver in source order and returns
// them as the check's result.
func (r *Reporter) Finish() *Result {
	slices.SortStableFunc(r.result.Diagnostics, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Message.Key, b.Message.Key), cmp.Compare(a.Subject.Name, b.Subject.Name))
	})
	for _, d := range r.result.Diagnostics {
		r.pass.Report(r.result.plain(d))
	}
	return r.result
}

func (r *Result) plain(d Diagnostic) analysis.Diagnostic {
	plain := analysis.Diagnostic{
		Pos:      d.Pos,
		End:      d.End,
		Category: d.Category,
		Message:  r.Text(d.Message),
	}
	for _, rel := range d.Related {
		end := rel.End
		if !end.IsValid() {
			end = rel.Pos
		}
		plain.Related = append(plain.Related, analysis.RelatedInformation{Pos: rel.Pos, End: end, Message: r.Text(rel.Message)})
	}
	for _, fix := range d.Fixes {
		plain.SuggestedFixes = append(plain.SuggestedFixes, analysis.SuggestedFix{Message: r.Text(fix.Message), TextEdits: fix.Edits})
	}
	return plain
}

// Guard wraps the Run of a check or an engine so that a panic in it becomes
// its error, naming the package, and the other analyzers still report.
func Guard(run func(*analysis.Pass) (any, error)) func(*analysis.Pass) (any, error) {
	return func(pass *analysis.Pass) (result any, err error) {
		defer func() {
			if p := recover(); p != nil {
				result = nil
				err = &PanicError{Analyzer: pass.Analyzer.Name, Package: pass.Pkg.Path(), Value: p, Stack: debug.Stack()}
			}
		}()
		return run(pass)
	}
}

// A PanicError says that an analyzer panicked on a package.
type PanicError struct {
	Analyzer, Package string
	Value             any
	Stack             []byte
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("%s panicked on package %s: %v; the other checks went on; please report this at https://github.com/lockstep-go/lockstep/issues", e.Analyzer, e.Package, e.Value)
}
