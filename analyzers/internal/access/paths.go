package access

import (
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
)

// Analyzer yields the [*Paths] of a package. Engines and checks that share it
// can compare each other's paths.
var Analyzer = &analysis.Analyzer{
	Name:       "access",
	Doc:        "name memory by comparable access paths; reports nothing",
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/internal/access",
	Requires:   []*analysis.Analyzer{ssabuild.Analyzer},
	ResultType: reflect.TypeFor[*Paths](),
	Run: diagnostic.Guard(func(pass *analysis.Pass) (any, error) {
		ps := New(pass.Pkg)
		src := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA)
		ps.inverse = ps.findInverses(pass.Pkg, src.Funcs)
		if len(ps.inverse) > 0 { // what was asked for so far did not know of them
			ps.nodes, ps.memo, ps.returns = make(map[nodeKey]*node), make(map[ssa.Value]Path), make(map[*ssa.Function]Path)
		}
		return ps, nil
	}),
}

// Paths makes paths. It is safe for concurrent use.
type Paths struct {
	pkg *types.Package // whose variables String does not qualify

	mu      sync.Mutex
	nodes   map[nodeKey]*node
	memo    map[ssa.Value]Path      // finished and, as the zero Path, unfinished
	stores  map[ssa.Value]ssa.Value // what a variable assigned once holds; nil if not so
	returns map[*ssa.Function]Path  // what a function returns, if it is a path of its parameters
	inverse inverses
}

type nodeKey struct {
	parent *node
	root   Root // zero unless parent is nil
	sel    Selector
}

// New returns an empty Paths for the analysis of pkg.
func New(pkg *types.Package) *Paths {
	return &Paths{
		pkg:     pkg,
		nodes:   make(map[nodeKey]*node),
		memo:    make(map[ssa.Value]Path),
		stores:  make(map[ssa.Value]ssa.Value),
		returns: make(map[*ssa.Function]Path),
	}
}

// Of returns the path of v.
func (ps *Paths) Of(v ssa.Value) Path {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.of(v)
}

// Select returns p with one more selector.
func (ps *Paths) Select(p Path, sel Selector) Path {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.sel(p, sel)
}

// Join returns the path that goes from p on with the given selectors.
func (ps *Paths) Join(p Path, sels ...Selector) Path {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.join(p, sels)
}

// Replace returns p with its prefix old replaced by new; ok is false if p does
// not have that prefix.
func (ps *Paths) Replace(p, old, new Path) (_ Path, ok bool) {
	if !p.HasPrefix(old) || !new.IsValid() {
		return Path{}, false
	}
	return ps.Join(new, p.Selectors()[old.Len():]...), true
}

// OfVar returns the path of the address of a package-level variable.
func (ps *Paths) OfVar(v *types.Var) Path {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.root(Root{Kind: Global, Var: v})
}

// Rebase expresses p, a path of the function callee, in terms of the caller
// whose call is given: a parameter becomes the argument, a captured variable
// what was bound. Paths of package-level variables and of the functions that
// enclose callee stay as they are. ok is false for paths that mean nothing to
// the caller, such as those of callee's own variables.
func (ps *Paths) Rebase(p Path, callee *ssa.Function, call *ssa.CallCommon) (_ Path, ok bool) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.rebase(p, callee, call)
}

func (ps *Paths) rebase(p Path, callee *ssa.Function, call *ssa.CallCommon) (Path, bool) {
	root := p.Root()
	switch root.Kind {
	case Global:
		return p, true
	case Param:
		for i, param := range callee.Params {
			if param == root.Value {
				if i < len(call.Args) && !call.IsInvoke() {
					return ps.join(ps.of(call.Args[i]), p.Selectors()), true
				}
				return Path{}, false
			}
		}
	case FreeVar:
		if mc, ok := ps.origin(call.Value).(*ssa.MakeClosure); ok && mc.Fn == callee {
			for i, fv := range callee.FreeVars {
				if fv == root.Value {
					return ps.join(ps.of(mc.Bindings[i]), p.Selectors()), true
				}
			}
		}
	}
	if fn := root.Func(); fn != nil && encloses(fn, callee) {
		return p, true
	}
	return Path{}, false
}

// encloses reports whether inner is declared, at any depth, in outer.
func encloses(outer, inner *ssa.Function) bool {
	for fn := inner.Parent(); fn != nil; fn = fn.Parent() {
		if fn == outer {
			return true
		}
	}
	return false
}

