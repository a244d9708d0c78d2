package control

import (
	"context"
	"errors"
	"time"
)

// Contexts are those of package context, so that cancellation reaches, at once
// and with its happens-before, all that is derived from them, here or in code that
// is not controlled. A deadline is a cancellation by a virtual timer, with
// DeadlineExceeded as its cause; a view words it as the deadline that it is.
//
// What code that is not controlled derives from such a context says Canceled where
// it would say DeadlineExceeded.

// A view is a context that knows of virtual deadlines.
type view struct {
	context.Context
	deadline time.Time // zero if it has none of its own
	cause    error     // of its own deadline
}

func (v *view) Deadline() (time.Time, bool) {
	if !v.deadline.IsZero() {
		return v.deadline, true
	}
	return v.Context.Deadline()
}

func (v *view) Err() error {
	err := v.Context.Err()
	if err == nil {
		return nil
	}
	cause := context.Cause(v.Context)
	if errors.Is(cause, context.DeadlineExceeded) || v.cause != nil && cause == v.cause {
		return context.DeadlineExceeded
	}
	return err
}

// controlled reports whether the calling goroutine is.
//
//go:norace
func controlled() bool { return mine() != nil }

// before is a point before an operation that never blocks.
//
//go:norace
func before(what op, at string) {
	if me := mine(); me != nil {
		point(me)
		event(me, what, nil, at, 0)
	}
}

// WithCancel stands for context.WithCancel.
func WithCancel(parent context.Context, at string) (context.Context, context.CancelFunc) {
	if parent == nil || !controlled() {
		return context.WithCancel(parent)
	}
	ctx, cancel := context.WithCancelCause(parent)
	return &view{Context: ctx}, func() { before(opCancel, at); cancel(nil) }
}

// WithCancelCause stands for context.WithCancelCause.
func WithCancelCause(parent context.Context, at string) (context.Context, context.CancelCauseFunc) {
	if parent == nil || !controlled() {
		return context.WithCancelCause(parent)
	}
	ctx, cancel := context.WithCancelCause(parent)
	return &view{Context: ctx}, func(cause error) { before(opCancel, at); cancel(cause) }
}

// WithTimeout stands for context.WithTimeout.
func WithTimeout(parent context.Context, d time.Duration, at string) (context.Context, context.CancelFunc) {
	return WithTimeoutCause(parent, d, nil, at)
}

// WithTimeoutCause stands for context.WithTimeoutCause.
func WithTimeoutCause(parent context.Context, d time.Duration, cause error, at string) (context.Context, context.CancelFunc) {
	if parent == nil || !controlled() {
		return context.WithTimeoutCause(parent, d, cause)
	}
	return WithDeadlineCause(parent, Now().Add(d), cause, at)
}

// WithDeadline stands for context.WithDeadline.
func WithDeadline(parent context.Context, t time.Time, at string) (context.Context, context.CancelFunc) {
	return WithDeadlineCause(parent, t, nil, at)
}

// WithDeadlineCause stands for context.WithDeadlineCause.
func WithDeadlineCause(parent context.Context, t time.Time, cause error, at string) (context.Context, context.CancelFunc) {
	if parent == nil || !controlled() {
		return context.WithDeadlineCause(parent, t, cause)
	}
	if was, ok := parent.Deadline(); ok && was.Before(t) {
		return WithCancel(parent, at)
	}
	if cause == nil {
		cause = context.DeadlineExceeded
	}
	ctx, cancel := context.WithCancelCause(parent)
	timer := AfterFunc(t.Sub(Now()), func() { cancel(cause) }, at)
	return &view{ctx, t, cause}, func() {
		before(opCancel, at)
		quench(timer)
		cancel(nil)
	}
}

// quench stops a timer without a point.
//
//go:norace
func quench(t *time.Timer) {
	if mine() != nil {
		stop(t, afterFuncOf(t))
	}
}

// ContextAfterFunc stands for context.AfterFunc. A controlled goroutine waits for
// the context.
func ContextAfterFunc(ctx context.Context, f func(), at string) (stop func() bool) {
	n := Begin(at)
	if n == nil {
		return context.AfterFunc(ctx, f)
	}
	return afterContext(n, ctx, f, at)
}

func afterContext(n *G, ctx context.Context, f func(), at string) func() bool {
	stopped := make(chan struct{})
	begun := make(chan struct{}, 1)
	begun <- struct{}{} // whoever takes it decides
	aside(n)
	launch(n, func() {
		sel := Select(at, false)
		RecvCase(sel, ctx.Done(), at)
		RecvCase(sel, stopped, at)
		if sel.Do() == 0 {
			select {
			case <-begun:
				f()
			default:
			}
		}
	})
	Began(at)
	return func() bool {
		select {
		case <-begun:
			close(stopped)
			return true
		default:
			return false
		}
	}
}

// aside says that nobody expects a goroutine to end.
//
//go:norace
func aside(n *G) { (*g)(n).daemon = true }
