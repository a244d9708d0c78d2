package detect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-go/lockstep/runtime/evidence"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// Controlled is the evidence in what the scheduler says of the goroutines of a
// controlled run: where they are blocked for ever, and in which locks they wait
// for each other or for someone who will not unlock. What the race detector and
// the runtime print of such a run is for [Races] and [Crashes].
//
// The scheduler knows no functions, only places; frames have no Func.
//
//   - Goroutines that wait for locks of each other, in a circle, are a
//     [evidence.LockOrder]; the operations are, for each, the lock that it
//     holds and the one that it wants.
//   - One that waits for a lock that it holds itself is a
//     [evidence.RecursiveLock].
//
// Such a circle is a deadlock however the run ended. Only if it ended since nobody
// could go on, also these are certain:
//
//   - One that waits for a lock whose holder is done, or waits for something else,
//     is a [evidence.LockTimeout] without a time.
//   - If main, or the test, is blocked, all that are blocked are an
//     [evidence.AllAsleep], and else each of them is a [evidence.Leak].
//
// So the same bug has the same key as in the reports of go-deadlock, the leak
// profile and the runtime.
func Controlled(r *schedule.Result, opt Options) []evidence.Evidence {
	if r == nil {
		return nil
	}
	c := &controlled{result: r, opt: opt, told: make(map[int]bool)}
	for _, g := range c.blocked() {
		c.locks(g)
	}
	switch r.End {
	case schedule.Deadlock:
		c.asleep()
	case schedule.Leak:
		c.leaks()
	}
	return c.found
}

// NeverUnlocked is the detail of a [evidence.LockTimeout] that does not depend on
// time.
const NeverUnlocked = "nobody will unlock it"

type controlled struct {
	result *schedule.Result
	opt    Options
	told   map[int]bool // goroutines whose wait for a lock is explained
	found  []evidence.Evidence
}

