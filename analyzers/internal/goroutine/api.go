package goroutine

import (
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// This file explores a type whose users are not in the package: what its
// exported methods may do when other packages call them at the same time, on a
// value that a function of the package has made.
//
// The value is the only one, and only code of the package reaches its
// unexported fields; so what is done with such a field is known if every
// function that mentions it is part of the exploration. A field that is
// mentioned elsewhere is treated like an exported one.

// A typeAPI is a type with a function that makes values of it and the methods
// that other packages can call; or, without a type, the initialisation of the package
// and its functions and methods.
type typeAPI struct {
	named   *types.Named
	make    *ssa.Function
	methods []*ssa.Function
}

// EachType calls visit for explorations of the types that have a lock, have
// something to wait with, and start goroutines, and of the package as a whole if
// its variables do. It takes turns with Each.
func (p *Package) EachType(visit func(*Exploration)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	spent := 0
	apis := p.typeAPIs()
	if api, ok := p.packageAPI(); ok {
		apis = append(apis, api)
	}
	for _, api := range apis {
		if spent > maxTypes {
			return
		}
		x := p.explore(api.make, maxInstrs, &api)
		spent += x.instrs
		visit(x)
	}
}

// maxTypes bounds the explorations of types in a package, in instructions.
const maxTypes = 60_000

func (p *Package) typeAPIs() []typeAPI {
	makers := make(map[*types.Named][]*ssa.Function)
	for _, fn := range p.SSA.Funcs {
		if fn.Parent() != nil || fn.Blocks == nil || fn.Signature.Recv() != nil || fn.TypeParams().Len() > 0 || p.inTest(fn.Pos()) {
			continue
		}
		if n := p.makes(fn); n != nil {
			makers[n] = append(makers[n], fn)
		}
	}
	var apis []typeAPI
	scope := p.SSA.Pkg.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() || p.inTest(tn.Pos()) {
			continue
		}
		named, ok := tn.Type().(*types.Named)
		if !ok || named.TypeParams().Len() > 0 || len(makers[named]) == 0 || !waitsUnderLock(named) {
			continue
		}
		methods := p.exportedMethods(named)
		for _, fn := range makers[named] {
			spawns := p.reaches[fn]
			for _, m := range methods {
				spawns = spawns || p.reaches[m]
			}
			if spawns && len(methods) > 0 {
				apis = append(apis, typeAPI{named, fn, methods})
			}
		}
	}
	return apis
}

// makes is the type T of the package if fn allocates one and returns a *T as
// its first result.
func (p *Package) makes(fn *ssa.Function) *types.Named {
	if fn.Signature.Results().Len() == 0 {
		return nil
	}
	named, ok := pointee(fn.Signature.Results().At(0).Type()).(*types.Named)
	if !ok || named.Obj().Pkg() != p.SSA.Pkg.Pkg {
		return nil
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if a, ok := instr.(*ssa.Alloc); ok && types.Identical(pointee(a.Type()), named) {
				return named
			}
		}
	}
	return nil
}

func (p *Package) exportedMethods(named *types.Named) []*ssa.Function {
	var methods []*ssa.Function
	for i := range named.NumMethods() {
		m := named.Method(i)
		if fn := p.SSA.Pkg.Prog.FuncValue(m); m.Exported() && fn != nil && fn.Blocks != nil && !p.inTest(m.Pos()) {
			methods = append(methods, fn)
		}
	}
	return methods
}

// waitsUnderLock reports whether a struct has a lock and something to wait
// with, each in a field of its own.
func waitsUnderLock(named *types.Named) bool {
	st, ok := named.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	lock, wait := false, false
	for i := range st.NumFields() {
		t := types.Unalias(st.Field(i).Type())
		if p, ok := t.(*types.Pointer); ok {
			t = types.Unalias(p.Elem())
		}
		if _, ok := t.Underlying().(*types.Chan); ok {
			wait = true
		}
		n, ok := t.(*types.Named)
		if !ok || n.Obj().Pkg() == nil {
			continue
		}
		switch n.Obj().Pkg().Path() + "." + n.Obj().Name() {
		case "sync.Mutex", "sync.RWMutex", "sync.Locker":
			lock = true
		case "sync.WaitGroup", "sync.Cond", "golang.org/x/sync/errgroup.Group":
			wait = true
		}
	}
	return lock && wait
}

