package nocounterpart

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file reads the functions of a package for the census.

// take reads a package.
func take(pkg *types.Package, src *ssabuild.SSA, paths *access.Paths) *census {
	cs := &census{
		pkg: pkg, paths: paths, exported: make(map[*types.Var]bool),
		inside:  make(map[*ssa.Function]bool),
		made:    make(map[*ssa.Function]bool),
		open:    make(map[*ssa.Function]bool),
		called:  make(map[*ssa.Function]bool),
		values:  make(map[ssa.Value]*class),
		vars:    make(map[*types.Var]*class),
		results: make(map[*ssa.Function][]*class),
		built:   make(map[*types.Struct]bool),
	}
	if pkg.Name() != "main" {
		cs.exported = access.ExportedVars(pkg)
	}
	fns := append([]*ssa.Function(nil), src.Funcs...)
	if init := src.Pkg.Func("init"); init != nil {
		fns = append(fns, init)
	}
	for _, fn := range fns {
		cs.inside[fn] = true
	}
	cs.findBuilt(fns)
	cs.findOpen(fns)
	for _, fn := range fns {
		for _, v := range fn.FreeVars {
			// A literal behind a call that never returns, such as t.Skip, is not
			// made, so that it is not known what it captures.
			if !cs.made[fn] {
				escape(cs.of(v))
			}
		}
		for i, p := range fn.Params {
			recv := i == 0 && fn.Signature.Recv() != nil
			if carries(p) && (cs.open[fn] || !cs.called[fn] || recv) {
				escape(cs.of(p))
			}
		}
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				cs.read(fn, instr)
			}
		}
	}
	return cs
}

// findBuilt finds the types of which the package makes objects.
func (cs *census) findBuilt(fns []*ssa.Function) {
	var build func(t types.Type)
	build = func(t types.Type) {
		switch t := t.Underlying().(type) {
		case *types.Array:
			build(t.Elem())
		case *types.Struct:
			if cs.built[t] {
				return
			}
			cs.built[t] = true
			for f := range t.Fields() {
				build(f.Type())
			}
		}
	}
	for _, name := range cs.pkg.Scope().Names() {
		if v, ok := cs.pkg.Scope().Lookup(name).(*types.Var); ok {
			build(v.Type())
		}
	}
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch v := instr.(type) {
				case *ssa.Alloc:
					build(v.Type().Underlying().(*types.Pointer).Elem())
				case *ssa.MakeSlice:
					build(v.Type().Underlying().(*types.Slice).Elem())
				case ssa.Value:
					build(v.Type())
				}
			}
		}
	}
}

// findOpen finds the functions that are called from where it is not seen.
func (cs *census) findOpen(fns []*ssa.Function) {
	invoked := make(map[string]bool)
	var ops []*ssa.Value
	use := func(v ssa.Value) {
		switch v := v.(type) {
		case *ssa.Function:
			cs.open[access.Declared(v)] = true
			if obj, ok := v.Object().(*types.Func); ok && v.Synthetic != "" {
				if fn := v.Prog.FuncValue(obj.Origin()); fn != nil {
					cs.open[fn] = true
				}
			}
		}
	}
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				var callee ssa.Value
				switch v := instr.(type) {
				case ssa.CallInstruction:
					common := v.Common()
					if common.IsInvoke() {
						invoked[common.Method.Name()] = true
					} else {
						callee = common.Value
						if f := common.StaticCallee(); f != nil {
							cs.called[access.Declared(f)] = true
						}
					}
				case *ssa.MakeClosure:
					cs.made[v.Fn.(*ssa.Function)] = true
					if onlyCalled(v) {
						continue
					}
				}
				ops = instr.Operands(ops[:0])
				skipped := false
				for _, o := range ops {
					if *o == callee && !skipped {
						skipped = true
						continue
					}
					use(*o)
				}
			}
		}
	}
	for _, fn := range fns {
		obj, ok := fn.Object().(*types.Func)
		if !ok {
			continue
		}
		method := fn.Signature.Recv() != nil
		if obj.Exported() && (method || cs.pkg.Name() != "main") && (cs.pkg.Name() != "main" || invoked[obj.Name()]) || method && invoked[obj.Name()] {
			cs.open[fn] = true
		}
	}
}

