package contract

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/internal/pattern"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
)

// A resolver finds what the clauses of a package name.
type resolver struct {
	*Result
	pass      *analysis.Pass
	ssa       *ssabuild.SSA
	receivers map[*types.TypeName]map[string]bool
}

// receiverNames lists what the methods of each type call their receiver: a
// comment in the struct may use that name.
func receiverNames(pass *analysis.Pass) map[*types.TypeName]map[string]bool {
	names := make(map[*types.TypeName]map[string]bool)
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			fd, ok := decl.(*ast.FuncDecl)
			if !ok || fd.Recv == nil {
				continue
			}
			fn, ok := pass.TypesInfo.Defs[fd.Name].(*types.Func)
			if !ok {
				continue
			}
			recv := fn.Signature().Recv()
			if tn := TypeName(recv.Type()); tn != nil {
				if names[tn] == nil {
					names[tn] = make(map[string]bool)
				}
				names[tn][recv.Name()] = true
			}
		}
	}
	return names
}

// TypeName returns the name of the defined type that t is or points to, nil if
// it is none.
func TypeName(t types.Type) *types.TypeName {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		return n.Origin().Obj()
	}
	return nil
}

func (r *resolver) file(file *ast.File) {
	for _, group := range file.Comments {
		for _, c := range group.List {
			if strings.Contains(c.Text, "+checklocksforce") {
				p := r.fset.Position(c.Pos())
				r.forced[line{p.Filename, p.Line}] = true
			}
		}
	}
	var owner *types.TypeName
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			r.function(n)
		case *ast.GenDecl:
			if n.Tok == token.VAR {
				r.variables(file, n)
			}
		case *ast.TypeSpec:
			owner, _ = r.pass.TypesInfo.Defs[n.Name].(*types.TypeName)
		case *ast.StructType:
			if st, ok := r.pass.TypesInfo.TypeOf(n).(*types.Struct); ok {
				r.fields(file, n, st, owner)
			}
			owner = nil // a struct inside has no name
		}
		return true
	})
}

// A member is a field or variable with the comments that belong to it.
type member struct {
	v          *types.Var
	pos, end   token.Pos // with its comments
	doc, line  *ast.CommentGroup
	sameSpec   bool // declared together with the member before
	standalone *ast.CommentGroup
}

// A scope is where the names of a contract are looked up.
type scope struct {
	members []member
	st      *types.Struct   // nil among package-level variables
	owner   *types.TypeName // whose struct st is, or nil
}

func (r *resolver) fields(file *ast.File, n *ast.StructType, st *types.Struct, owner *types.TypeName) {
	sc := &scope{st: st, owner: owner}
	i := 0
	for _, f := range n.Fields.List {
		for k := range max(1, len(f.Names)) {
			if i >= st.NumFields() {
				return
			}
			sc.add(st.Field(i).Origin(), f.Doc, f.Comment, f, k > 0)
			i++
		}
	}
	sc.addStandalone(file, n.Pos(), n.End())
	r.scope(sc)
}

// variables reads the comments of a declaration of package-level variables.
func (r *resolver) variables(file *ast.File, decl *ast.GenDecl) {
	sc := &scope{}
	for _, spec := range decl.Specs {
		vs := spec.(*ast.ValueSpec)
		doc := vs.Doc
		if !decl.Lparen.IsValid() {
			doc = decl.Doc
		}
		for k, name := range vs.Names {
			v, ok := r.pass.TypesInfo.Defs[name].(*types.Var)
			if !ok || v.Parent() != r.pass.Pkg.Scope() {
				continue
			}
			sc.add(v, doc, vs.Comment, vs, k > 0)
		}
	}
	if decl.Lparen.IsValid() {
		sc.addStandalone(file, decl.Lparen, decl.End())
	}
	r.scope(sc)
}

func (sc *scope) add(v *types.Var, doc, line *ast.CommentGroup, n ast.Node, sameSpec bool) {
	m := member{v: v, pos: n.Pos(), end: n.End(), doc: doc, line: line, sameSpec: sameSpec}
	if doc != nil {
		m.pos = doc.Pos()
	}
	if line != nil {
		m.end = line.End()
	}
	sc.members = append(sc.members, m)
}

// addStandalone finds the comments between members that belong to none.
func (sc *scope) addStandalone(file *ast.File, pos, end token.Pos) {
	for _, g := range file.Comments {
		if g.Pos() < pos || g.End() > end {
			continue
		}
		i := slices.IndexFunc(sc.members, func(m member) bool { return m.end > g.Pos() })
		if i >= 0 && sc.members[i].pos > g.End() {
			sc.members[i].standalone = g
		}
	}
}

func (r *resolver) scope(sc *scope) {
	for i, m := range sc.members {
		if m.sameSpec {
			continue
		}
		for _, g := range []*ast.CommentGroup{m.standalone, m.doc, m.line} {
			if g == nil {
				continue
			}
			for _, c := range ParseVar(g.Text()) {
				r.clause(sc, i, g, c)
			}
		}
	}
}

