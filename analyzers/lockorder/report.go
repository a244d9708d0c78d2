package lockorder

import (
	"cmp"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

type report struct {
	fset     *token.FileSet
	reporter *diagnostic.Reporter
}

// group reports a cycle of classes, at the first of its edges that is in this
// package, and names where other cycles differ from it.
func (r *report) group(g group) {
	first := start(r.fset, g.cycle)
	edges := slices.Concat(g.cycle[first:], g.cycle[:first])
	key, args := sentence(edges, func(prefix string, e *edge) []string { return r.args(prefix, e, edges) })
	r.report(edges, key, args, more(g.more)...)
}

// start is the edge of a cycle that comes first in the package at hand, -1 if
// none is in it.
func start(fset *token.FileSet, cycle []*edge) int {
	first := -1
	for i, e := range cycle {
		if e.code != nil && (first < 0 || comparePos(fset, e.chain[0].Pos(), cycle[first].chain[0].Pos()) < 0) {
			first = i
		}
	}
	return first
}

// comparePos orders positions by file and offset: files are parsed in no fixed
// order, so that the numbers of their positions say nothing.
func comparePos(fset *token.FileSet, a, b token.Pos) int {
	p, q := fset.Position(a), fset.Position(b)
	return cmp.Or(cmp.Compare(p.Filename, q.Filename), cmp.Compare(p.Offset, q.Offset))
}

// maxMore bounds the other locks that a report names.
const maxMore = 4

// more are the related places of the other cycles of a group.
func more(edges []*edge) []diagnostic.Related {
	var related []diagnostic.Related
	for _, e := range edges {
		if e.code != nil && len(related) < maxMore {
			related = append(related, diagnostic.Related{Role: diagnostic.RoleLock, Pos: e.chain[0].Pos(), Message: message.New("also", "lock", e.toName, "first", e.fromName)})
		}
	}
	return related
}

// sentence words a cycle, given what words an edge.
func sentence(edges []*edge, args func(prefix string, e *edge) []string) (key string, pairs []string) {
	if len(edges) == 2 {
		return "cycle" + kind(edges[0]) + kind(edges[1]), slices.Concat(args("", edges[0]), args("other", edges[1]))
	}
	var names, steps []string
	for _, e := range edges {
		names = append(names, e.fromName)
		pairs := args("", e)
		steps = append(steps, pairs[5]+" ("+pairs[9]+")")
	}
	names = append(names, names[0])
	return "cycle-long", []string{"cycle", strings.Join(names, " → "), "functions", strings.Join(steps, ", ")}
}

// instances reports two locks of one class that are taken in both orders.
func (r *report) instances(pair [2]*edge) {
	a, b := pair[0], pair[1]
	if comparePos(r.fset, b.chain[0].Pos(), a.chain[0].Pos()) < 0 {
		a, b = b, a
	}
	if a.site == b.site && a.last() == b.last() {
		r.report([]*edge{a}, "instances"+kind(a), r.args("", a, nil))
		return
	}
	both := []*edge{a, b}
	r.report(both, "instances"+kind(a)+kind(b), slices.Concat(r.args("", a, both), r.args("other", b, both)))
}

// kind is the part of a message key for an edge: whether the second lock is
// taken in a called function.
func kind(e *edge) string {
	if e.far != nil && e.far.Path != "" || e.code != nil && (len(e.chain) > 1 || e.beyond != nil) {
		return "-call"
	}
	return "-direct"
}

// args are the arguments of a message for one edge, e of all that it names.
func (r *report) args(prefix string, e *edge, all []*edge) []string {
	if e.far != nil {
		return farArgs(prefix, e)
	}
	path, place := "", r.place(e.last())
	if e.beyond != nil {
		path, place = wording.Path(e.chain, e.beyond.Path), e.beyond.Place
	} else if len(e.chain) > 1 {
		path = wording.Path(e.chain, "")
	}
	var others []*ssa.Function
	for _, other := range all {
		if other.code != nil {
			others = append(others, other.fn)
		}
	}
	return prefixed(prefix, "from", e.fromName, "to", e.toName, "func", wording.FuncBeside(e.fn, others...),
		"line", strconv.Itoa(r.fset.Position(e.site.Pos()).Line), "place", place, "path", path)
}

// prefixed puts prefix before the names among pairs of names and values.
func prefixed(prefix string, pairs ...string) []string {
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = prefix + pairs[i]
	}
	return pairs
}

// category is the part of a message key before the first hyphen.
func category(key string) string {
	c, _, _ := strings.Cut(key, "-")
	return c
}

func (r *report) place(instr ssa.Instruction) string { return wording.Place(r.fset, instr.Pos()) }

func (r *report) report(edges []*edge, key string, args []string, others ...diagnostic.Related) {
	e := edges[0]
	d := diagnostic.Diagnostic{
		Category: category(key),
		Pos:      e.chain[0].Pos(),
		Message:  message.New(message.Key(key), args...),
		Subject:  diagnostic.Subject{Kind: diagnostic.Lock, Name: subject(edges), Decl: e.decl},
		Function: e.fn.RelString(e.fn.Pkg.Pkg),
	}
	for _, e := range edges {
		if e.code == nil {
			continue // has no position here
		}
		if e.remote {
			d.Tier = config.Strict
		}
		d.Operations = append(d.Operations, e.site.Pos(), e.last().Pos())
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleLock, Pos: e.site.Pos(), Message: message.New("locked-first", "lock", e.fromName, "func", wording.Func(e.site.Parent()))})
		for i, call := range e.chain[:len(e.chain)-1] {
			d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleCall, Pos: call.Pos(),
				Message: message.New("called-here", "func", wording.Func(call.Parent()), "callee", wording.Func(e.chain[i+1].Parent()))})
		}
		if e.beyond != nil {
			d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleCall, Pos: e.last().Pos(),
				Message: message.New("called-here", "func", wording.Func(e.last().Parent()), "callee", e.beyond.Path)})
			continue
		}
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleLock, Pos: e.last().Pos(),
			Message: message.New("locked-second", "lock", e.toName, "first", e.fromName, "func", wording.Func(e.last().Parent()))})
	}
	d.Related = append(d.Related, others...)
	r.reporter.Report(d)
}

// subject names the locks of a cycle in an order that does not depend on where
// the cycle begins.
func subject(edges []*edge) string {
	var names []string
	for _, e := range edges {
		names = append(names, e.fromName, e.toName)
	}
	slices.SortFunc(names, cmp.Compare[string])
	return strings.Join(slices.Compact(names), ", ")
}
