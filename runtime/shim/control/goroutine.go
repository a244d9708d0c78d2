package control

import (
	"runtime"

	"github.com/lockstep-go/lockstep/runtime/shim/goid"
)

// Begin announces a go statement. The result is nil if its goroutine is not to
// be controlled; all methods can be called then.
//
//go:norace
func Begin(at string) *G {
	me := mine()
	if me == nil {
		return nil
	}
	point(me)
	n := newG(at)
	// It is not to be chosen before there is a goroutine to wake: arguments are
	// evaluated after this, which may be points.
	n.state = idle
	n.outer, me.born = me.born, n
	event(me, opGo, nil, at, n.id)
	return (*G)(n)
}

// A G is a goroutine that rewritten code starts.
type G g

// Start is what the new goroutine does first.
//
//go:norace
func (n *G) Start() {
	if n == nil {
		return
	}
	await((*g)(n))
	own(true)
	n.goid = goid.Get()
	n.started = true
	event((*g)(n), opStart, nil, n.created, 0)
}

// End is what the new goroutine does last; it is deferred first.
//
//go:norace
func (n *G) End() {
	if n == nil || !s.active {
		return
	}
	me := (*g)(n)
	if !n.started || s.current != me || me.native {
		return
	}
	if panicking() {
		finishPanic()
		return
	}
	leave(me)
}

// leave ends the control of the calling goroutine.
//
//go:norace
func leave(me *g) {
	event(me, opEnd, nil, "", 0)
	own(false)
	bury(me)
	hand(next())
}

// Began is what who executed the go statement does after it.
//
//go:norace
func Began(at string) {
	me := mine()
	if me == nil {
		return
	}
	if n := me.born; n != nil {
		me.born = n.outer
		n.state, n.real = runnable, true
	}
	point(me)
}

// panicking reports whether the calling goroutine runs deferred calls since it
// panicked. A panic that a deferred Goexit has ended is still on the stack.
func panicking() bool { return unwinding("runtime.gopanic") }

// unwinding reports whether the innermost of what can unwind the stack is function.
func unwinding(function string) bool {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for {
		f, more := frames.Next()
		switch f.Function {
		case "runtime.gopanic", "runtime.Goexit":
			return f.Function == function
		}
		if !more {
			return false
		}
	}
}

// Gosched stands for runtime.Gosched.
//
//go:norace
func Gosched(at string) {
	me := mine()
	if me == nil {
		runtime.Gosched()
		return
	}
	yields(me)
	point(me)
	event(me, opYield, nil, at, 0)
}

// yields makes a goroutine go last at the next decision.
//
//go:norace
func yields(me *g) {
	me.yields = true
	if s.strategy.kind == byPCT {
		demote(me)
	}
}

// NumGoroutine stands for runtime.NumGoroutine. Goroutines that are not controlled
// are those of the beginning; others may or may not have ended yet.
//
//go:norace
func NumGoroutine() int {
	if mine() == nil {
		return runtime.NumGoroutine()
	}
	n := s.baseline
	for i := 0; i < s.nalive; i++ {
		if s.alive[i].state != idle {
			n++
		}
	}
	return n
}

// Forever stands for select {}.
//
//go:norace
func Forever(at string) {
	if me := mine(); me != nil {
		point(me)
		for block(me, waitEver, nil, opSelect, at) {
		}
	}
	select {}
}
