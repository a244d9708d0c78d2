package control

import (
	"context"
	"reflect"
	"strings"
	"time"
)

// Virtual time ends where code begins that is not controlled: the network compares
// deadlines with the computer's clock. A time that goes there is translated to one
// that is as far from now.

// outwards translates a time for code that is not controlled. One that is nearer to
// the computer's clock than to the virtual one comes from there.
func outwards(t time.Time) time.Time {
	if t.IsZero() || !controlled() {
		return t
	}
	now := time.Now()
	d := t.Sub(virtualNow())
	if d.Abs() > t.Sub(now).Abs() {
		return t
	}
	return now.Add(d)
}

// inwards translates a time from code that is not controlled, likewise.
func inwards(t time.Time) time.Time {
	if !controlled() {
		return t
	}
	now := virtualNow()
	d := time.Until(t)
	if d.Abs() > t.Sub(now).Abs() {
		return t
	}
	return now.Add(d)
}

// virtualNow is what the clock shows, without a look at it.
//
//go:norace
func virtualNow() time.Time { return beginning.Add(time.Duration(s.now)) }

// SetDeadline stands for c.SetDeadline(t).
func SetDeadline(c interface{ SetDeadline(time.Time) error }, t time.Time, at string) error {
	return c.SetDeadline(deadlineFor(c, "SetDeadline", t))
}

// SetReadDeadline stands for c.SetReadDeadline(t).
func SetReadDeadline(c interface{ SetReadDeadline(time.Time) error }, t time.Time, at string) error {
	return c.SetReadDeadline(deadlineFor(c, "SetReadDeadline", t))
}

// SetWriteDeadline stands for c.SetWriteDeadline(t).
func SetWriteDeadline(c interface{ SetWriteDeadline(time.Time) error }, t time.Time, at string) error {
	return c.SetWriteDeadline(deadlineFor(c, "SetWriteDeadline", t))
}

// deadlineFor translates a deadline, unless the method is one of the program's
// own, which goes by the virtual clock.
func deadlineFor(c any, method string, t time.Time) time.Time {
	typ := reflect.TypeOf(c)
	if typ == nil {
		return t
	}
	if typ = indirect(typ); isOurs(typ.PkgPath()) && declares(typ, method) {
		return t
	}
	return outwards(t)
}

// isOurs reports whether a package is in the module that this one was put into.
func isOurs(path string) bool {
	module, _, _ := strings.Cut(reflect.TypeFor[view]().PkgPath(), "/lockstep_rt/")
	return path == "main" || path == module || strings.HasPrefix(path, module+"/")
}

// ContextDeadline stands for ctx.Deadline(). What a context says itself is for code
// that is not controlled.
func ContextDeadline(ctx context.Context, at string) (time.Time, bool) {
	t, ok := ctx.Deadline()
	if !ok {
		return t, ok
	}
	if v, is := ctx.Value(viewKey{}).(*view); is && v.real.Equal(t) {
		return v.deadline, true
	}
	return inwards(t), true
}
