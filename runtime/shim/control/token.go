package control

import (
	"time"
	"unsafe"
)

// stepTime is how long a step takes, in ns. It is about what an operation that
// synchronises takes natively: timers of nanoseconds are due while others run, and
// those of milliseconds are not.
const stepTime = 100

// longest is how many points in a row a goroutine may pass before it goes last:
// it may be waiting, in a loop, for what another has to do.
const longest = 200

// point is where another goroutine may go on before the calling one executes an
// operation.
//
//go:norace
func point(me *g) { pass(me) }

// pass lets the scheduler decide who goes on, and comes back when that is me.
//
//go:norace
func pass(me *g) {
	n := next()
	if n == me {
		return
	}
	hand(n)
	await(me)
}

// hand gives the token to n, nil for nobody: then somebody in native code will
// come and take it.
//
//go:norace
func hand(n *g) {
	if n == nil {
		return
	}
	s.current = n
	hide()
	n.wake <- struct{}{}
	show()
}

// await waits for the token.
//
//go:norace
func await(me *g) {
	hide()
	<-me.wake
	show()
	if me.quit {
		exitQuietly()
	}
}

// block waits until the scheduler finds that what me waits for has come, or
// until another goroutine chooses one of its cases. It reports false if me is to
// execute its operation natively whatever happens, since the scheduler has ended.
//
//go:norace
func block(me *g, w wait, obj unsafe.Pointer, what op, at string) bool {
	me.state, me.wait, me.obj, me.op, me.at = blocked, w, obj, what, at
	me.chosen, me.granted = -1, false
	s.seq++
	me.seq = s.seq
	event(me, what, obj, at, isBlocked)
	pass(me)
	return !me.native
}

// next decides who goes on. It lets time pass, and waits for goroutines that are
// in native code, if nobody can. Whoever calls it has the token.
//
//go:norace
func next() *g {
	for {
		if s.coming > 0 {
			s.free = true
			return nil
		}
		s.free = false
		for s.timers != nil && s.timers.at <= s.now {
			fire()
		}
		n := gather()
		if n > 0 {
			if c := take(n); c != nil {
				return c
			}
			fireNext()
			continue
		}
		if s.timers != nil && someoneComesBefore(time.Duration(s.timers.at-s.now)) {
			continue
		}
		if fireNext() {
			continue
		}
		limit := patience
		if s.mainDone {
			limit = latePatience
		}
		if someoneComes(limit) {
			continue
		}
		if m := s.main; m != nil && m.state == blocked && m.wait == waitEnd {
			m.state = runnable
			return m
		}
		finish(stuckEnd())
	}
}

// gather lists the goroutines that can go on, in the order of options.
//
//go:norace
func gather() int {
	from := 0
	if s.current != nil {
		from = position(s.current.id)
	}
	n := 0
	var last *g
	for k := 0; k < s.nalive; k++ {
		i := from + k
		if i >= s.nalive {
			i -= s.nalive
		}
		c := s.alive[i]
		if c.detached && c.back {
			returned(c)
		}
		switch {
		case c.state == blocked && ready(c):
			// What it waits for may be taken by another before it runs.
			if !contended(c.wait) {
				c.state = runnable
			}
		case c.state != runnable:
			continue
		}
		if c == s.current && (c.yields || c.streak >= longest) {
			last = c
			continue
		}
		s.options[n] = c
		n++
	}
	if last != nil {
		last.yields = false
		s.options[n] = last
		n++
	}
	return n
}

// position is where the goroutine with a number is in the list of those alive, or
// would be.
//
//go:norace
func position(id int) int {
	low, high := 0, s.nalive
	for low < high {
		if mid := (low + high) / 2; s.alive[mid].id < id {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// take chooses one of the n options and counts the step. It is nil if time is to
// pass first, which is an option of eager schedules only.
//
//go:norace
func take(n int) *g {
	s.steps++
	s.progress++
	s.now += stepTime
	if s.steps > s.maxSteps || s.mainDone && s.steps > s.mainStep+s.maxSteps/4 {
		finish(endSteps)
	}
	changePoint()
	s.lastDecision, s.lastOptions = 0, 0
	chosen := 0
	switch {
	case s.strategy.eager && s.timers != nil:
		// One more option: time passes.
		if chosen = choose(n+1, s.options); chosen == n {
			return nil
		}
	case n > 1:
		chosen = choose(n, s.options)
	}
	c := s.options[chosen]
	c.state = runnable
	if c == s.current {
		c.streak++
	} else {
		c.streak = 0
	}
	if c.streak > longest {
		c.streak = 0
	}
	mix(uint64(c.id))
	return c
}

// mix adds to the hash over what the run has done (FNV-1a).
//
//go:norace
func mix(x uint64) { s.hash = (s.hash ^ x) * 1099511628211 }

// contended reports whether only one, or some, of those that wait for the same can
// have it.
//
//go:norace
func contended(w wait) bool {
	return w == waitLock || w == waitWrite || w == waitRead || w == waitOnce
}

// ready reports whether the wait of a blocked goroutine is over.
//
//go:norace
func ready(c *g) bool {
	if c.granted {
		return true
	}
	switch c.wait {
	case waitLock:
		return mutexFree(c.obj)
	case waitWrite:
		return rwFree(c.obj) && !owed(c.obj)
	case waitRead:
		return rwReadable(c.obj) && announcedBy(c.obj, c) == nil
	case waitGroup:
		return counter(c.obj) == 0
	case waitOnce:
		return busy(c.obj) == nil
	case waitChannel:
		for i := 0; i < c.ncases; i++ {
			h := c.cases[i].ch
			if h != nil && (c.cases[i].send && h.sendable() || !c.cases[i].send && h.receivable()) {
				return true
			}
		}
	}
	return false
}
