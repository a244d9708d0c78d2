package lockorder

import (
	"cmp"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

type report struct {
	fset     *token.FileSet
	reporter *diagnostic.Reporter
}

// cycle reports a cycle of classes.
func (r *report) cycle(edges []*edge) {
	first := 0
	for i, e := range edges {
		if e.chain[0].Pos() < edges[first].chain[0].Pos() {
			first = i
		}
	}
	edges = slices.Concat(edges[first:], edges[:first])
	if len(edges) > 2 {
		r.long(edges)
		return
	}
	a, b := edges[0], edges[1]
	key := "cycle" + kind(a) + kind(b)
	args := slices.Concat(r.args("", a), r.args("other", b))
	r.report(edges, key, args)
}

// long reports a cycle of more than two classes.
func (r *report) long(edges []*edge) {
	var names, steps []string
	for _, e := range edges {
		names = append(names, className(e.from, e.fromName))
		steps = append(steps, wording.Func(e.fn)+" ("+r.place(e.chain[0])+")")
	}
	names = append(names, names[0])
	r.report(edges, "cycle-long", []string{"cycle", strings.Join(names, " → "), "functions", strings.Join(steps, ", ")})
}

// instances reports two locks of one class that are taken in both orders.
func (r *report) instances(pair [2]*edge) {
	a, b := pair[0], pair[1]
	if b.chain[0].Pos() < a.chain[0].Pos() {
		a, b = b, a
	}
	if a.site == b.site && a.last() == b.last() {
		r.report([]*edge{a}, "instances"+kind(a), r.args("", a))
		return
	}
	r.report([]*edge{a, b}, "instances"+kind(a)+kind(b), slices.Concat(r.args("", a), r.args("other", b)))
}

// kind is the part of a message key for an edge: whether the second lock is
// taken in a called function.
func kind(e *edge) string {
	if len(e.chain) > 1 || e.far != nil {
		return "-call"
	}
	return "-direct"
}

// args are the arguments of a message for one edge.
func (r *report) args(prefix string, e *edge) []string {
	pairs := []string{
		"from", e.fromName, "to", e.toName, "func", wording.Func(e.fn),
		"line", strconv.Itoa(r.fset.Position(e.site.Pos()).Line), "place", r.place(e.last()), "path", "",
	}
	if e.far != nil {
		pairs[len(pairs)-3], pairs[len(pairs)-1] = e.far.Place, wording.Path(e.chain, e.far.Path)
	} else if len(e.chain) > 1 {
		pairs[len(pairs)-1] = wording.Path(e.chain, "")
	}
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = prefix + pairs[i]
	}
	return pairs
}

func (r *report) place(instr ssa.Instruction) string { return wording.Place(r.fset, instr.Pos()) }

func (r *report) report(edges []*edge, key string, args []string) {
	e := edges[0]
	d := diagnostic.Diagnostic{
		Category: strings.SplitN(key, "-", 2)[0],
		Pos:      e.chain[0].Pos(),
		Message:  message.New(message.Key(key), args...),
		Subject:  diagnostic.Subject{Kind: diagnostic.Lock, Name: subject(edges), Decl: declaration(e.from)},
		Function: e.fn.RelString(e.fn.Pkg.Pkg),
	}
	for _, e := range edges {
		d.Operations = append(d.Operations, e.site.Pos(), e.last().Pos())
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleLock, Pos: e.site.Pos(), Message: message.New("locked-first", "lock", e.fromName, "func", wording.Func(e.site.Parent()))})
		for i, call := range e.chain[:len(e.chain)-1] {
			d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleCall, Pos: call.Pos(),
				Message: message.New("called-here", "func", wording.Func(call.Parent()), "callee", wording.Func(e.chain[i+1].Parent()))})
		}
		if e.far != nil {
			d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleCall, Pos: e.last().Pos(),
				Message: message.New("called-here", "func", wording.Func(e.last().Parent()), "callee", e.far.Path)})
			continue
		}
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleLock, Pos: e.last().Pos(),
			Message: message.New("locked-second", "lock", e.toName, "first", e.fromName, "func", wording.Func(e.last().Parent()))})
	}
	r.reporter.Report(d)
}

// subject names the locks of a cycle in an order that does not depend on where
// the cycle begins.
func subject(edges []*edge) string {
	var names []string
	for _, e := range edges {
		names = append(names, className(e.from, e.fromName), className(e.to, e.toName))
	}
	slices.SortFunc(names, cmp.Compare[string])
	return strings.Join(slices.Compact(names), ", ")
}

// className names a class of locks by the variable that holds the lock; name is
// for locks that have none.
func className(c lockset.Class, name string) string {
	if c.Var == nil || c.Var.Embedded() {
		return name
	}
	return c.Var.Name()
}

func declaration(c lockset.Class) token.Pos {
	if c.Var != nil {
		return c.Var.Pos()
	}
	if c.Local != nil {
		return c.Local.Pos()
	}
	return token.NoPos
}