// Origin looks through conversions, interface values and variables that are
// assigned once, captured or not, and returns the value behind them. It is how
// a function value or a lock kept in a variable is found.
func (ps *Paths) Origin(v ssa.Value) ssa.Value {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.origin(v)
}

func (ps *Paths) origin(v ssa.Value) ssa.Value {
	for range maxDepth {
		next := v
		switch x := v.(type) {
		case *ssa.ChangeType:
			next = x.X
		case *ssa.ChangeInterface:
			next = x.X
		case *ssa.MakeInterface:
			next = x.X
		case *ssa.TypeAssert:
			if !x.CommaOk {
				next = x.X
			}
		case *ssa.UnOp:
			if x.Op == token.MUL {
				if s := ps.onlyStore(x.X); s != nil {
					next = s
				}
			}
		}
		if next == v {
			break
		}
		v = next
	}
	return v
}

// Held returns the value that the local variable at addr holds whenever it holds
// one, if it is assigned once and only function literals that read it capture it;
// else nil.
func (ps *Paths) Held(addr ssa.Value) ssa.Value {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.onlyStore(addr)
}

func (ps *Paths) of(v ssa.Value) Path {
	if p, ok := ps.memo[v]; ok {
		if !p.IsValid() { // a cycle through phis: the value names itself
			return ps.opaque(v)
		}
		return p
	}
	ps.memo[v] = Path{}
	p := ps.compute(v)
	ps.memo[v] = p
	return p
}

func (ps *Paths) compute(v ssa.Value) Path {
	if o := ps.origin(v); o != v {
		return ps.of(o)
	}
	switch v := v.(type) {
	case *ssa.Parameter:
		return ps.root(Root{Kind: Param, Value: v})
	case *ssa.FreeVar:
		if b := binding(v); b != nil {
			return ps.of(b)
		}
		return ps.root(Root{Kind: FreeVar, Value: v})
	case *ssa.Global:
		if obj, ok := v.Object().(*types.Var); ok {
			return ps.root(Root{Kind: Global, Var: obj})
		}
	case *ssa.Alloc:
		return ps.root(Root{Kind: Local, Value: v})
	case *ssa.FieldAddr:
		if f := FieldVar(v.X.Type(), v.Field); f != nil {
			return ps.sel(ps.of(v.X), Selector{Kind: Field, Field: f})
		}
	case *ssa.Field:
		if f := FieldVar(v.X.Type(), v.Field); f != nil {
			return ps.valueSel(ps.of(v.X), Selector{Kind: Field, Field: f})
		}
	case *ssa.IndexAddr:
		return ps.sel(ps.of(v.X), Selector{Kind: Elem})
	case *ssa.Index:
		return ps.valueSel(ps.of(v.X), Selector{Kind: Elem})
	case *ssa.Lookup:
		if !v.CommaOk {
			return ps.deref(ps.sel(ps.of(v.X), Selector{Kind: Elem}))
		}
	case *ssa.Extract:
		return ps.extract(v)
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return ps.deref(ps.of(v.X))
		}
	case *ssa.Slice:
		// A slice of an array behind a pointer shares its elements.
		if _, ok := v.X.Type().Underlying().(*types.Basic); !ok {
			return ps.of(v.X)
		}
	case *ssa.Phi:
		if p := ps.samePath(v.Edges); p.IsValid() {
			return p
		}
	case *ssa.Call:
		if p, ok := ps.result(v); ok {
			return p
		}
	}
	return ps.opaque(v)
}

// extract resolves the value of a comma-ok lookup, assertion or range over a
// map or the like.
func (ps *Paths) extract(v *ssa.Extract) Path {
	switch t := v.Tuple.(type) {
	case *ssa.Lookup:
		if v.Index == 0 {
			return ps.deref(ps.sel(ps.of(t.X), Selector{Kind: Elem}))
		}
	case *ssa.TypeAssert:
		if v.Index == 0 {
			return ps.of(t.X)
		}
	case *ssa.Next:
		if r, ok := t.Iter.(*ssa.Range); ok && v.Index == 2 {
			return ps.deref(ps.sel(ps.of(r.X), Selector{Kind: Elem}))
		}
	}
	return ps.opaque(v)
}

