package control

import (
	"context"
	"errors"
	"fmt"
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
	deadline time.Time // its own or its parent's; zero if there is none
	real     time.Time // the same by the computer's clock, for code that is not controlled
	cause    error     // of its own deadline, or nil if it has none
	parent   context.Context
}

type viewKey struct{}

// newView is a view of ctx, which is derived from parent.
func newView(ctx, parent context.Context, at string) *view {
	v := &view{Context: ctx, parent: parent}
	v.deadline, _ = ContextDeadline(parent, at)
	v.real, _ = parent.Deadline()
	return v
}

func (v *view) Deadline() (time.Time, bool) { return v.real, !v.real.IsZero() }

func (v *view) Value(key any) any {
	if key == (viewKey{}) {
		return v
	}
	return v.Context.Value(key)
}

func (v *view) String() string {
	if v.cause == nil {
		return nameOf(v.parent) + ".WithCancel"
	}
	return nameOf(v.parent) + ".WithDeadline(" + v.deadline.String() + " [" + v.deadline.Sub(virtualNow()).String() + "])"
}

// nameOf is what package context calls a context.
func nameOf(ctx context.Context) string {
	if named, ok := ctx.(fmt.Stringer); ok {
		return named.String()
	}
	return fmt.Sprintf("%T", ctx)
}

func (v *view) Err() error {
	err := v.Context.Err()
	if err == nil {
		return nil
	}
	cause := context.Cause(v.Context)
	if errors.Is(cause, context.DeadlineExceeded) {
		return context.DeadlineExceeded
	}
	for u, is := v, true; is; u, is = u.parent.Value(viewKey{}).(*view) {
		if u.cause != nil && u.cause == cause {
			return context.DeadlineExceeded
		}
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
	return newView(ctx, parent, at), func() { before(opCancel, at); cancel(nil) }
}

// WithCancelCause stands for context.WithCancelCause.
func WithCancelCause(parent context.Context, at string) (context.Context, context.CancelCauseFunc) {
	if parent == nil || !controlled() {
		return context.WithCancelCause(parent)
	}
	ctx, cancel := context.WithCancelCause(parent)
	return newView(ctx, parent, at), func(cause error) { before(opCancel, at); cancel(cause) }
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
	if was, ok := ContextDeadline(parent, at); ok && was.Before(t) {
		return WithCancel(parent, at)
	}
	if cause == nil {
		cause = context.DeadlineExceeded
	}
	ctx, cancel := context.WithCancelCause(parent)
	v := &view{ctx, t, outwards(t), cause, parent}
	d := t.Sub(Now())
	if d <= 0 {
		cancel(cause)
		return v, func() { before(opCancel, at) }
	}
	timer := AfterFunc(d, func() { cancel(cause) }, at)
	return v, func() {
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
