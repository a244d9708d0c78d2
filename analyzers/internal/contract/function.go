package contract

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/pattern"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// function reads the comment of a function. If a clause cannot be resolved,
// the others still hold.
func (r *resolver) function(decl *ast.FuncDecl) {
	fn, ok := r.pass.TypesInfo.Defs[decl.Name].(*types.Func)
	if !ok || decl.Doc == nil {
		return
	}
	f := &Func{}
	for _, c := range ParseFunc(decl.Doc.Text()) {
		src := Source{Style: c.Style, Pos: decl.Doc.Pos(), Text: c.Text}
		if c.Kind == Ignore {
			f.Ignore = true
			continue
		}
		for _, text := range c.Locks {
			cond, ok := r.condition(fn, text)
			if !ok {
				continue
			}
			cond.Source = src
			// Prose rarely says how a lock is held that can be held for reading.
			cond.Read = c.Read || c.Style == Prose && cond.RW
			switch c.Kind {
			case Requires:
				f.Requires = append(f.Requires, cond)
			case Excludes:
				f.Excludes = append(f.Excludes, cond)
			case Acquires:
				f.Acquires = append(f.Acquires, cond)
			case Releases:
				f.Releases = append(f.Releases, cond)
			}
		}
	}
	// What is both required and excluded was not understood.
	f.Excludes = slices.DeleteFunc(f.Excludes, func(c Condition) bool {
		return slices.ContainsFunc(f.Requires, func(q Condition) bool { return q.Var == c.Var })
	})
	if f.Ignore || len(f.Requires)+len(f.Excludes)+len(f.Acquires)+len(f.Releases) > 0 {
		r.funcs[fn] = f
	}
}

// condition resolves the name of a lock in the comment of a function: from
// the receiver or a parameter, from a package-level variable or a type, or as a
// field of the receiver or of the only parameter that has it.
func (r *resolver) condition(fn *types.Func, text string) (Condition, bool) {
	names := strings.Split(text, ".")
	params := params(fn)
	for i, p := range params {
		if p.Name() != names[0] {
			continue
		}
		l, ok := lockFromValue(p, names[1:], r.pass.Pkg)
		l.Text = text
		return Condition{Lock: l, Param: i}, ok
	}
	if recv := fn.Signature().Recv(); recv != nil {
		rest := names
		if tn := TypeName(recv.Type()); tn != nil && tn.Name() == names[0] {
			rest = names[1:]
		}
		if l, ok := lockFromValue(recv, rest, r.pass.Pkg); ok {
			l.Text = text
			return Condition{Lock: l, Param: 0}, true
		}
	}
	if l, ok := r.packageLock(text, names); ok {
		return Condition{Lock: l, Param: -1}, true
	}
	if l, ok := theLock(fn, names); ok {
		return Condition{Lock: l, Param: 0}, true
	}
	found := Condition{Param: -1}
	for i, p := range params {
		if l, ok := lockFromValue(p, names, r.pass.Pkg); ok && len(names) == 1 {
			if found.Var != nil {
				return Condition{}, false
			}
			l.Text = p.Name() + "." + text
			found = Condition{Lock: l, Param: i}
		}
	}
	return found, found.Var != nil
}

// theLock resolves "the lock", which is that of the receiver if it has one only.
func theLock(fn *types.Func, names []string) (Lock, bool) {
	recv := fn.Signature().Recv()
	if recv == nil || len(names) != 1 || !strings.EqualFold(names[0], "lock") && !strings.EqualFold(names[0], "mutex") {
		return Lock{}, false
	}
	ptr, ok := types.Unalias(recv.Type()).(*types.Pointer)
	if !ok {
		return Lock{}, false
	}
	st, ok := ptr.Elem().Underlying().(*types.Struct)
	if !ok {
		return Lock{}, false
	}
	return onlyLock(st, recv.Name())
}