// addCallers adds a goroutine for a call of each method by other packages.
func (x *Exploration) addCallers(api *typeAPI) {
	root := x.Frames[0]
	for _, m := range api.methods {
		t := &Thread{Kind: Caller, Parent: root.Thread, depth: 1, index: len(x.Threads)}
		f := &Frame{Fn: m, Thread: t}
		t.Entry = f
		x.Threads = append(x.Threads, t)
		x.addFrame(f)
		for i, param := range m.Params {
			if i > 0 || api.named == nil {
				x.unknown(f, param)
			} else if types.IsInterface(param.Type()) || pointee(param.Type()) == param.Type() {
				x.unknown(f, param)
			} else {
				x.heap.flow(x.result(root, 0, ""), x.value(f, param, ""))
			}
		}
	}
}

// layOutCallers lets the callers start when the value has been made.
func (x *Exploration) layOutCallers() {
	end := x.exit[x.Frames[0]]
	for _, t := range x.Threads {
		if t.Kind == Caller {
			x.spawns[end] = append(x.spawns[end], x.entry[t.Entry])
		}
	}
}

// findPrivate finds the fields of the type explored that only functions of the
// exploration mention.
func (x *Exploration) findPrivate() {
	if x.api == nil || x.api.named == nil {
		return
	}
	inside := make(map[*ssa.Function]bool)
	for _, f := range x.Frames {
		inside[f.Fn] = true
	}
	st := x.api.named.Underlying().(*types.Struct)
	x.private = make([]bool, st.NumFields())
	for i := range x.private {
		x.private[i] = !st.Field(i).Exported()
	}
	mentions := func(fn *ssa.Function, typ types.Type, base ssa.Value, field int) {
		if !types.Identical(pointee(typ), x.api.named) || inside[fn] || x.pkg.inTest(fn.Pos()) {
			return
		}
		if _, fresh := base.(*ssa.Alloc); !fresh {
			x.private[field] = false
		}
	}
	for _, fn := range x.pkg.SSA.Funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch v := instr.(type) {
				case *ssa.FieldAddr:
					mentions(fn, v.X.Type(), v.X, v.Field)
				case *ssa.Field:
					mentions(fn, v.X.Type(), v.X, v.Field)
				}
			}
		}
	}
}

// isPrivate reports whether a part of an object lies in a field of the type
// explored that only the exploration uses.
func (x *Exploration) isPrivate(o *Object, path Path) bool {
	if x.api == nil || x.api.named == nil || o.Type == nil || !types.Identical(o.Type, x.api.named) || !strings.HasPrefix(string(path), ".") {
		return false
	}
	step := string(path[1:])
	if end := strings.IndexAny(step, ".[{<"); end >= 0 {
		step = step[:end]
	}
	i, err := strconv.Atoi(step)
	return err == nil && i < len(x.private) && x.private[i]
}

// foreign reports whether code outside the exploration may use a part of an
// object.
func (x *Exploration) foreign(t Target) bool {
	if t.Obj.Kind == Global && x.enclosed(t.Obj) {
		return false
	}
	return x.shared(t.Obj) || (t.Obj.leaked || t.Obj.open()) && !(t.Obj.Kind == Allocated && x.isPrivate(t.Obj, t.Path))
}

// callerOf is the call by another package that a goroutine belongs to, nil if
// it belongs to none.
func callerOf(t *Thread) *Thread {
	for ; t != nil; t = t.Parent {
		if t.Kind == Caller {
			return t
		}
	}
	return nil
}
