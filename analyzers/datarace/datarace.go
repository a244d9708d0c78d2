package datarace

import (
	"embed"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
	"github.com/lockstep-go/lockstep/analyzers/internal/guard"
	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
	"github.com/lockstep-go/lockstep/analyzers/internal/shared"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

//go:embed doc.go
var docSource string

//go:embed messages/*.json
var messagesFS embed.FS

var catalogue = message.MustLoad(messagesFS, "messages")

// Analyzer is the check.
var Analyzer = &analysis.Analyzer{
	Name:       "datarace",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/datarace",
	Requires:   []*analysis.Analyzer{config.Analyzer, ssabuild.Analyzer, access.Analyzer, goroutine.Analyzer, shared.Analyzer, guard.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	r := diagnostic.NewReporter(pass, catalogue)
	pkg := pass.ResultOf[goroutine.Analyzer].(*goroutine.Package)
	s := &search{
		pkg:    pkg,
		shared: pass.ResultOf[shared.Analyzer].(*shared.Result),
		files:  pass.Files,
		info:   pass.TypesInfo,
		report: r,
		seen:   make(map[seen]bool),
	}
	if pkg.Spawns {
		pkg.Each(s.explore)
	}
	s.flags(pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA).Funcs, pass.ResultOf[access.Analyzer].(*access.Paths), pass.ResultOf[guard.Analyzer].(*guard.Result))
	return r.Finish(), nil
}

// A search looks for races in one package.
type search struct {
	pkg    *goroutine.Package
	shared *shared.Result
	files  []*ast.File
	info   *types.Info
	report *diagnostic.Reporter
	seen   map[seen]bool
	spent  int
}

// seen identifies what is reported once: a variable and two functions.
type seen struct {
	decl   token.Pos
	far    string // of a variable of another package: its name
	part   goroutine.Path
	kind   shared.Kind
	fa, fb *ssa.Function
	// inCalls says that the accesses are within functions of other packages that the two
	// functions call.
	inCalls bool
}

// Limits. maxCost bounds the work on one exploration and maxTotal that on the
// package; maxPairs bounds the pairs of accesses of one variable that are
// looked at, and maxAlike those of one variable in two goroutines, since where
// some are ordered the others most often are. Beyond, the rest is left out.
const (
	maxCost  = 4_000_000
	maxTotal = 40_000_000
	maxPairs = 240
	maxAlike = 24
)

func (s *search) explore(x *goroutine.Exploration) {
	if !x.Complete() {
		return
	}
	defer func() { s.spent += x.Cost() }()
	for _, v := range s.shared.Variables(x) {
		s.variable(x, v)
	}
}

// variable looks at the pairs of accesses of one variable, first at what many
// goroutines do by the same instruction.
func (s *search) variable(x *goroutine.Exploration, v *shared.Variable) {
	for i, a := range v.Accesses {
		if i < maxPairs && a.Frame.Thread.Parent != nil && shared.Conflict(a, a) {
			s.pair(x, v, a, a)
		}
	}
	pairs := 0
	alike := make(map[[2]*goroutine.Thread]int)
	for i, a := range v.Accesses {
		for _, b := range v.Accesses[i+1:] {
			threads := [2]*goroutine.Thread{a.Frame.Thread, b.Frame.Thread}
			if threads[0] == threads[1] && threads[0].Parent == nil || !shared.Conflict(a, b) {
				continue
			}
			if alike[threads]++; alike[threads] > maxAlike {
				continue
			}
			if pairs++; pairs > maxPairs || x.Cost() > maxCost || s.spent > maxTotal {
				return
			}
			s.pair(x, v, a, b)
		}
	}
}

// pair reports a and b if they race.
func (s *search) pair(x *goroutine.Exploration, v *shared.Variable, a, b *shared.Access) {
	key := seen{decl: declaration(v), far: a.Far.Field, part: a.Path, kind: a.Kind, fa: a.Func(), fb: b.Func()}
	inCalls := seen{decl: declaration(v), inCalls: true, fa: a.Func(), fb: b.Func()}
	if far := a.InCall() && b.InCall(); far && s.seen[inCalls] || s.seen[key] || x.Excluded(a.Point, b.Point) || ownElement(x, a, b) || ownElement(x, b, a) {
		return
	}
	over, ok := x.Overlap(a.Point, b.Point, v.Fresh)
	if !ok || leftToCaller(x, a, b) || leftToCaller(x, b, a) {
		return
	}
	s.seen[key] = true
	r := &race{v: v, spawned: a, other: b, thread: over.Thread, why: x.Why(a.Point, b.Point, over, v.Fresh)}
	if a.InCall() && b.InCall() {
		s.seen[inCalls] = true // two calls may race in many fields
	}
	if over.Swapped {
		r.spawned, r.other = b, a
	}
	s.report.Report(s.diagnostic(x, r))
}

// leftToCaller reports whether a is made under a lock, and b without one in a function
// that other packages cannot call and whose name or comment speaks of locks: its
// callers hold the lock by means that are not followed.
func leftToCaller(x *goroutine.Exploration, a, b *shared.Access) bool {
	fn := b.Func()
	return len(x.Held(a.Point)) > 0 && len(x.Held(b.Point)) == 0 && !token.IsExported(fn.Name()) && guard.Remarkable(fn)
}

// ownElement reports whether a is what a loop over all elements does to the
// element of its round, and b what a goroutine that each round starts does to an
// element of which the index is not known.
func ownElement(x *goroutine.Exploration, a, b *shared.Access) bool {
	return strings.Contains(string(b.Path), "[]") && !shared.Overlap(a.Path.AnyElement(), b.Path) && x.OwnRound(a.Frame, a.Addr, b.Frame.Thread)
}

// A race is a pair of accesses to report. The goroutine was started by thread;
// the access spawned is its own.
type race struct {
	v              *shared.Variable
	spawned, other *shared.Access
	thread         *goroutine.Thread
	why            []goroutine.Reason // that nothing orders them
}

func (s *search) diagnostic(x *goroutine.Exploration, r *race) diagnostic.Diagnostic {
	first, second, inside := r.spawned, r.other, true // first is the write
	if !first.Write || first.Kind == shared.Sync || first.Atomic && second.Write {
		first, second, inside = second, first, false
	}
	name := name(r.v, first, second)
	d := diagnostic.Diagnostic{
		Category:   category(r.v, first, second),
		Confidence: confidence(r.v),
		Pos:        first.Pos,
		Message:    s.message(x, r, first, second, inside, name),
		Subject:    diagnostic.Subject{Kind: diagnostic.Variable, Name: name, Decl: declaration(r.v)},
		Function:   first.Func().RelString(s.pkg.SSA.Pkg.Pkg),
		Operations: []token.Pos{first.Pos, second.Pos},
	}
	if form, ok := s.form(x, r, first, second, name); ok {
		d.Message = d.Message.With(form)
	}
	d.Related = s.related(x, r, first, second)
	return d
}

func (s *search) message(x *goroutine.Exploration, r *race, first, second *shared.Access, inside bool, name string) message.Message {
	spawn, other := s.place(r.thread.Spawn.Pos()), s.place(second.Pos)
	args := []string{"variable", name, "spawn", spawn, "other", other}
	switch {
	case first.Kind == shared.Channel:
		return message.New("close-send", args...)
	case second.Kind == shared.Sync:
		return message.New("overwritten-sync", args...)
	case second.Atomic:
		return message.New("mixed-atomic", args...)
	case first.Atomic:
		return message.New("mixed-atomic-read", args...)
	}
	use := "-read"
	if second.Write {
		use = "-write"
	}
	same := within(second.Frame.Thread, r.thread) && within(first.Frame.Thread, r.thread)
	key := ""
	switch {
	case same && first.Instr == second.Instr:
		key, use = "every-goroutine", ""
	case same:
		key = "many-goroutines"
	case inside && second.Frame.Thread.Spawn != nil && !within(r.thread, second.Frame.Thread):
		key = "two-goroutines"
		args = append(args, "otherspawn", s.place(second.Frame.Thread.Spawn.Pos()))
	case inside:
		key = "by-goroutine"
	case first.Frame.Thread.Spawn != nil && !within(r.thread, first.Frame.Thread):
		key = "two-goroutines"
		args[3] = s.place(first.Frame.Thread.Spawn.Pos())
		args = append(args, "otherspawn", spawn)
	default:
		key = "beside-goroutine"
	}
	mine, theirs := locks(x, first), locks(x, second)
	if mine == "" && theirs == "" {
		return message.New(message.Key(key+use), args...)
	}
	args = append(args, "locks", orNone(mine), "otherlocks", orNone(theirs))
	return message.New(message.Key(key+use+"-locked"), args...)
}

// within reports whether t is of, or was started from a goroutine started of.
func within(t, of *goroutine.Thread) bool {
	for ; t != nil; t = t.Parent {
		if t == of {
			return true
		}
	}
	return false
}

func locks(x *goroutine.Exploration, a *shared.Access) string {
	var names []string
	for _, h := range x.Held(a.Point) {
		if !slices.Contains(names, h.Name) {
			names = append(names, h.Name)
		}
	}
	return strings.Join(names, ", ")
}

func orNone(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

func (s *search) place(pos token.Pos) string { return wording.Place(s.pkg.Fset, pos) }

func category(v *shared.Variable, first, second *shared.Access) string {
	switch {
	case first.Kind == shared.Channel:
		return "channel"
	case first.Atomic != second.Atomic:
		return "mixed-atomic"
	case first.Use.Type != "":
		return "object"
	case first.Kind == shared.Map:
		return "map"
	case v.Object.Kind == goroutine.Global:
		return "global"
	}
	if alloc, ok := v.Object.Value.(*ssa.Alloc); ok && first.Path == "" && alloc.Heap && v.Object.Kind == goroutine.Allocated && alloc.Comment != "new" && alloc.Comment != "complit" {
		return "captured"
	}
	if strings.Contains(string(first.Path), "[") {
		return "element"
	}
	return "memory"
}

func confidence(v *shared.Variable) diagnostic.Confidence {
	if v.Object.Kind == goroutine.Allocated || v.Object.Kind == goroutine.Global {
		return diagnostic.High
	}
	return diagnostic.Medium
}

func declaration(v *shared.Variable) token.Pos {
	if v.Object.Value != nil {
		return v.Object.Value.Pos()
	}
	return token.NoPos
}
