package outside

import (
	"cmp"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file finds what functions that do not synchronise at all read and write of
// what their callers can have in common: memory that a parameter leads to, and
// package-level variables. Whatever lock protects it, it is the caller's.

// A located is an access by a function of the package.
type located struct {
	path  access.Path // of the address, or of the map
	isMap bool
	write bool
	pos   token.Pos
}

// Limits. A function that accesses more is of no use to anyone: its first accesses
// stand for all.
const (
	maxAccesses = 6
	maxLocated  = 40
	maxSteps    = 5
	maxFuncs    = 400
)

// accesses lists the accesses of fn and of what it calls; none if it may synchronise.
func (s *summariser) accesses(fn *ssa.Function) []located {
	if list, ok := s.located[fn]; ok {
		return list
	}
	s.located[fn] = nil // for recursive calls
	if e := s.effect(fn); e.acquires || e.releases {
		return nil
	}
	var list []located
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			for _, l := range s.accessesOf(instr) {
				if named(l.path) && len(list) < maxLocated {
					list = append(list, l)
				}
			}
		}
	}
	s.located[fn] = list
	return list
}

// named reports whether a path has a meaning for callers.
func named(p access.Path) bool {
	kind := p.Root().Kind
	return p.Exact() && p.Len() <= maxSteps && (kind == access.Param || kind == access.Global)
}

// accessesOf lists the accesses of one instruction.
func (s *summariser) accessesOf(instr ssa.Instruction) []located {
	at := func(v ssa.Value, isMap, write bool) []located {
		return []located{{s.paths.Of(v), isMap, write, instr.Pos()}}
	}
	switch v := instr.(type) {
	case *ssa.Store:
		return at(v.Addr, false, true)
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return at(v.X, false, false)
		}
	case *ssa.MapUpdate:
		return at(v.Map, true, true)
	case *ssa.Lookup:
		if isMap(v.X) {
			return at(v.X, true, false)
		}
	case *ssa.Range:
		if isMap(v.X) {
			return at(v.X, true, false)
		}
	case *ssa.Call:
		return s.accessesOfCall(v, &v.Call)
	}
	return nil
}

func isMap(v ssa.Value) bool {
	_, ok := v.Type().Underlying().(*types.Map)
	return ok
}

func (s *summariser) accessesOfCall(call ssa.CallInstruction, common *ssa.CallCommon) []located {
	if b, ok := common.Value.(*ssa.Builtin); ok {
		switch name := b.Name(); {
		case name == "delete", name == "clear" && isMap(common.Args[0]):
			return []located{{s.paths.Of(common.Args[0]), true, true, call.Pos()}}
		case name == "len" && isMap(common.Args[0]):
			return []located{{s.paths.Of(common.Args[0]), true, false, call.Pos()}}
		}
		return nil
	}
	var list []located
	for _, u := range syncapi.Uses(common) {
		list = append(list, located{s.paths.Of(u.On), u.Map, u.Write, call.Pos()})
	}
	fn := common.StaticCallee()
	if fn == nil || fn.Parent() != nil {
		return list
	}
	if fn.Blocks != nil {
		fn = access.Declared(fn)
		for _, l := range s.accesses(fn) {
			if p, ok := s.paths.Rebase(l.path, fn, common); ok {
				list = append(list, located{p, l.isMap, l.write, l.pos})
			}
		}
	} else if e := s.outside.Effect(common); e != nil {
		for _, a := range e.Accesses {
			if p, ok := s.farPath(common, a); ok {
				list = append(list, located{p, a.Map, a.Write, call.Pos()})
			}
		}
	}
	return list
}

// farPath is the path of an access of a function of another package.
func (s *summariser) farPath(common *ssa.CallCommon, a Access) (access.Path, bool) {
	if a.Param < 0 || a.Param >= len(common.Args) {
		return access.Path{}, false
	}
	p, t := s.paths.Of(common.Args[a.Param]), common.Args[a.Param].Type()
	for _, step := range a.Steps {
		if step == Deref {
			p = s.paths.Select(p, access.Selector{Kind: access.Deref})
			continue
		}
		f, _ := Field(t, step)
		if f == nil {
			return access.Path{}, false
		}
		p, t = s.paths.Select(p, access.Selector{Kind: access.Field, Field: f.Origin()}), f.Type()
	}
	return p, true
}

// Field is the field of the given name of the struct that t is or points to, with its
// index; nil if there is none.
func Field(t types.Type, name string) (*types.Var, int) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if st, ok := t.Underlying().(*types.Struct); ok {
		for i := range st.NumFields() {
			if f := st.Field(i); f.Name() == name {
				return f, i
			}
		}
	}
	return nil, 0
}

// addAccesses adds to the effects of functions what they access. What is only read
// matters only if another function of the package writes it.
func (s *summariser) addAccesses(funcs map[string]*ssa.Function, effects map[string]*Effect) {
	written := make(map[any]bool)
	for _, fn := range funcs {
		for _, l := range s.accesses(fn) {
			if l.write {
				written[variable(l.path)] = true
			}
		}
	}
	names := make([]string, 0, len(funcs))
	for name, fn := range funcs {
		if len(s.accesses(fn)) > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names[:min(len(names), maxFuncs)] {
		fn := funcs[name]
		for _, l := range s.accesses(fn) {
			if a, ok := s.publicAccess(fn, l); ok && written[variable(l.path)] {
				effects[name].add(a)
			}
		}
	}
}

// variable is the field or package-level variable that a path leads to, or, without
// one, the type of the parameter.
func variable(p access.Path) any {
	if f := p.LastField(); f != nil {
		return f
	}
	if root := p.Root(); root.Var != nil {
		return root.Var
	} else {
		return types.TypeString(root.Value.Type(), nil)
	}
}

// add adds an access; of one variable a write stands for reads.
func (e *Effect) add(a Access) {
	for i, b := range e.Accesses {
		if a.Param == b.Param && a.Global == b.Global && a.Map == b.Map && slices.Equal(a.Steps, b.Steps) {
			if a.Write && !b.Write {
				e.Accesses[i] = a
			}
			return
		}
	}
	if len(e.Accesses) < maxAccesses {
		e.Accesses = append(e.Accesses, a)
	}
}

// publicAccess expresses an access of fn for other packages.
func (s *summariser) publicAccess(fn *ssa.Function, l located) (Access, bool) {
	a := Access{Param: -1, Map: l.isMap, Write: l.write}
	switch root := l.path.Root(); root.Kind {
	case access.Param:
		if a.Param = slices.IndexFunc(fn.Params, func(p *ssa.Parameter) bool { return p == root.Value }); a.Param < 0 {
			return Access{}, false
		}
	case access.Global:
		if root.Var.Pkg() != fn.Pkg.Pkg {
			return Access{}, false
		}
		a.Global = root.Var.Name()
	}
	for _, sel := range l.path.Selectors() {
		if sel.Kind == access.Deref {
			a.Steps = append(a.Steps, Deref)
		} else {
			a.Steps = append(a.Steps, sel.Field.Name())
		}
	}
	place := s.fset.Position(cmp.Or(l.pos, fn.Pos()))
	a.Place = filepath.Base(place.Filename) + ":" + strconv.Itoa(place.Line)
	return a, true
}