// onlyCalled reports whether a function literal is called where it is made, or
// through a variable that holds nothing else, and not used otherwise.
func onlyCalled(v *ssa.MakeClosure) bool {
	for _, r := range *v.Referrers() {
		call, ok := r.(ssa.CallInstruction)
		if !ok || call.Common().Value != v {
			return false
		}
		for _, a := range call.Common().Args {
			if a == v {
				return false
			}
		}
	}
	return true
}

// read adds what one instruction does.
func (cs *census) read(fn *ssa.Function, instr ssa.Instruction) {
	switch v := instr.(type) {
	case ssa.CallInstruction:
		cs.call(v)
		return
	case *ssa.Alloc, *ssa.MakeMap, *ssa.MakeSlice, *ssa.FieldAddr, *ssa.Field, *ssa.DebugRef, *ssa.Jump, *ssa.If, *ssa.Range, *ssa.Next:
		return
	case *ssa.MakeChan:
		c := cs.of(v).root()
		c.made.add(v)
		return
	case *ssa.Phi:
		if carries(v) {
			for _, e := range v.Edges {
				unite(cs.of(v), cs.of(e))
			}
		}
		return
	case *ssa.ChangeType:
		if carries(v) && carries(v.X) {
			unite(cs.of(v), cs.of(v.X))
			return
		}
	case *ssa.Slice:
		cs.assign(v, v.X)
		return
	case *ssa.IndexAddr:
		cs.assign(v, v.X)
		return
	case *ssa.Index:
		cs.assign(v, v.X)
		return
	case *ssa.Lookup:
		if !v.CommaOk {
			cs.assign(v, v.X)
		}
		if carries(v.Index) {
			escape(cs.of(v.Index))
		}
		return
	case *ssa.UnOp:
		cs.unary(v)
		return
	case *ssa.Extract:
		cs.extract(v)
		return
	case *ssa.BinOp:
		for _, pair := range [2][2]ssa.Value{{v.X, v.Y}, {v.Y, v.X}} {
			if k, ok := pair[1].(*ssa.Const); ok && k.IsNil() && carries(pair[0]) {
				if c := cs.of(pair[0]); c != nil {
					c.root().compared = true
				}
			}
		}
		return
	case *ssa.Store:
		if carries(v.Val) {
			unite(cs.of(v.Addr), cs.of(v.Val))
		}
		return
	case *ssa.MapUpdate:
		if carries(v.Value) {
			unite(cs.of(v.Map), cs.of(v.Value))
		}
		if carries(v.Key) {
			escape(cs.of(v.Key))
		}
		return
	case *ssa.Send:
		cs.addOp(cs.of(v.Chan), op{kind: send, instr: v, pos: v.Pos()})
		if c := cs.of(v.Chan); c != nil && carries(v.X) {
			unite(contentOf(c), cs.of(v.X))
		}
		return
	case *ssa.Select:
		for _, st := range v.States {
			c := cs.of(st.Chan)
			if st.Dir == types.RecvOnly {
				cs.addOp(c, op{kind: receive, instr: v, pos: st.Pos, choice: v})
				continue
			}
			cs.addOp(c, op{kind: send, instr: v, pos: st.Pos, choice: v})
			if c != nil && carries(st.Send) {
				unite(contentOf(c), cs.of(st.Send))
			}
		}
		return
	case *ssa.Return:
		for i, r := range v.Results {
			if carries(r) {
				unite(cs.result(fn, i), cs.of(r))
			}
		}
		return
	case *ssa.MakeClosure:
		cs.closure(v)
		return
	case *ssa.MakeInterface:
		cs.escapeEmbedded(v.X.Type())
	}
	cs.escapeAll(instr)
}

// assign notes that v is what x is, leads to, or holds.
func (cs *census) assign(v, x ssa.Value) {
	if carries(v) {
		unite(cs.of(v), cs.of(x))
	}
}

// escapeAll is for instructions that are not followed.
func (cs *census) escapeAll(instr ssa.Instruction) {
	for _, o := range instr.Operands(nil) {
		if carries(*o) {
			escape(cs.of(*o))
		}
	}
	if v, ok := instr.(ssa.Value); ok && carries(v) {
		escape(cs.of(v))
	}
}