// samePath returns the path that all values have, if they have one.
func (ps *Paths) samePath(vs []ssa.Value) Path {
	var same Path
	for _, v := range vs {
		p := ps.of(v)
		if same.IsValid() && p != same {
			return Path{}
		}
		same = p
	}
	return same
}

// result resolves a call of a function that only returns a path of its
// parameters, such as func (s *S) lock() *sync.Mutex { return &s.mu }.
func (ps *Paths) result(call *ssa.Call) (Path, bool) {
	callee := call.Call.StaticCallee()
	if callee == nil {
		return Path{}, false
	}
	callee = Declared(callee)
	if len(callee.Blocks) != 1 || callee.Signature.Results().Len() != 1 {
		return Path{}, false
	}
	p, ok := ps.returns[callee]
	if !ok {
		ps.returns[callee] = Path{} // breaks recursion
		if ret, ok := callee.Blocks[0].Instrs[len(callee.Blocks[0].Instrs)-1].(*ssa.Return); ok {
			p = ps.of(ret.Results[0])
		}
		if k := p.Root().Kind; k != Param && k != Global {
			p = Path{}
		}
		ps.returns[callee] = p
	}
	if !p.IsValid() {
		return Path{}, false
	}
	return ps.rebase(p, callee, &call.Call)
}

// Declared returns the function that was declared in the source: the generic
// function of an instance, else fn itself.
func Declared(fn *ssa.Function) *ssa.Function {
	if o := fn.Origin(); o != nil {
		return o
	}
	return fn
}

// Outermost returns the declared function that fn is, or is a literal in.
func Outermost(fn *ssa.Function) *ssa.Function {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn
}

// binding returns what the enclosing function bound to a captured variable,
// if there is exactly one function literal value that captures it.
func binding(fv *ssa.FreeVar) ssa.Value {
	fn := fv.Parent()
	refs := fn.Referrers()
	if refs == nil {
		return nil
	}
	var bound ssa.Value
	for _, ref := range *refs {
		mc, ok := ref.(*ssa.MakeClosure)
		if !ok || mc.Fn != fn {
			continue
		}
		for i, v := range fn.FreeVars {
			if v == fv && i < len(mc.Bindings) {
				if bound != nil && bound != mc.Bindings[i] {
					return nil
				}
				bound = mc.Bindings[i]
			}
		}
	}
	return bound
}

// onlyStore returns the value that the local variable at addr holds whenever
// it holds one, if it is stored to once, as a whole, and its address goes
// nowhere but into function literals that only read it. A nil function or
// pointer is no value: it cannot be called, and has no lock. The zero value of
// other types is one, so their store must come before everything else.
func (ps *Paths) onlyStore(addr ssa.Value) ssa.Value {
	for range maxDepth {
		fv, ok := addr.(*ssa.FreeVar)
		if !ok {
			break
		}
		if addr = binding(fv); addr == nil {
			return nil
		}
	}
	alloc, ok := addr.(*ssa.Alloc)
	if !ok {
		return nil
	}
	if v, ok := ps.stores[alloc]; ok {
		return v
	}
	var val ssa.Value
	var stores []*ssa.Store
	if collectStores(alloc, &stores, 0) && len(stores) == 1 && (nilable(stores[0].Val.Type()) || initializes(stores[0], alloc)) {
		val = stores[0].Val
	}
	ps.stores[alloc] = val
	return val
}

func nilable(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Interface, *types.Signature, *types.Slice, *types.Map, *types.Chan:
		return true
	}
	return false
}

// initializes reports whether st comes before every other use of the variable.
func initializes(st *ssa.Store, alloc *ssa.Alloc) bool {
	if st.Parent() != alloc.Parent() {
		return false
	}
	return !slices.ContainsFunc(*alloc.Referrers(), func(ref ssa.Instruction) bool {
		if _, ok := ref.(*ssa.DebugRef); ok {
			return false
		}
		if ref.Block() == st.Block() {
			return slices.Index(st.Block().Instrs, ref) < slices.Index(st.Block().Instrs, ssa.Instruction(st))
		}
		return !st.Block().Dominates(ref.Block())
	})
}

