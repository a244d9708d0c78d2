package contract

import (
	"go/types"
	"strings"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// variableLock resolves the name of a lock in the comment of a variable.
func (r *resolver) variableLock(sc *scope, text string) (Lock, bool) {
	names := strings.Split(text, ".")
	if sc.st != nil {
		if l, ok := lockIn(sc.st, names, r.pass.Pkg); ok {
			l.Text = text
			return l, true
		}
		if len(names) > 1 && sc.owner != nil && (r.receivers[sc.owner][names[0]] || names[0] == sc.owner.Name()) {
			if l, ok := lockIn(sc.st, names[1:], r.pass.Pkg); ok {
				l.Text = text
				return l, true
			}
		}
	}
	return r.packageLock(text, names)
}

// packageLock resolves a path that starts from a package-level variable or a
// type.
func (r *resolver) packageLock(text string, names []string) (Lock, bool) {
	switch obj := r.pass.Pkg.Scope().Lookup(names[0]).(type) {
	case *types.Var:
		l, ok := lockFrom(obj, nil, obj.Type(), names[1:], r.pass.Pkg)
		l.Global, l.Text = obj, text
		return l, ok
	case *types.TypeName:
		if st, ok := obj.Type().Underlying().(*types.Struct); ok && len(names) > 1 {
			l, ok := lockIn(st, names[1:], r.pass.Pkg)
			l.Known, l.Path, l.Text = false, nil, text
			return l, ok
		}
	}
	return Lock{}, false
}

// lockIn resolves a path of field names in a struct, from its address.
func lockIn(st *types.Struct, names []string, pkg *types.Package) (Lock, bool) {
	obj, index, _ := types.LookupFieldOrMethod(st, true, pkg, names[0])
	f, ok := obj.(*types.Var)
	if !ok {
		return Lock{}, false
	}
	path, ok := selectors(st, index)
	if !ok {
		return Lock{}, false
	}
	return lockFrom(f.Origin(), path, f.Type(), names[1:], pkg)
}

// lockFrom goes on from a variable of type t, whose address has the given
// path.
func lockFrom(v *types.Var, path []access.Selector, t types.Type, names []string, pkg *types.Package) (Lock, bool) {
	for _, name := range names {
		obj, index, _ := types.LookupFieldOrMethod(t, true, pkg, name)
		f, ok := obj.(*types.Var)
		if !ok {
			return Lock{}, false
		}
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
			path = append(path, access.Selector{Kind: access.Deref})
		}
		more, ok := selectors(t, index)
		if !ok {
			return Lock{}, false
		}
		path = append(path, more...)
		v, t = f.Origin(), f.Type()
	}
	return asLock(v, path, t)
}

// selectors turns a field index path from the address of a value of type t into
// selectors.
func selectors(t types.Type, index []int) ([]access.Selector, bool) {
	var path []access.Selector
	for i, n := range index {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
			path = append(path, access.Selector{Kind: access.Deref})
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok || n >= st.NumFields() {
			return nil, i == len(index)
		}
		f := st.Field(n)
		path = append(path, access.Selector{Kind: access.Field, Field: f.Origin()})
		t = f.Type()
	}
	return path, true
}

// LockOf returns the lock that a field or package-level variable holds, points
// to, or embeds; ok is false if there is none, or more than one.
func LockOf(v *types.Var) (_ Lock, ok bool) {
	l, ok := asLock(v.Origin(), nil, v.Type())
	l.Text = v.Name()
	return l, ok
}

// asLock returns the lock that a variable of type t at path is, points to, or
// embeds.
func asLock(v *types.Var, path []access.Selector, t types.Type) (Lock, bool) {
	l := Lock{Var: v, Known: true}
	for range 4 {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
			path = append(path, access.Selector{Kind: access.Deref})
			l.Shared = true
		}
		if rw, ok := mutex(t); ok {
			l.RW, l.Path = rw, path
			if types.IsInterface(t) {
				l.Path = append(l.Path, access.Selector{Kind: access.Deref})
				l.Shared = true
			}
			return l, true
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			return Lock{}, false
		}
		f := onlyEmbeddedLock(st)
		if f == nil {
			return Lock{}, false
		}
		path = append(path, access.Selector{Kind: access.Field, Field: f.Origin()})
		l.Var, t = f.Origin(), f.Type()
	}
	return Lock{}, false
}

// mutex reports whether t is a mutex, and whether it can be held for reading.
func mutex(t types.Type) (rw, ok bool) {
	n, isNamed := types.Unalias(t).(*types.Named)
	if !isNamed || n.Obj().Pkg() == nil {
		return false, false
	}
	switch n.Obj().Pkg().Path() + "." + n.Obj().Name() {
	case "sync.Mutex", "sync.Locker", "internal/sync.Mutex":
		return false, true
	case "sync.RWMutex":
		return true, true
	}
	return false, false
}

// isLock reports whether t is a mutex or a pointer to one.
func isLock(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	_, ok := mutex(t)
	return ok
}

func onlyEmbeddedLock(st *types.Struct) *types.Var {
	var found *types.Var
	for f := range st.Fields() {
		if !f.Embedded() {
			continue
		}
		if _, ok := mutex(f.Type()); ok {
			if found != nil {
				return nil
			}
			found = f
		}
	}
	return found
}
