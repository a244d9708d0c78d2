package control

import (
	"sync"

	"github.com/lockstep-go/lockstep/runtime/shim/goid"
	"github.com/lockstep-go/lockstep/runtime/shim/leak"
)

// What package controltest needs to know when the testing package runs which
// test. The testing package itself is not controlled: it starts the goroutine of a
// test, waits for it, and lets parallel ones go on. So the token is handed from
// test to test along with control, without a decision; where testing lets several
// go on, nobody decides anything until all of them have come.

// EnterTest makes the calling goroutine, that of a top-level test, a controlled one. Nil
// means that it is not to be.
//
//go:norace
func EnterTest(at string) *G {
	if !s.active || s.tested {
		return nil
	}
	s.tested = true
	s.main.state = outside
	me := newG(at)
	me.real, me.started, me.test, me.goid = true, true, true, goid.Get()
	s.main, s.current = me, me
	own(true)
	event(me, opStart, nil, at, 0)
	return (*G)(me)
}

// LeaveTest is called when the top-level test and its cleanups are over.
//
//go:norace
func (n *G) LeaveTest() {
	if me := mine(); me != nil && me == (*g)(n) {
		quiesce(me)
	} else if s.shaken {
		writeResult(endOK, "")
		leak.AtEnd()
	}
}

// BeginTest announces a subtest of the calling goroutine's. Its goroutine has the
// token from now on.
//
//go:norace
func BeginTest(at string) *G {
	me := mine()
	if me == nil || !me.test {
		return nil
	}
	point(me)
	n := newG(at)
	n.test, n.above = true, me
	event(me, opTest, nil, at, n.id)
	me.state = outside
	s.current = n
	return (*G)(n)
}

// EnterSub is what the goroutine of the subtest does first.
//
//go:norace
func (n *G) EnterSub() {
	me := (*g)(n)
	me.real, me.started, me.goid = true, true, goid.Get()
	own(true)
	event(me, opStart, nil, me.created, 0)
}

// Returned is called when the function of a test has returned. It reports whether
// resume has to be called before the first cleanup.
//
//go:norace
func (n *G) Returned() (resume bool) {
	me := mine()
	if me == nil || me != (*g)(n) {
		return false
	}
	if panicking() {
		finishPanic()
		return false
	}
	if me.parallel == 0 {
		return false
	}
	me.state = outside
	s.coming = me.parallel
	s.free = true
	return true
}

// Resume is called when the parallel subtests of a test are over.
//
//go:norace
func (n *G) Resume() { arrive((*g)(n)) }

// LeaveSub is called when a subtest and its cleanups are over.
//
//go:norace
func (n *G) LeaveSub() {
	me := mine()
	if me == nil || me != (*g)(n) {
		return
	}
	event(me, opEnd, nil, "", 0)
	own(false)
	bury(me)
	up := me.above
	if !me.paused {
		up.state = runnable
		s.current = up
		return
	}
	up.parallel--
	if up.parallel == 0 {
		s.coming = 1
		s.free = true
		return
	}
	hand(next())
}

// EndTest is called by the goroutine above when the testing package has come back to
// it.
//
//go:norace
func (n *G) EndTest() {
	me := (*g)(n)
	if !me.started { // it was not run at all
		bury(me)
		me.above.state = runnable
		s.current = me.above
	}
}

// Pause is called by a parallel subtest before it waits in testing for the one
// above to return. It reports whether it is controlled, and false for a top-level
// test, of which no other runs.
//
//go:norace
func Pause(at string) (n *G, sub bool) {
	me := mine()
	if me == nil {
		return nil, false
	}
	if me.above == nil {
		return (*G)(me), false
	}
	event(me, opParallel, nil, at, 0)
	up := me.above
	up.parallel++
	me.paused = true
	me.state = outside
	own(false)
	up.state = runnable
	s.current = up
	return (*G)(me), true
}

// Continue is called when testing has let a parallel subtest go on.
//
//go:norace
func (n *G) Continue() {
	own(true)
	arrive((*g)(n))
}

// arrivals guards what goroutines change that come from native code.
var arrivals sync.Mutex

// arrive waits for the token in a goroutine that comes from native code. The last
// one that is expected decides who goes on.
//
//go:norace
func arrive(me *g) {
	hide()
	arrivals.Lock()
	me.state = runnable
	s.coming--
	last := s.coming == 0
	arrivals.Unlock()
	show()
	if last {
		n := next()
		if n == me {
			s.current = me
			return
		}
		hand(n)
	}
	await(me)
}
