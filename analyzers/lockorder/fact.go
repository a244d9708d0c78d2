package lockorder

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// Edges is the order of locks in one package, for comparison with other
// packages.
type Edges struct {
	Package string
	List    []Edge
}

// An Edge is an edge as other packages see it.
type Edge struct {
	From, To         string // classes
	FromName, ToName string
	FromRead, ToRead bool
	Gates            []string

	Package, Func, Function string
	Site                    diagnostic.Place // where the first lock is acquired
	Chain                   []Hop            // to the second Lock
	Path, Where             string           // of Chain as a message names it; Path is empty if there is no call
}

// A Hop is one instruction of a chain of calls.
type Hop struct {
	Place diagnostic.Place
	In    string // the function
}

// AFact makes Edges a fact.
func (*Edges) AFact() {}

func (x *Edges) String() string {
	var parts []string
	for _, e := range x.List {
		parts = append(parts, fmt.Sprintf("%s: %s before %s", e.Func, e.FromName, e.ToName))
	}
	return strings.Join(parts, "; ")
}

// export makes the fact of a package; nil if it has no edges that others could
// close to a cycle. Edges at places where the user suppressed the rule are no
// part of it, nor are those that make a cycle one of the strict tier.
func export(pass *analysis.Pass, edges []*edge) *Edges {
	cfg := pass.ResultOf[config.Analyzer].(*config.Config)
	x := &Edges{Package: pass.Pkg.Path()}
	for _, e := range edges {
		if e.remote || strings.HasSuffix(string(e.from), localMark) || strings.HasSuffix(string(e.to), localMark) ||
			cfg.Suppression.Match(pass.Fset, pass.Analyzer.Name, e.chain[0].Pos()) != nil {
			continue
		}
		x.List = append(x.List, e.value(pass))
	}
	if x.List == nil {
		return nil
	}
	return x
}

func (e *edge) value(pass *analysis.Pass) Edge {
	v := Edge{
		From: string(e.from), To: string(e.to), FromName: e.fromName, ToName: e.toName, FromRead: e.fromRead, ToRead: e.toRead,
		Package: pass.Pkg.Path(), Func: qualified(e.fn), Function: e.fn.RelString(e.fn.Pkg.Pkg),
		Site: diagnostic.PlaceOf(pass, e.site.Pos()), Where: wording.Place(pass.Fset, e.last().Pos()),
	}
	for _, g := range e.gates {
		v.Gates = append(v.Gates, string(g))
	}
	for _, instr := range e.chain {
		v.Chain = append(v.Chain, Hop{diagnostic.PlaceOf(pass, instr.Pos()), wording.Func(instr.Parent())})
	}
	if e.beyond != nil {
		v.Path, v.Where = wording.Path(e.chain, e.beyond.Path), e.beyond.Place
	} else if len(e.chain) > 1 {
		v.Path = wording.Path(e.chain, "")
	}
	return v
}

// qualified names a function for readers of another package.
func qualified(fn *ssa.Function) string {
	if fn.Parent() != nil {
		return wording.Func(fn) + " of package " + fn.Pkg.Pkg.Name()
	}
	return fn.Pkg.Pkg.Name() + "." + fn.RelString(fn.Pkg.Pkg)
}

// edges are the edges of x as those of another package.
func (x *Edges) edges() []*edge {
	var list []*edge
	for i := range x.List {
		v := &x.List[i]
		e := &edge{from: class(v.From), to: class(v.To), fromName: v.FromName, toName: v.ToName, fromRead: v.FromRead, toRead: v.ToRead, far: v}
		for _, g := range v.Gates {
			e.gates = append(e.gates, class(g))
		}
		list = append(list, e)
	}
	return list
}

// Join finds the cycles whose edges are in several packages.
func (x *Edges) Join(all []diagnostic.Joiner) []diagnostic.Joined {
	var edges []*edge
	for _, j := range all {
		edges = append(edges, j.(*Edges).edges()...)
	}
	across := slices.DeleteFunc(cycles(edges, nil), func(cycle []*edge) bool {
		return !slices.ContainsFunc(cycle, func(e *edge) bool { return e.far.Package != cycle[0].far.Package })
	})
	var found []diagnostic.Joined
	for _, g := range groups(across) {
		found = append(found, joined(g.cycle))
	}
	return found
}

func joined(cycle []*edge) diagnostic.Joined {
	first := slices.IndexFunc(cycle, func(e *edge) bool {
		return e.far == slices.MinFunc(cycle, func(a, b *edge) int { return compareEdges(a.far, b.far) }).far
	})
	cycle = slices.Concat(cycle[first:], cycle[:first])
	at := cycle[0].far
	key, args := sentence(cycle, farArgs)
	j := diagnostic.Joined{
		Package: at.Package, Category: category(key), Place: at.Chain[0].Place,
		Message: message.New(message.Key(key), args...), Subject: subject(cycle), Function: at.Function, Catalogue: catalogue,
	}
	for _, e := range cycle {
		f := e.far
		in := f.Chain[len(f.Chain)-1]
		j.Operations = append(j.Operations, f.Site, in.Place)
		j.Related = append(j.Related, diagnostic.JoinedRelated{Role: diagnostic.RoleLock, Place: f.Site, Message: message.New("locked-first", "lock", f.FromName, "func", f.Func)})
		role, text := diagnostic.RoleLock, message.New("locked-second", "lock", f.ToName, "first", f.FromName, "func", in.In)
		if f.Path != "" {
			role, in = diagnostic.RoleCall, f.Chain[0]
			text = message.New("called-here", "func", f.Func, "callee", f.Path)
		}
		j.Related = append(j.Related, diagnostic.JoinedRelated{Role: role, Place: in.Place, Message: text})
	}
	return j
}

func compareEdges(a, b *Edge) int {
	p, q := a.Chain[0].Place, b.Chain[0].Place
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// farArgs are the arguments of a message for an edge of another package.
func farArgs(prefix string, e *edge) []string {
	return prefixed(prefix, "from", e.fromName, "to", e.toName, "func", e.far.Func, "line", fmt.Sprint(e.far.Site.Line), "place", e.far.Where, "path", e.far.Path)
}
