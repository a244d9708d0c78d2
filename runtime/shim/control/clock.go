package control

import (
	"time"
	"unsafe"
)

// beginning is what the clock shows first.
var beginning = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// look is how far the clock goes on at each look at it: else a loop that waits
// for time to pass would not end.
const look = int64(time.Microsecond)

// A vtimer is something to do at a time.
type vtimer struct {
	at     int64 // ns since the beginning
	seq    int
	sleep  *g             // wakes it
	ch     chan time.Time // sends the time, unless there is one in it already
	start  *afterFunc     // starts its goroutine
	owner  unsafe.Pointer // the *time.Timer or *time.Ticker
	period int64
	next   *vtimer
}

// arrange puts a timer into the list, after those that are due at the same time.
//
//go:norace
func arrange(v *vtimer, d time.Duration) {
	if d < 0 {
		d = 0
	}
	v.at = s.now + int64(d)
	if v.at < s.now { // overflow
		v.at = 1<<63 - 1
	}
	s.tseq++
	v.seq = s.tseq
	p := &s.timers
	for *p != nil && (*p).at <= v.at {
		p = &(*p).next
	}
	v.next = *p
	*p = v
}

// cancelTimer takes the timer of owner out of the list.
//
//go:norace
func cancelTimer(owner unsafe.Pointer) *vtimer {
	for p := &s.timers; *p != nil; p = &(*p).next {
		if (*p).owner == owner {
			v := *p
			*p = v.next
			return v
		}
	}
	return nil
}

// Once main is done, the others are to come to where they block for ever, if they do.
// But tickers go on for ever, and what waits long is there in case main takes too long.
const (
	lateFires = 100 // how often timers may fire then
	lateTime  = int64(time.Second)
)

// fireNext lets time pass until the next timer is due.
//
//go:norace
func fireNext() bool {
	if s.timers == nil {
		return false
	}
	if s.mainDone {
		if s.timers.at > s.mainTime+lateTime {
			return false
		}
		if s.fires++; s.fires > lateFires {
			return false
		}
	}
	if s.timers.at > s.now {
		s.now = s.timers.at
	}
	fire()
	return true
}

// fire does what is due.
//
//go:norace
func fire() {
	v := s.timers
	s.timers = v.next
	s.steps++
	s.progress++
	if s.steps > s.maxSteps {
		finish(endSteps)
	}
	mix(uint64(v.seq))
	switch {
	case v.sleep != nil:
		v.sleep.granted = true
	case v.start != nil:
		v.start.waiting.state = runnable
		v.start.waiting = nil
	default:
		hide()
		select {
		case v.ch <- beginning.Add(time.Duration(s.now)):
		default:
		}
		show()
	}
	if v.period > 0 {
		arrange(v, time.Duration(v.period))
	}
}

// Sleep stands for time.Sleep.
//
//go:norace
func Sleep(d time.Duration, at string) {
	me := mine()
	if me == nil {
		time.Sleep(d)
		return
	}
	point(me)
	if d <= 0 {
		yields(me)
	} else {
		arrange(&vtimer{sleep: me}, d)
		if !block(me, waitTime, nil, opSleep, at) {
			time.Sleep(d)
			return
		}
	}
	event(me, opSleep, nil, at, 0)
}

// Now stands for time.Now.
//
//go:norace
func Now() time.Time {
	if mine() == nil {
		return time.Now()
	}
	s.now += look
	return beginning.Add(time.Duration(s.now))
}

// Since stands for time.Since.
func Since(t time.Time) time.Duration { return Now().Sub(t) }

// Until stands for time.Until.
func Until(t time.Time) time.Duration { return t.Sub(Now()) }

// After stands for time.After.
func After(d time.Duration, at string) <-chan time.Time { return NewTimer(d, at).C }

// Tick stands for time.Tick.
func Tick(d time.Duration, at string) <-chan time.Time {
	if d <= 0 {
		return nil
	}
	return NewTicker(d, at).C
}

// NewTimer stands for time.NewTimer. In a controlled goroutine it has nothing
// behind it but the channel.
//
//go:norace
func NewTimer(d time.Duration, at string) *time.Timer {
	me := mine()
	if me == nil {
		return time.NewTimer(d)
	}
	point(me)
	ch := make(chan time.Time, 1)
	t := &time.Timer{C: ch}
	precedes(ch)
	arrange(&vtimer{ch: ch, owner: unsafe.Pointer(t)}, d)
	event(me, opTimer, unsafe.Pointer(t), at, 0)
	return t
}

// NewTicker stands for time.NewTicker.
//
//go:norace
func NewTicker(d time.Duration, at string) *time.Ticker {
	me := mine()
	if me == nil {
		return time.NewTicker(d)
	}
	if d <= 0 {
		panic("non-positive interval for NewTicker")
	}
	point(me)
	ch := make(chan time.Time, 1)
	t := &time.Ticker{C: ch}
	precedes(ch)
	arrange(&vtimer{ch: ch, owner: unsafe.Pointer(t), period: int64(d)}, d)
	event(me, opTimer, unsafe.Pointer(t), at, 0)
	return t
}

