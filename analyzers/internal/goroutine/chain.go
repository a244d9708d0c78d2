package goroutine

import (
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Chain returns the function in which the lock of the first acquisition is held
// when the call is made that leads to the second, and the calls on the way, the
// second acquisition last. Wrappers that the compiler makes are left out.
func Chain(first, second *Acquisition) (fn *ssa.Function, calls []ssa.Instruction) {
	way := Between(first.Frame, second.Frame)
	fn = first.Frame.Fn
	if n := len(way.Left); n > 0 && way.Left[n-1].Caller != nil {
		fn = way.Left[n-1].Caller.Fn
	}
	for _, f := range way.Entered {
		if !strings.Contains(f.Site.Parent().Synthetic, "wrapper") {
			calls = append(calls, f.Site)
		}
	}
	return fn, append(calls, second.Instr)
}
