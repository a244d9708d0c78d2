package lostwork

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file knows which deferred calls have an effect that outlasts the program. What
// only this program sees, such as an unlock, Done of a WaitGroup, a cancelled context or a
// closed file, ends with it anyway.

// An effect is what is missing when a deferred call does not come about.
type effect struct {
	kind message.Key
	// call has the effect; certain says that the deferred call comes to it in any case.
	call    *ssa.CallCommon
	certain bool
}

const (
	buffered message.Key = "skips-buffered" // output that still is in a buffer
	profile  message.Key = "skips-profile"
	left     message.Key = "skips-left" // something outside stays as it is
	unknown  message.Key = "skips-unknown"
)

// lasting tells the kind of effect of a function of the standard library by its full name, ""
// if it has none that lasts.
func lasting(name string) message.Key {
	switch name {
	case "(*bufio.Writer).Flush", "(bufio.ReadWriter).Flush", "(*text/tabwriter.Writer).Flush", "(*encoding/csv.Writer).Flush",
		"(*compress/gzip.Writer).Close", "(*compress/zlib.Writer).Close", "(*compress/flate.Writer).Close", "(*compress/lzw.Writer).Close",
		"(*archive/zip.Writer).Close", "(*archive/tar.Writer).Close", "(*mime/multipart.Writer).Close":
		return buffered
	case "runtime/pprof.StopCPUProfile", "runtime/trace.Stop", "runtime/pprof.WriteHeapProfile", "(*runtime/pprof.Profile).WriteTo":
		return profile
	case "os.Remove", "os.RemoveAll", "os.Rename", "(*os.Process).Kill":
		return left
	}
	return ""
}

// effectOf returns the effect of a deferred call that lasts: its own, or that of a call in the
// function that it calls; of others of which that is not known, unknown. ok is false if it has
// none.
func effectOf(d *ssa.Defer) (_ effect, ok bool) {
	call := d.Common()
	if kind := kindOf(call); kind != "" {
		return effect{kind, call, true}, true
	}
	fn := call.StaticCallee()
	if fn == nil {
		sig := call.Signature()
		return effect{unknown, call, false}, !call.IsInvoke() && sig.Params().Len() == 0 && !isCancel(call.Value.Type()) && !isBuiltin(call.Value)
	}
	ours := fn.Blocks != nil && fn.Pkg == d.Parent().Pkg
	if !ours || recovers(fn) {
		return effect{}, false
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			c, isCall := instr.(*ssa.Call)
			if !isCall {
				continue
			}
			if kind := kindOf(&c.Call); kind != "" {
				return effect{kind, &c.Call, always(b)}, true
			}
		}
	}
	return effect{}, false
}

func kindOf(call *ssa.CallCommon) message.Key {
	if fn := call.StaticCallee(); fn != nil {
		if obj, ok := fn.Object().(*types.Func); ok {
			return lasting(obj.FullName())
		}
	}
	return ""
}

func isBuiltin(v ssa.Value) bool {
	_, ok := v.(*ssa.Builtin)
	return ok
}

// isCancel reports whether a type is that of a function that cancels a context.
func isCancel(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "context"
}

// recovers reports whether a function recovers from a panic, which may be all that it is
// deferred for.
func recovers(fn *ssa.Function) bool {
	return slices.ContainsFunc(fn.Blocks, func(b *ssa.BasicBlock) bool {
		return slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
			call, ok := instr.(*ssa.Call)
			if !ok {
				return false
			}
			builtin, ok := call.Call.Value.(*ssa.Builtin)
			return ok && builtin.Name() == "recover"
		})
	})
}

// always reports whether every way through the function of a block goes through it.
func always(b *ssa.BasicBlock) bool {
	return !slices.ContainsFunc(b.Parent().Blocks, func(end *ssa.BasicBlock) bool {
		_, returns := end.Instrs[len(end.Instrs)-1].(*ssa.Return)
		return returns && end != b.Parent().Recover && !b.Dominates(end)
	})
}
