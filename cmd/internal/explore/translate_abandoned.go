package explore

import (
	"slices"
	"strings"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
	"github.com/lockstep-go/lockstep/runtime/evidence"
)

// A goroutine that waits for a lock does not tell why the lock is not free: its
// holder may be at work, may wait for another lock or a channel, or may have left
// without unlocking. Only the last is a missing unlock. It is known where the
// report has two stacks of the holder: the one with which it took the lock,
// and the one that it has now.

// abandoned lists the places in user code from which e shows a lock to have
// been taken and left locked: a call of Lock and the calls around it, as far
// as their functions have been left.
func abandoned(e *evidence.Evidence) []finding.Position {
	if e.Kind != evidence.RecursiveLock && e.Kind != evidence.LockTimeout {
		return nil
	}
	var places []finding.Position
	for _, o := range e.Operations {
		if o.Role != evidence.RoleHold {
			continue
		}
		now, known := holderNow(e, o)
		for _, f := range o.Stack {
			if !known || active(f, now) {
				break
			}
			if p := position(f); f.User && p.IsValid() && !slices.Contains(places, p) {
				places = append(places, p)
			}
		}
	}
	return places
}

// holderNow is the stack that the holder of a lock has when the report is made:
// none if it ended. known is false if the report does not tell.
func holderNow(e *evidence.Evidence, hold evidence.Operation) (now evidence.Stack, known bool) {
	if hold.Goroutine.State == "ended" {
		return nil, true
	}
	for _, o := range e.Operations {
		waits := o.Role == evidence.RoleLock
		lives := o.Role == evidence.RoleOther && o.Address == "" // and not another holder
		if (waits || lives) && o.Goroutine.ID == hold.Goroutine.ID && len(o.Stack) > 0 {
			return o.Stack, true
		}
	}
	return nil, false
}

// active reports whether the call f of an older stack may still be going on:
// its function is on the stack now, elsewhere than at the same line. One that is at
// the same line is back there, in a loop or in another call.
func active(f evidence.Frame, now evidence.Stack) bool {
	return slices.ContainsFunc(now, func(n evidence.Frame) bool {
		return n.File == f.File && unqualified(n.Func) == unqualified(f.Func) && n.Line != f.Line
	})
}

// unqualified is the name of a function without the folders of its import
// path, which go-deadlock leaves out.
func unqualified(name string) string {
	end := len(name)
	if i := strings.IndexByte(name, '['); i >= 0 {
		end = i
	}
	return name[strings.LastIndexByte(name[:end], '/')+1:]
}