// collectStores appends the stores to the variable at addr; it returns false
// if the address goes where stores are not seen.
func collectStores(addr ssa.Value, stores *[]*ssa.Store, depth int) bool {
	refs := addr.Referrers()
	if refs == nil || depth > maxDepth {
		return false
	}
	for _, ref := range *refs {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Val == addr {
				return false
			}
			if *stores = append(*stores, ref); len(*stores) > 1 {
				return false
			}
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.MakeClosure:
			fn := ref.Fn.(*ssa.Function)
			for i, b := range ref.Bindings {
				if b == addr && (i >= len(fn.FreeVars) || !collectStores(fn.FreeVars[i], stores, depth+1)) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// Variable returns the field or package-level variable of which addr is the
// address, and the path of what it is a part of: the object with the field, or the
// variable itself. It returns nil if addr is neither.
func (ps *Paths) Variable(addr ssa.Value) (*types.Var, Path) {
	switch addr := addr.(type) {
	case *ssa.FieldAddr:
		return FieldVar(addr.X.Type(), addr.Field), ps.Of(addr.X)
	case *ssa.Global:
		if v, ok := addr.Object().(*types.Var); ok {
			return v, ps.OfVar(v)
		}
	}
	return nil, Path{}
}

// FieldVar returns the i-th field of the struct that t is or points to, of a generic
// type its origin; nil if there is none.
func FieldVar(t types.Type, i int) *types.Var {
	t = types.Unalias(t)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if tp, ok := types.Unalias(t).(*types.TypeParam); ok {
		t = coreStruct(tp)
	}
	if s, ok := t.Underlying().(*types.Struct); ok && i < s.NumFields() {
		return s.Field(i).Origin()
	}
	return nil
}

// coreStruct returns the struct type that all types of a type parameter's
// constraint have in common, as far as it is written out as one term.
func coreStruct(tp *types.TypeParam) types.Type {
	if iface, ok := tp.Constraint().Underlying().(*types.Interface); ok && iface.NumEmbeddeds() == 1 {
		if u, ok := iface.EmbeddedType(0).(*types.Union); ok && u.Len() == 1 {
			return u.Term(0).Type()
		}
	}
	return tp
}

func (ps *Paths) root(r Root) Path { return ps.intern(nodeKey{root: r}) }

func (ps *Paths) opaque(v ssa.Value) Path { return ps.root(Root{Kind: OtherValue, Value: v}) }

func (ps *Paths) sel(p Path, s Selector) Path {
	if p.n == nil || p.n.depth >= maxDepth {
		return p
	}
	if s.Kind == Deref {
		if owner, ok := ps.wayBack(p); ok {
			return owner
		}
	}
	return ps.intern(nodeKey{parent: p.n, sel: s})
}

func (ps *Paths) deref(p Path) Path { return ps.sel(p, Selector{Kind: Deref}) }

// wayBack returns the path of the object that p, the address of a field, leads back
// to by way of an inverse field; ok is false if it does not.
func (ps *Paths) wayBack(p Path) (owner Path, ok bool) {
	if len(ps.inverse) == 0 || p.n.sel.Kind != Field || p.n.parent == nil {
		return Path{}, false
	}
	g, n := p.n.sel.Field, p.n.parent
	// What is before it: the field F, a dereference, and, of a slice or map,
	// an element and another one.
	if n.sel.Kind != Deref || n.parent == nil {
		return Path{}, false
	}
	n = n.parent
	if n.sel.Kind == Elem && n.parent != nil && n.parent.sel.Kind == Deref && n.parent.parent != nil {
		n = n.parent.parent
	}
	if n.sel.Kind != Field || n.parent == nil || !ps.inverse.has(n.sel.Field, g) {
		return Path{}, false
	}
	return Path{n.parent}, true
}

// valueSel selects within a struct or array value: if the value was loaded,
// the selection is that of a load through the address.
func (ps *Paths) valueSel(p Path, s Selector) Path {
	if p.n != nil && p.n.sel.Kind == Deref {
		return ps.deref(ps.sel(Path{p.n.parent}, s))
	}
	return ps.sel(p, s)
}

func (ps *Paths) join(p Path, sels []Selector) Path {
	for _, s := range sels {
		p = ps.sel(p, s)
	}
	return p
}

func (ps *Paths) intern(k nodeKey) Path {
	if n, ok := ps.nodes[k]; ok {
		return Path{n}
	}
	n := &node{parent: k.parent, root: k.root, sel: k.sel}
	if k.parent != nil {
		n.root = k.parent.root
		n.depth = k.parent.depth + 1
		n.elem = k.parent.elem || k.sel.Kind == Elem
	}
	ps.nodes[k] = n
	return Path{n}
}