func (cs *census) unary(v *ssa.UnOp) {
	switch v.Op {
	case token.MUL:
		cs.assign(v, v.X)
	case token.ARROW:
		c := cs.of(v.X)
		cs.addOp(c, op{kind: receive, instr: v, pos: v.Pos()})
		if c != nil && !v.CommaOk && carries(v) {
			unite(cs.of(v), contentOf(c))
		}
	}
}

func (cs *census) extract(v *ssa.Extract) {
	if !carries(v) {
		return
	}
	c := cs.of(v)
	switch t := v.Tuple.(type) {
	case *ssa.Call:
		if fn := cs.callee(&t.Call); fn != nil {
			unite(cs.result(fn, v.Index), c)
			return
		}
	case *ssa.Lookup:
		unite(cs.of(t.X), c)
		return
	case *ssa.UnOp:
		if ch := cs.of(t.X); ch != nil {
			unite(contentOf(ch), c)
		}
		return
	case *ssa.Next:
		if r, ok := t.Iter.(*ssa.Range); ok && v.Index == 2 {
			unite(cs.of(r.X), c)
			return
		}
	case *ssa.Select:
		n := 2
		for _, st := range t.States {
			if st.Dir != types.RecvOnly {
				continue
			}
			if n == v.Index {
				if ch := cs.of(st.Chan); ch != nil {
					unite(contentOf(ch), c)
				}
				return
			}
			n++
		}
	}
	escape(c)
}

func (cs *census) closure(v *ssa.MakeClosure) {
	fn := v.Fn.(*ssa.Function)
	if fn.Synthetic != "" {
		if o, ok := syncapi.ClassifyValue(v, cs.paths); ok && o.On != nil {
			cs.waitGroup(o, v)
			return
		}
		cs.escapeAll(v)
		return
	}
	for i, b := range v.Bindings {
		if carries(b) {
			unite(cs.of(fn.FreeVars[i]), cs.of(b))
		}
	}
}

// callee is the function of the package that is called, nil if it is not known.
func (cs *census) callee(common *ssa.CallCommon) *ssa.Function {
	if fn := common.StaticCallee(); fn != nil {
		if fn = access.Declared(fn); cs.inside[fn] && fn.Blocks != nil {
			return fn
		}
	}
	return nil
}

func (cs *census) call(call ssa.CallInstruction) {
	common := call.Common()
	if b, ok := common.Value.(*ssa.Builtin); ok {
		cs.builtin(call, b.Name())
		return
	}
	if o, ok := syncapi.Classify(common, cs.paths); ok {
		switch o.Kind {
		case syncapi.WaitGroupAdd, syncapi.WaitGroupDone, syncapi.WaitGroupGo, syncapi.WaitGroupWait:
			cs.waitGroup(o, call)
			return
		}
	}
	fn := cs.callee(common)
	if fn == nil || len(common.Args) != len(fn.Params) {
		cs.escapeAll(call)
		return
	}
	_, spawn := call.(*ssa.Go)
	for i, a := range common.Args {
		if !carries(a) {
			continue
		}
		c := cs.of(a)
		if !carries(fn.Params[i]) {
			escape(c)
			continue
		}
		unite(cs.of(fn.Params[i]), c)
		if spawn && c != nil {
			c.root().shared = true
		}
	}
	if v, ok := call.(*ssa.Call); ok && carries(v) {
		unite(cs.result(fn, 0), cs.of(v))
	}
}

func (cs *census) builtin(call ssa.CallInstruction, name string) {
	args := call.Common().Args
	switch name {
	case "len", "cap", "delete", "clear":
		return
	case "close":
		cs.addOp(cs.of(args[0]), op{kind: closes, instr: call, pos: call.Pos()})
		return
	case "append", "copy":
		var into *class
		for _, a := range args {
			if !carries(a) {
				continue
			}
			c := cs.of(a)
			unite(into, c)
			if into == nil {
				into = c
			}
		}
		if v, ok := call.(*ssa.Call); ok && carries(v) {
			unite(into, cs.of(v))
		}
		return
	}
	cs.escapeAll(call)
}

// escapeEmbedded notes that an interface value can reach the wait group that t
// embeds.
func (cs *census) escapeEmbedded(t types.Type) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for f := range s.Fields() {
		if f.Embedded() && carried(f.Type()) != nil {
			escape(cs.variable(f))
		}
	}
}
