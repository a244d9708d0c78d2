package access

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// This file finds fields that are inverse to each other: a field F of one type
// that leads to objects whose field G leads back to the object with F, as the
// children of a parent know their parent. Then x.F.G, or x.F[i].G where F is a
// slice or map, is x, and the lock of x is the same by either name.
//
// That is so if everything that is put into F is an object that the same function
// made, with G set to the object whose F it is put into, and nothing else is ever
// assigned to G. It is a matter of the whole package, so only fields that no other
// package can name count.

// inverses tells for a field F which fields G are its inverse.
type inverses map[*types.Var]map[*types.Var]bool

// has reports whether g is an inverse of f.
func (inv inverses) has(f, g *types.Var) bool { return inv[f][g] }

// findInverses looks at all that the functions assign to fields.
func (ps *Paths) findInverses(pkg *types.Package, fns []*ssa.Function) inverses {
	s := &inverseSearch{paths: ps, pkg: pkg, inv: make(inverses), bad: make(map[*types.Var]bool), late: make(map[*types.Var]bool)}
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				s.instr(instr)
			}
		}
	}
	found := make(inverses)
	for f, gs := range s.inv {
		for g, ok := range gs {
			if ok && !s.bad[f] && !s.bad[g] && !s.late[g] {
				if found[f] == nil {
					found[f] = make(map[*types.Var]bool)
				}
				found[f][g] = true
			}
		}
	}
	return found
}

type inverseSearch struct {
	paths *Paths
	pkg   *types.Package
	inv   inverses            // true as long as every insertion into F agrees
	bad   map[*types.Var]bool // assigned to in ways that are not followed
	late  map[*types.Var]bool // assigned to in objects that were there before
}

func (s *inverseSearch) instr(instr ssa.Instruction) {
	switch v := instr.(type) {
	case *ssa.FieldAddr:
		s.uses(v)
	case *ssa.Store:
		if fa, ok := v.Addr.(*ssa.FieldAddr); ok {
			s.assigned(fa, v)
		}
	case *ssa.MapUpdate:
		if fa := loaded(v.Map); fa != nil {
			if f := s.field(fa); f != nil {
				s.inserted(f, fa.X, v.Value)
			}
		}
	}
}

// field is the field at fa, if only this package can name it.
func (s *inverseSearch) field(fa *ssa.FieldAddr) *types.Var {
	f := FieldVar(fa.X.Type(), fa.Field)
	if f == nil || f.Exported() || f.Pkg() != s.pkg {
		return nil
	}
	return f
}

// uses gives up a field whose address goes where it may be assigned to.
func (s *inverseSearch) uses(fa *ssa.FieldAddr) {
	f := s.field(fa)
	if f == nil || !leads(f.Type()) {
		return
	}
	for _, ref := range *fa.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.Store:
			if ref.Addr != fa {
				s.bad[f] = true
			}
		default:
			s.bad[f] = true
		}
	}
}

// leads reports whether values of type t lead to objects. A type of slices or
// maps of itself, such as type tree []tree, does not.
func leads(t types.Type) bool {
	seen := make(map[types.Type]bool)
	for {
		u := t.Underlying()
		if seen[u] {
			return false
		}
		seen[u] = true
		switch u := u.(type) {
		case *types.Pointer:
			return true
		case *types.Slice:
			t = u.Elem()
		case *types.Map:
			t = u.Elem()
		default:
			return false
		}
	}
}

// assigned looks at an assignment to a field.
func (s *inverseSearch) assigned(fa *ssa.FieldAddr, st *ssa.Store) {
	f := s.field(fa)
	if f == nil || !leads(f.Type()) || IsNil(st.Val) {
		return
	}
	if _, own := s.paths.Origin(fa.X).(*ssa.Alloc); !own {
		s.late[f] = true
	}
	if _, ok := f.Type().Underlying().(*types.Pointer); ok {
		s.inserted(f, fa.X, st.Val)
		return
	}
	switch v := st.Val.(type) {
	case *ssa.MakeMap, *ssa.MakeSlice:
		return
	case *ssa.Slice: // a part of what was there
		if from := loaded(v.X); from != nil && s.paths.Of(from) == s.paths.Of(fa) {
			return
		}
	case *ssa.Call:
		b, ok := v.Call.Value.(*ssa.Builtin)
		if !ok || b.Name() != "append" {
			break
		}
		from, added := loaded(v.Call.Args[0]), Appended(v.Call.Args[1])
		if from != nil && s.paths.Of(from) == s.paths.Of(fa) && added != nil {
			for _, e := range added {
				s.inserted(f, fa.X, e)
			}
			return
		}
	}
	s.bad[f] = true
}

// loaded is the field that v was loaded from, or nil.
func loaded(v ssa.Value) *ssa.FieldAddr {
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		fa, _ := load.X.(*ssa.FieldAddr)
		return fa
	}
	return nil
}

// Appended lists the values that a call of append adds, of which v is the last
// argument, if they are written out; nil if it appends another slice.
func Appended(v ssa.Value) []ssa.Value {
	sl, ok := v.(*ssa.Slice)
	if !ok {
		return nil
	}
	arr, ok := sl.X.(*ssa.Alloc)
	if !ok || arr.Comment != "varargs" {
		return nil
	}
	var vals []ssa.Value
	for _, ref := range *arr.Referrers() {
		if ia, ok := ref.(*ssa.IndexAddr); ok {
			for _, use := range *ia.Referrers() {
				if st, ok := use.(*ssa.Store); ok {
					vals = append(vals, st.Val)
				}
			}
		}
	}
	return vals
}

// inserted notes that v was put into the field f of owner: the fields of v that
// lead back to owner agree with the insertions before, or do not.
func (s *inverseSearch) inserted(f *types.Var, owner, v ssa.Value) {
	if IsNil(v) {
		return
	}
	back := s.back(owner, v)
	if s.inv[f] == nil {
		s.inv[f] = make(map[*types.Var]bool)
		for g := range back {
			s.inv[f][g] = true
		}
		return
	}
	for g := range s.inv[f] {
		if !back[g] {
			s.inv[f][g] = false
		}
	}
}

// back lists the fields of the object v, which its function made, that were set
// to owner.
func (s *inverseSearch) back(owner, v ssa.Value) map[*types.Var]bool {
	alloc, ok := s.paths.Origin(v).(*ssa.Alloc)
	if !ok {
		return nil
	}
	fields := make(map[*types.Var]bool)
	for _, ref := range *alloc.Referrers() {
		fa, ok := ref.(*ssa.FieldAddr)
		if !ok {
			continue
		}
		g := s.field(fa)
		if g == nil {
			continue
		}
		for _, use := range *fa.Referrers() {
			st, ok := use.(*ssa.Store)
			if !ok || st.Addr != fa {
				continue
			}
			same, seen := fields[g]
			fields[g] = (same || !seen) && s.paths.Of(st.Val) == s.paths.Of(owner)
		}
	}
	for g, same := range fields {
		if !same {
			delete(fields, g)
		}
	}
	return fields
}