// params lists the parameters as SSA numbers them.
func params(fn *types.Func) []*types.Var {
	var ps []*types.Var
	if recv := fn.Signature().Recv(); recv != nil {
		ps = append(ps, recv)
	}
	for p := range fn.Signature().Params().Variables() {
		ps = append(ps, p)
	}
	return ps
}

// lockFromValue resolves a path of field names from the value of a parameter.
func lockFromValue(p *types.Var, names []string, pkg *types.Package) (Lock, bool) {
	t := p.Type()
	if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
		t = ptr.Elem()
	} else if _, isMutex := mutex(t); !isMutex || !types.IsInterface(t) {
		return Lock{}, false // a copy of a struct has another lock
	}
	if len(names) == 0 {
		if rw, ok := mutex(t); ok {
			return Lock{Var: p, Known: true, RW: rw, Shared: true}, true
		}
		return asLock(p, nil, t)
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return Lock{}, false
	}
	return lockIn(st, names, pkg)
}

// names adds the contracts that the names of methods make: of a method named
// somethingLocked, whose receiver has one mutex and no other contract, the
// caller holds that mutex.
func (r *resolver) names() {
	for _, fn := range r.ssa.Funcs {
		obj, ok := fn.Object().(*types.Func)
		if !ok || r.funcs[obj] != nil || !saysLocked(fn.Name()) || obj.Signature().Recv() == nil {
			continue
		}
		recv := obj.Signature().Recv()
		ptr, ok := types.Unalias(recv.Type()).(*types.Pointer)
		if !ok {
			continue
		}
		st, ok := ptr.Elem().Underlying().(*types.Struct)
		if !ok {
			continue
		}
		l, ok := onlyLock(st, recv.Name())
		if !ok || r.locksFirst(fn, l) {
			continue
		}
		r.funcs[obj] = &Func{Requires: []Condition{{
			Lock:   l,
			Source: Source{Style: Name, Pos: obj.Pos(), Text: obj.Name()},
			Read:   l.RW,
		}}}
	}
}

var lockedName = pattern.New(`^[A-Za-z0-9_]+Locked$`)

func saysLocked(name string) bool {
	if !lockedName.MatchString(name) {
		return false
	}
	for _, prefix := range []string{"is", "are", "has", "assert", "must", "ensure", "expect", "require", "verify", "when", "if", "un", "run", "with", "mark"} {
		if rest, ok := strings.CutPrefix(strings.ToLower(name[:1])+name[1:], prefix); ok && rest != "" && (rest[0] < 'a' || rest[0] > 'z') {
			return false
		}
	}
	return true
}

// onlyLock returns the mutex that a struct has, if it has one only. A field
// with a lock of its own, such as an embedded one, makes two.
func onlyLock(st *types.Struct, recv string) (Lock, bool) {
	var found Lock
	for f := range st.Fields() {
		l, ok := asLock(f.Origin(), []access.Selector{{Kind: access.Field, Field: f.Origin()}}, f.Type())
		if !ok {
			continue
		}
		if found.Var != nil || !isLock(f.Type()) {
			return Lock{}, false
		}
		l.Text = f.Name()
		if recv != "" && recv != "_" {
			l.Text = recv + "." + f.Name()
		}
		found = l
	}
	return found, found.Var != nil
}

// locksFirst reports whether the first thing that fn does to the lock is to
// acquire it, so that "Locked" means what it does.
func (r *resolver) locksFirst(fn *ssa.Function, l Lock) bool {
	for _, b := range fn.DomPreorder() {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			op, ok := syncapi.Classify(&call.Call, r.paths)
			if !ok || op.On == nil || op.Path(r.paths).LastField() != l.Var {
				continue
			}
			switch op.Kind {
			case syncapi.Lock, syncapi.RLock, syncapi.TryLock, syncapi.TryRLock:
				return true
			case syncapi.Unlock, syncapi.RUnlock:
				return false
			}
		}
	}
	return false
}