// clause applies a clause of the comment g, which belongs to member i.
func (r *resolver) clause(sc *scope, i int, g *ast.CommentGroup, c Clause) {
	m := sc.members[i]
	src := Source{Style: c.Style, Pos: g.Pos(), Text: c.Text}
	switch c.Kind {
	case Atomic:
		for _, same := range sc.spec(i) {
			r.varOf(same.v).Atomic = true
		}
	case Guards:
		if g == m.standalone && c.Locks == nil {
			return
		}
		first := i
		lock, ok := r.guardLock(sc, m, c)
		if !ok {
			return
		}
		if lock.Var == m.v && g != m.standalone {
			first = i + 1
		}
		for _, v := range r.extent(sc, first, c, g) {
			r.guard(v, Guard{lock, src, c.Extent != Named})
		}
	case Guarded:
		var locks []Lock
		for _, name := range c.Locks {
			lock, ok := r.variableLock(sc, name)
			if !ok {
				return
			}
			locks = append(locks, lock)
		}
		for _, v := range r.guardedBy(sc, i, g, c) {
			for _, lock := range locks {
				r.guard(v, Guard{lock, src, c.Group})
			}
		}
	}
}

// spec returns the members that are declared together with member i.
func (sc *scope) spec(i int) []member {
	end := i + 1
	for end < len(sc.members) && sc.members[end].sameSpec {
		end++
	}
	return sc.members[i:end]
}

// guardLock returns the lock of a Guards clause, which is the member itself
// unless the clause names another.
func (r *resolver) guardLock(sc *scope, m member, c Clause) (Lock, bool) {
	if c.Locks != nil && c.Locks[0] != m.v.Name() {
		return r.variableLock(sc, c.Locks[0])
	}
	return r.variableLock(sc, m.v.Name())
}

// guardedBy lists the variables that a Guarded clause is about.
func (r *resolver) guardedBy(sc *scope, i int, g *ast.CommentGroup, c Clause) []*types.Var {
	var vs []*types.Var
	switch {
	case c.Names != nil:
		return sc.named(c.Names)
	case c.Group && g != sc.members[i].line, g == sc.members[i].standalone:
		if !c.Group {
			return nil
		}
		c.Extent = Following
		return r.extent(sc, i, c, g)
	}
	for _, m := range sc.spec(i) {
		vs = append(vs, m.v)
	}
	return vs
}

// named returns the members with the given names, nil if one is missing.
func (sc *scope) named(names []string) []*types.Var {
	var vs []*types.Var
	for _, name := range names {
		i := slices.IndexFunc(sc.members, func(m member) bool { return m.v.Name() == name })
		if i < 0 {
			return nil
		}
		vs = append(vs, sc.members[i].v)
	}
	return vs
}

// extent lists the variables from member first on that a clause is about. The
// next lock ends them, and so does a comment above a variable that has a story
// of its own to tell about locks; of "following" ones, a blank line does.
func (r *resolver) extent(sc *scope, first int, c Clause, own *ast.CommentGroup) []*types.Var {
	if c.Extent == Named && c.Kind == Guards {
		vs := sc.named(c.Names)
		if sc.st == nil && vs == nil {
			vs = r.globals(c.Names)
		}
		return vs
	}
	var vs []*types.Var
	for i := first; i < len(sc.members); i++ {
		m := sc.members[i]
		if isLock(m.v.Type()) && i != first {
			break
		}
		if i > first && c.Extent == Following && r.lineOf(m.pos)-r.lineOf(sc.members[i-1].end) > 1 && c.Count == 0 {
			break
		}
		if m.standalone != nil && m.standalone != own || m.doc != nil && m.doc != own && ownStory.MatchString(m.doc.Text()) {
			break
		}
		if c.Count > 0 && len(vs) == c.Count {
			break
		}
		if m.line != nil && m.line != own && ownStory.MatchString(m.line.Text()) {
			continue
		}
		vs = append(vs, m.v)
	}
	return vs
}

// ownStory is in comments that tell how a variable is shared, by which it may
// be an exception from what is said of a group of variables.
var ownStory = pattern.New(`(?i)guard|protect|\block|\bmu\b|mutex|\batomic|immutable|constant|read-?only|write-?once|owned|synchroni|\brac(?:e|y)|concurren|\bonly\b|goroutine|\binit|\bbefore\b|\bafter\b`)

func (r *resolver) lineOf(pos token.Pos) int { return r.fset.Position(pos).Line }

// globals returns the package-level variables with the given names, nil if
// one is missing.
func (r *resolver) globals(names []string) []*types.Var {
	var vs []*types.Var
	for _, name := range names {
		v, ok := r.pass.Pkg.Scope().Lookup(name).(*types.Var)
		if !ok {
			return nil
		}
		vs = append(vs, v)
	}
	return vs
}

func (r *resolver) varOf(v *types.Var) *Var {
	c := r.vars[v]
	if c == nil {
		c = &Var{}
		r.vars[v] = c
	}
	return c
}

// guard notes a guard of v, unless v has a type that synchronises itself or
// is a lock. What is said of v alone goes before what is said of a group.
func (r *resolver) guard(v *types.Var, g Guard) {
	if v == g.Var || selfSynchronised(v.Type()) {
		return
	}
	c := r.varOf(v)
	if !slices.ContainsFunc(c.Guards, func(other Guard) bool { return other.Var == g.Var }) {
		c.Guards = append(c.Guards, g)
	}
}

// selfSynchronised reports whether t is of package sync or sync/atomic, or
// contains nothing else.
func selfSynchronised(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if pkg := t.Obj().Pkg(); pkg != nil {
			switch pkg.Path() {
			case "sync", "sync/atomic", "internal/sync", "internal/runtime/atomic":
				return true
			}
		}
	case *types.Array:
		return selfSynchronised(t.Elem())
	}
	return false
}
