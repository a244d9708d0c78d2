// Package syncapi knows what the operations of sync, sync/atomic, context,
// time, errgroup, testing and net/http mean for a program's concurrency. It is
// one table; checks and engines ask it and name no function themselves.
//
// Only the real types count. A method that is called Lock makes no lock: it
// may be a lease in a database. A type that embeds or wraps a sync.Mutex is
// recognised through the mutex, by promotion here and by the summaries of the
// engine lockset.
package syncapi

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// An Op is one operation of the table at a call.
type Op struct {
	Kind Kind
	// Func is the function or method called, of a generic type its origin.
	Func *types.Func
	// On is what the method is called on, such as the address of the mutex;
	// nil for a function.
	On ssa.Value
	// Promotion are the fields to select in On to reach the receiver, when the
	// call goes through a wrapper of a promoted method.
	Promotion []access.Selector
	// Callback is the function value that the operation calls, nil if none.
	// Async says that it runs in another goroutine, or later.
	Callback ssa.Value
	Async    bool
	// Args are the arguments, without the receiver.
	Args []ssa.Value
}

// Path returns the path of what the method is called on; the zero Path for a
// function.
func (op Op) Path(paths *access.Paths) access.Path {
	if op.On == nil {
		return access.Path{}
	}
	p := paths.Of(op.On)
	if op.Promotion != nil {
		p = paths.Join(p, op.Promotion...)
	}
	return p
}

// Mentions reports whether a package can contain an operation of the table:
// whether it imports one of the table's packages. Packages that do not can
// still call methods of other packages' types that embed a lock.
func Mentions(pkg *types.Package) bool {
	for _, imp := range pkg.Imports() {
		if packages[imp.Path()] {
			return true
		}
	}
	return packages[pkg.Path()]
}

// Classify returns what a call means; ok is false if the table does not know
// it. It sees through method values, method expressions, promoted methods,
// instances of generic functions, and function values in variables that are
// assigned once.
func Classify(call *ssa.CallCommon, paths *access.Paths) (op Op, ok bool) {
	if call.IsInvoke() {
		e, ok := lookup(call.Method)
		if !ok {
			return Op{}, false
		}
		return e.op(call.Method, call.Value, call.Args), true
	}
	switch call.Value.(type) {
	case *ssa.Function, *ssa.MakeClosure, *ssa.UnOp, *ssa.FreeVar, *ssa.ChangeType:
	default:
		return Op{}, false
	}
	return classifyValue(call.Value, call.Args, paths)
}

// ClassifyValue returns what calling the function value v without arguments
// means, for a value that is bound to its receiver, such as mu.Unlock.
func ClassifyValue(v ssa.Value, paths *access.Paths) (op Op, ok bool) {
	return classifyValue(v, nil, paths)
}

func classifyValue(v ssa.Value, args []ssa.Value, paths *access.Paths) (Op, bool) {
	switch v := paths.Origin(v).(type) {
	case *ssa.Function:
		obj, _ := v.Object().(*types.Func)
		e, ok := lookup(obj)
		if !ok {
			return Op{}, false
		}
		if obj.Signature().Recv() == nil {
			return e.op(obj, nil, args), true
		}
		if len(args) == 0 {
			return Op{}, false
		}
		op := e.op(obj, args[0], args[1:])
		op.Promotion = promotion(args[0].Type(), obj)
		return op, true
	case *ssa.MakeClosure:
		// The closure of a bound method has one binding, the receiver.
		fn := v.Fn.(*ssa.Function)
		if fn.Synthetic == "" || len(v.Bindings) != 1 {
			return Op{}, false
		}
		obj, _ := fn.Object().(*types.Func)
		e, ok := lookup(obj)
		if !ok {
			return Op{}, false
		}
		op := e.op(obj, v.Bindings[0], args)
		op.Promotion = promotion(v.Bindings[0].Type(), obj)
		return op, true
	}
	return Op{}, false
}

func (e entry) op(fn *types.Func, on ssa.Value, args []ssa.Value) Op {
	op := Op{Kind: e.kind, Func: fn.Origin(), On: on, Async: e.async, Args: args}
	if i := int(e.callback) - 1; i >= 0 && i < len(args) {
		op.Callback = args[i]
	}
	return op
}

// promotion returns the embedded fields from a value of type t to the
// receiver of method, nil if t itself is the receiver.
func promotion(t types.Type, method *types.Func) []access.Selector {
	named := receiverNamed(t)
	if named == nil || named.Obj() == receiverName(method) || types.IsInterface(named) {
		return nil
	}
	obj, index, _ := types.LookupFieldOrMethod(t, true, method.Pkg(), method.Name())
	if obj == nil || len(index) < 2 {
		return nil
	}
	var sels []access.Selector
	for _, i := range index[:len(index)-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
			if sels != nil { // an embedded pointer is loaded on the way
				sels = append(sels, access.Selector{Kind: access.Deref})
			}
		}
		s, ok := t.Underlying().(*types.Struct)
		if !ok {
			return nil
		}
		f := s.Field(i)
		sels = append(sels, access.Selector{Kind: access.Field, Field: f.Origin()})
		t = f.Type()
	}
	if _, ok := t.Underlying().(*types.Pointer); ok {
		sels = append(sels, access.Selector{Kind: access.Deref})
	}
	return sels
}

func receiverNamed(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}

func receiverName(fn *types.Func) *types.TypeName {
	recv := fn.Signature().Recv()
	if recv == nil {
		return nil
	}
	if n := receiverNamed(recv.Type()); n != nil {
		return n.Obj()
	}
	return nil
}