// blocked lists the goroutines that wait for ever in the user's code.
func (c *controlled) blocked() (list []*schedule.Goroutine) {
	for i := range c.result.Goroutines {
		if g := &c.result.Goroutines[i]; g.State == schedule.IsBlocked && !g.At.IsZero() && !g.Daemon {
			list = append(list, g)
		}
	}
	slices.SortFunc(list, func(a, b *schedule.Goroutine) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

func waitsForLock(g *schedule.Goroutine) bool {
	if g.State != schedule.IsBlocked {
		return false
	}
	switch g.Op {
	case schedule.Lock, schedule.RLock, schedule.WLock:
		return true
	}
	return false
}

// holds is g's hold of an object, or nil.
func holds(g *schedule.Goroutine, object int) *schedule.Hold {
	if i := slices.IndexFunc(g.Holds, func(h schedule.Hold) bool { return h.Object == object }); i >= 0 {
		return &g.Holds[i]
	}
	return nil
}

// holders lists who g, which waits for a lock, waits for: those that hold it, and
// a writer that readers have to let pass.
func (c *controlled) holders(g *schedule.Goroutine) (list []*schedule.Goroutine) {
	for i := range c.result.Goroutines {
		if h := &c.result.Goroutines[i]; holds(h, g.Object) != nil || h != g && slices.Contains(g.WaitsFor, h.ID) {
			list = append(list, h)
		}
	}
	return list
}

// locks tells why g waits for its lock, if it does.
func (c *controlled) locks(g *schedule.Goroutine) {
	if !waitsForLock(g) || c.told[g.ID] {
		return
	}
	circle := c.circle(g)
	for _, m := range circle {
		h := holds(m, m.Object)
		if h == nil {
			continue
		}
		if !c.told[m.ID] {
			c.told[m.ID] = true
			c.recursive(m, h)
		}
		if m != g {
			c.unavailable(g)
		}
		return
	}
	if circle == nil {
		c.unavailable(g)
		return
	}
	for _, m := range circle {
		c.told[m.ID] = true
	}
	c.order(circle)
}

// circle is the shortest circle of goroutines from g on of which each waits for
// a lock of the next, or nil.
func (c *controlled) circle(g *schedule.Goroutine) []*schedule.Goroutine {
	before := make(map[*schedule.Goroutine]*schedule.Goroutine)
	queue := []*schedule.Goroutine{g}
	for len(queue) > 0 {
		m := queue[0]
		queue = queue[1:]
		for _, h := range c.holders(m) {
			if h == g {
				var circle []*schedule.Goroutine
				for ; m != nil; m = before[m] {
					circle = append(circle, m)
				}
				slices.Reverse(circle)
				return circle
			}
			if _, known := before[h]; !known && waitsForLock(h) {
				before[h] = m
				queue = append(queue, h)
			}
		}
	}
	return nil
}

// order tells of a circle of at least two goroutines.
func (c *controlled) order(circle []*schedule.Goroutine) {
	r := c.report(evidence.LockOrder, circle)
	n := len(circle)
	for i, g := range circle {
		wanted := circle[(i+n-1)%n].Object // by the one before
		h := holds(g, wanted)
		if h == nil { // a writer that has only announced itself
			c.unavailable(circle[0])
			return
		}
		first := c.operation(evidence.RoleFirstLock, g, h.At)
		second := c.operation(evidence.RoleSecondLock, g, g.At)
		first.Previous, second.Previous = i > 0, i > 0
		r.Operations = append(r.Operations, first, second)
	}
	c.add(r)
}

func (c *controlled) recursive(g *schedule.Goroutine, h *schedule.Hold) {
	r := c.report(evidence.RecursiveLock, []*schedule.Goroutine{g})
	r.Detail = "it waits for itself"
	r.Subject.Kind = evidence.Lock
	hold := c.operation(evidence.RoleHold, g, h.At)
	hold.Previous = true
	r.Operations = []evidence.Operation{c.operation(evidence.RoleLock, g, g.At), hold}
	c.add(r)
}

// unavailable tells of a lock that nobody will unlock, if the run came to an end
// at which that is certain.
func (c *controlled) unavailable(g *schedule.Goroutine) {
	if c.result.End != schedule.Deadlock && c.result.End != schedule.Leak {
		return
	}
	r := c.report(evidence.LockTimeout, []*schedule.Goroutine{g})
	r.Detail = NeverUnlocked
	r.Subject.Kind = evidence.Lock
	r.Operations = []evidence.Operation{c.operation(evidence.RoleLock, g, g.At)}
	var now []evidence.Operation
	for _, holder := range c.holders(g) {
		h := holds(holder, g.Object)
		if h == nil {
			continue
		}
		o := c.operation(evidence.RoleHold, holder, h.At)
		o.Previous = true
		if holder.State == schedule.IsDone {
			o.Goroutine.State = "ended"
		} else {
			now = append(now, c.operation(evidence.RoleOther, holder, holder.At))
		}
		r.Operations = append(r.Operations, o)
	}
	if len(r.Operations) == 1 {
		return // nothing to tell beyond that it waits
	}
	r.Operations = append(r.Operations, now...)
	c.add(r)
}

func (c *controlled) asleep() {
	list := c.blocked()
	r := c.report(evidence.AllAsleep, list)
	r.Detail = "nothing can wake any goroutine"
	for _, g := range list {
		r.Operations = append(r.Operations, c.operation(evidence.RoleBlocked, g, g.At))
	}
	if len(list) > 0 {
		c.add(r)
	}
}

func (c *controlled) leaks() {
	counted := make(map[evidence.Key]int) // index
	for _, g := range c.blocked() {
		r := c.report(evidence.Leak, []*schedule.Goroutine{g})
		r.Count = 1
		r.Operations = []evidence.Operation{c.operation(evidence.RoleBlocked, g, g.At)}
		e := r.finish(c.opt)
		if i, ok := counted[e.Key()]; ok {
			c.found[i].Count++
			continue
		}
		counted[e.Key()] = len(c.found)
		c.found = append(c.found, e)
	}
}

func (c *controlled) add(r *report) { c.found = append(c.found, r.finish(c.opt)) }

// report begins the report of what the given goroutines do.
func (c *controlled) report(kind evidence.Kind, list []*schedule.Goroutine) *report {
	r := newReport(kind)
	r.take(fmt.Sprintf("lockstep: %s under schedule %s", c.result.End, c.result.Replay()))
	for _, g := range list {
		r.take(describe(g))
	}
	return r
}

// describe says in a line what a goroutine waits for and has.
func describe(g *schedule.Goroutine) string {
	var b strings.Builder
	fmt.Fprintf(&b, "goroutine %d is blocked in %s", g.ID, g.Op)
	on := func(s schedule.Site) {
		if s.Text != "" {
			fmt.Fprintf(&b, " of %s", s.Text)
		}
		fmt.Fprintf(&b, " at %s", s)
	}
	on(g.At)
	for _, h := range g.Holds {
		fmt.Fprintf(&b, ", holds the %s", h.Kind)
		on(h.At)
	}
	return b.String()
}

func (c *controlled) operation(role evidence.Role, g *schedule.Goroutine, at schedule.Site) evidence.Operation {
	o := evidence.Operation{
		Role: role, Stack: stackOf(at),
		Goroutine: evidence.Goroutine{ID: int64(g.ID), Main: g.Parent == 0 && g.Created.IsZero(), Created: stackOf(g.Created), Parent: int64(g.Parent)},
	}
	if g.State == schedule.IsBlocked {
		o.Goroutine.State = waitingIn(g)
	}
	return o
}

func stackOf(at schedule.Site) evidence.Stack {
	if at.IsZero() {
		return nil
	}
	return evidence.Stack{{File: at.File, Line: at.Line}}
}

// waitingIn is the state of a blocked goroutine as a traceback words it.
func waitingIn(g *schedule.Goroutine) string {
	switch g.Op {
	case schedule.Lock, schedule.Once:
		return "sync.Mutex.Lock"
	case schedule.WLock:
		return "sync.RWMutex.Lock"
	case schedule.RLock:
		return "sync.RWMutex.RLock"
	case schedule.Wait:
		return "sync.WaitGroup.Wait"
	case schedule.CondWait:
		return "sync.Cond.Wait"
	case schedule.Select:
		return "select"
	}
	state := map[schedule.Op]string{schedule.Send: "chan send", schedule.Receive: "chan receive"}[g.Op]
	switch {
	case state == "":
		return string(g.Op)
	case g.Object == 0:
		return state + " (nil chan)"
	}
	return state
}
