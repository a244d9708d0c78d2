package missingunlock

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
)

// This file recognises functions that leave a lock to their callers though nothing
// says so, by what the package does with what they return.

// A taker is a call, on whose result a function releases a lock that it has not
// acquired: an interface's method or a function value, so that it is not seen what is
// called.
type taker struct {
	method *types.Func      // nil of a function value
	sig    *types.Signature // without the receiver
}

// collectTakers notes a release of a lock on the result of a call.
func (c *checker) collectTakers(r lockset.Release) {
	call := resultOf(r.Path)
	if call == nil {
		return
	}
	s := slotOf(r.Lock)
	switch {
	case call.Call.IsInvoke():
		c.takers[s] = append(c.takers[s], taker{call.Call.Method, call.Call.Method.Signature()})
	case call.Call.StaticCallee() == nil:
		c.takers[s] = append(c.takers[s], taker{sig: call.Call.Signature()})
	}
}

// resultOf returns the call whose result a path starts from, nil if it does not.
func resultOf(p access.Path) *ssa.Call {
	v := p.Root().Value
	if x, ok := v.(*ssa.Extract); ok {
		v = x.Tuple
	}
	call, _ := v.(*ssa.Call)
	return call
}

// takenOver reports whether a caller that does not see which function it calls, but
// may call h's, releases the lock on what that returns. A way on which h's returns
// nothing is none to hand over a lock.
func (c *checker) takenOver(h *suspect) bool {
	obj, ok := h.fn.Object().(*types.Func)
	if !ok || slices.ContainsFunc(h.returns, emptyHanded) {
		return false
	}
	sig := obj.Signature()
	return slices.ContainsFunc(c.takers[slotOf(h.lock)], func(t taker) bool {
		if t.method != nil && (sig.Recv() == nil || t.method.Name() != obj.Name()) {
			return false
		}
		return types.Identical(withoutRecv(sig), withoutRecv(t.sig))
	})
}

func withoutRecv(sig *types.Signature) *types.Signature {
	return types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
}

// emptyHanded reports whether an exit returns no object, but nil.
func emptyHanded(x lockset.Exit) bool {
	ret, ok := x.Instr.(*ssa.Return)
	if !ok {
		return false
	}
	return !slices.ContainsFunc(ret.Results, func(v ssa.Value) bool {
		switch v.Type().Underlying().(type) {
		case *types.Pointer, *types.Interface, *types.Struct:
			k, isConst := v.(*ssa.Const)
			return !access.IsError(v.Type()) && !(isConst && k.Value == nil)
		}
		return false
	})
}
