package syncapi

import (
	"go/types"
	"slices"
)

// Is reports whether t is one of the named types of package sync.
func Is(t types.Type, names ...string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "sync" && slices.Contains(names, n.Obj().Name())
}

// IsLock reports whether t is a pointer to a mutex, or a sync.Locker.
func IsLock(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	} else if !types.IsInterface(t) {
		return false
	}
	return Is(t, "Mutex", "RWMutex", "Locker")
}

// IsCondLocker reports whether v is the L of sync.Cond.
func IsCondLocker(v *types.Var) bool {
	return v != nil && v.IsField() && v.Name() == "L" && v.Pkg() != nil && v.Pkg().Path() == "sync"
}