// virtual reports whether a timer was made here.
//
//go:norace
func virtual(c <-chan time.Time) bool {
	// Timers of package time have channels that say that they have no room.
	return cap(c) == 1
}

//go:norace
func writable(c <-chan time.Time) chan time.Time { return both(c) }

//go:norace
func drain(c <-chan time.Time) {
	hide()
	select {
	case <-c:
	default:
	}
	show()
}

// precedes tells the race detector that what the calling goroutine has done happens
// before what is received from the channel of a timer that it starts: in package time
// the timer sends on its behalf, here whoever lets time pass does. A receive acquires
// its place in the buffer.
//
//go:norace
func precedes(ch chan time.Time) { raceRelease(pointer(ch).buf) }

// TimerStop stands for t.Stop().
//
//go:norace
func TimerStop(t *time.Timer, at string) bool {
	me := mine()
	f := afterFuncOf(t)
	if me == nil || f == nil && !virtual(t.C) {
		return t.Stop()
	}
	point(me)
	event(me, opTimer, unsafe.Pointer(t), at, 0)
	active := stop(t, f)
	return active
}

//go:norace
func stop(t *time.Timer, f *afterFunc) bool {
	active := cancelTimer(unsafe.Pointer(t)) != nil
	if f != nil {
		f.dismiss()
	} else if t.C != nil {
		active = len(t.C) > 0 || active
		drain(t.C)
	}
	return active
}

// TimerReset stands for t.Reset(d).
//
//go:norace
func TimerReset(t *time.Timer, d time.Duration, at string) bool {
	me := mine()
	f := afterFuncOf(t)
	if me == nil || f == nil && !virtual(t.C) {
		return t.Reset(d)
	}
	point(me)
	event(me, opTimer, unsafe.Pointer(t), at, 0)
	active := stop(t, f)
	if f != nil {
		f.arm()
		arrange(&vtimer{start: f, owner: unsafe.Pointer(t)}, d)
	} else {
		precedes(writable(t.C))
		arrange(&vtimer{ch: writable(t.C), owner: unsafe.Pointer(t)}, d)
	}
	return active
}

// TickerStop stands for t.Stop().
//
//go:norace
func TickerStop(t *time.Ticker, at string) {
	me := mine()
	if me == nil || !virtual(t.C) {
		t.Stop()
		return
	}
	point(me)
	event(me, opTimer, unsafe.Pointer(t), at, 0)
	cancelTimer(unsafe.Pointer(t))
	drain(t.C)
}

// TickerReset stands for t.Reset(d).
//
//go:norace
func TickerReset(t *time.Ticker, d time.Duration, at string) {
	me := mine()
	if me == nil || !virtual(t.C) {
		t.Reset(d)
		return
	}
	if d <= 0 {
		panic("non-positive interval for Ticker.Reset")
	}
	point(me)
	event(me, opTimer, unsafe.Pointer(t), at, 0)
	cancelTimer(unsafe.Pointer(t))
	drain(t.C)
	precedes(writable(t.C))
	arrange(&vtimer{ch: writable(t.C), owner: unsafe.Pointer(t), period: int64(d)}, d)
}

// An afterFunc is a timer that calls a function. Its goroutine is started when
// the timer is, and waits: so what went before the call of AfterFunc or Reset
// happens before the function, as it does natively.
type afterFunc struct {
	timer   *time.Timer
	f       func()
	at      string
	waiting *g // the goroutine, until the timer fires
	next    *afterFunc
}

//go:norace
func afterFuncOf(t *time.Timer) *afterFunc {
	if !s.active || t.C != nil {
		return nil
	}
	for a := s.afuns; a != nil; a = a.next {
		if a.timer == t {
			return a
		}
	}
	return nil
}

// AfterFunc stands for time.AfterFunc.
//
//go:norace
func AfterFunc(d time.Duration, f func(), at string) *time.Timer {
	me := mine()
	if me == nil {
		return time.AfterFunc(d, f)
	}
	point(me)
	t := new(time.Timer)
	a := &afterFunc{timer: t, f: f, at: at, next: s.afuns}
	s.afuns = a
	event(me, opTimer, unsafe.Pointer(t), at, 0)
	a.arm()
	arrange(&vtimer{start: a, owner: unsafe.Pointer(t)}, d)
	return t
}

// arm starts a goroutine that waits for the timer.
//
//go:norace
func (a *afterFunc) arm() {
	n := newG(a.at)
	n.state, n.real = idle, true
	a.waiting = n
	launch((*G)(n), a.f)
}

// launch starts the goroutine of n.
func launch(n *G, f func()) {
	go func() {
		defer n.End()
		n.Start()
		f()
	}()
}

// dismiss ends the goroutine that waits for the timer.
//
//go:norace
func (a *afterFunc) dismiss() {
	n := a.waiting
	if n == nil {
		return
	}
	a.waiting = nil
	bury(n)
	n.quit = true
	hide()
	n.wake <- struct{}{}
	show()
}
