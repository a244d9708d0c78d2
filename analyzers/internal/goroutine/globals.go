package goroutine

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// This file is about package-level variables that goroutines share.
//
// What is done with one is known only if every function that uses it is part of the
// exploration, and so are those that call these, for they may be other goroutines.
// Where the functions of a package are there for other packages, none of them has
// all the others in its exploration; so there is one from the package's
// initialisation on, with a goroutine for a call of each, as for a type's methods.

// findGlobalUsers finds for each package-level variable the functions that lead to
// its use.
func (p *Package) findGlobalUsers() {
	p.globalUsers = make(map[*ssa.Global][]*ssa.Function)
	p.callers = make(map[*ssa.Function][]*ssa.Function)
	var ops []*ssa.Value
	for _, fn := range p.SSA.Funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				ops = instr.Operands(ops[:0])
				for _, op := range ops {
					switch v := (*op).(type) {
					case *ssa.Global:
						if list := p.globalUsers[v]; !slices.Contains(list, fn) {
							p.globalUsers[v] = append(list, fn)
						}
					case *ssa.Function:
						callee := declared(v)
						if list := p.callers[callee]; !slices.Contains(list, fn) {
							p.callers[callee] = append(list, fn)
						}
					}
				}
			}
		}
	}
}

func declared(fn *ssa.Function) *ssa.Function {
	if o := fn.Origin(); o != nil {
		return o
	}
	return fn
}

// usersOf lists the functions that use a variable and all that lead to them; those
// of tests only if the variable is a test's.
func (p *Package) usersOf(g *ssa.Global) []*ssa.Function {
	if p.globalUsers == nil {
		p.findGlobalUsers()
	}
	var list []*ssa.Function
	seen := make(map[*ssa.Function]bool)
	work := slices.Clone(p.globalUsers[g])
	for len(work) > 0 {
		fn := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[fn] || p.inTest(fn.Pos()) && !p.inTest(g.Pos()) {
			continue
		}
		seen[fn] = true
		list = append(list, fn)
		work = append(work, p.callers[fn]...)
	}
	return list
}

// enclosed reports whether only the exploration uses a package-level variable.
func (x *Exploration) enclosed(o *Object) bool {
	if in, ok := x.enclosing[o]; ok {
		return in
	}
	g, ok := o.Value.(*ssa.Global)
	in := ok && o.Kind == Global && !o.leaked && !x.Truncated && g.Pkg == x.pkg.SSA.Pkg
	if in {
		inside := make(map[*ssa.Function]bool)
		for _, f := range x.Frames {
			inside[declared(f.Fn)] = true
		}
		in = !slices.ContainsFunc(x.pkg.usersOf(g), func(fn *ssa.Function) bool { return !inside[fn] })
	}
	x.enclosing[o] = in
	return in
}

// shared reports whether functions outside the exploration may get at an object by
// a package-level variable.
func (x *Exploration) shared(o *Object) bool {
	if x.sharing == nil {
		x.sharing = make(map[*Object]bool)
		var work []*Object
		for _, g := range x.heap.objects {
			if g.Kind == Global && !x.enclosed(g) {
				work = append(work, g)
			}
		}
		mark := func(n *node) {
			for _, t := range n.list {
				if !x.sharing[t.Obj] {
					x.sharing[t.Obj] = true
					work = append(work, t.Obj)
				}
			}
		}
		for len(work) > 0 {
			o := work[len(work)-1]
			work = work[:len(work)-1]
			for _, key := range x.heap.cellsOf[o] {
				mark(x.heap.cells[key])
			}
			x.captured(o, mark)
		}
	}
	return x.sharing[o]
}

// captured calls visit with what the variables that a closure has captured lead to.
func (x *Exploration) captured(o *Object, visit func(*node)) {
	mc, ok := o.Value.(*ssa.MakeClosure)
	if !ok || o.Kind != Function || o.Frame == nil {
		return
	}
	for _, b := range mc.Bindings {
		for _, leaf := range x.heap.leaves(b.Type()) {
			visit(x.value(o.Frame, b, leaf))
		}
	}
}

// packageAPI is what other packages can call that leads to a lock and to something
// to wait with in package-level variables; ok is false if there is nothing.
func (p *Package) packageAPI() (api typeAPI, ok bool) {
	init := p.SSA.Pkg.Func("init")
	if init == nil || p.SSA.Pkg.Pkg.Name() == "main" || instrCount(init) > maxInit {
		return typeAPI{}, false
	}
	lock, wait := false, false
	users := make(map[*ssa.Function]bool)
	for _, m := range p.SSA.Pkg.Members {
		g, isGlobal := m.(*ssa.Global)
		if !isGlobal || token.IsExported(g.Name()) || p.inTest(g.Pos()) {
			continue
		}
		l, w := locksOrWaits(pointee(g.Type()), 0)
		lock, wait = lock || l, wait || w
		if l || w {
			for _, fn := range p.usersOf(g) {
				users[fn] = true
			}
		}
	}
	if !lock || !wait {
		return typeAPI{}, false
	}
	api.make = init
	spawns := false
	for _, fn := range p.SSA.Funcs {
		if !users[fn] || fn.Parent() != nil || fn.Blocks == nil || p.inTest(fn.Pos()) {
			continue
		}
		if fn.Name() != "init" && token.IsExported(fn.Name()) && fn.TypeParams().Len()+fn.Signature.RecvTypeParams().Len() == 0 {
			api.methods = append(api.methods, fn)
		}
		spawns = spawns || p.reaches[fn]
	}
	return api, spawns && len(api.methods) > 0
}

// maxInit bounds the initialisation of a package that is explored, in instructions.
const maxInit = 4_000

func instrCount(fn *ssa.Function) int {
	n := 0
	for _, b := range fn.Blocks {
		n += len(b.Instrs)
	}
	return n
}

// locksOrWaits tells whether a variable of type t is or has a lock, and something to
// wait with.
func locksOrWaits(t types.Type, depth int) (lock, wait bool) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil {
		switch n.Obj().Pkg().Path() + "." + n.Obj().Name() {
		case "sync.Mutex", "sync.RWMutex", "sync.Locker":
			return true, false
		case "sync.WaitGroup", "sync.Cond", "golang.org/x/sync/errgroup.Group":
			return false, true
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Chan:
		return false, true
	case *types.Struct:
		if depth > 1 {
			return false, false
		}
		for f := range u.Fields() {
			l, w := locksOrWaits(f.Type(), depth+1)
			lock, wait = lock || l, wait || w
		}
	}
	return lock, wait
}
