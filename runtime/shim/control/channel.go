package control

import "unsafe"

// How a channel operation is executed
//
// If it completes natively, because there is room or something to receive, it is.
// If it does not, but another goroutine waits for the counterpart in this
// package, that one is told to execute its operation natively, now, while this one
// executes its own. On a buffered channel the two do not meet but the buffer
// is between: then the order is as in the runtime, where a receive from a full buffer
// also moves the value of the sender who waits longest into it, and the other side
// acknowledges, so that the next look at the channel sees what it did.

//go:norace
//go:nocheckptr
func pointer[T any](ch chan T) *hchan { return *(**hchan)(unsafe.Pointer(&ch)) }

//go:norace
//go:nocheckptr
func both[T any](ch <-chan T) chan T { return *(*chan T)(unsafe.Pointer(&ch)) }

//go:norace
//go:nocheckptr
func bothOf[T any](ch chan<- T) chan T { return *(*chan T)(unsafe.Pointer(&ch)) }

// waiter is who waits longest in this package to send to, or to receive from, h,
// and the number of that case of its.
//
//go:norace
func waiter(me *g, h *hchan, send bool) (*g, int) {
	var first *g
	which := -1
	for i := 0; i < s.nalive; i++ {
		c := s.alive[i]
		if c == me || c.state != blocked || c.wait != waitChannel || first != nil && first.seq < c.seq {
			continue
		}
		for k := 0; k < c.ncases; k++ {
			if c.cases[k].ch == h && c.cases[k].send == send {
				first, which = c, k
				break
			}
		}
	}
	return first, which
}

// pair tells c to execute one of its cases.
//
//go:norace
func pair(c *g, which int, ack bool) {
	c.chosen, c.wantAck, c.state = which, ack, runnable
	hide()
	c.wake <- struct{}{}
	if ack {
		<-c.acked
	}
	show()
}

// paired is what c does after it has executed the case.
//
//go:norace
func paired(c *g) {
	hide()
	if c.wantAck {
		c.acked <- struct{}{}
	}
	show()
	await(c)
	c.chosen = -1
}

// trySend sends if that completes now.
//
//go:norace
func trySend[T any](me *g, ch chan T, v T) bool {
	h := pointer(ch)
	if h == nil {
		return false
	}
	if h.closed == 0 && h.recvq[0] == nil {
		if c, k := waiter(me, h, false); c != nil {
			if h.dataqsiz == 0 {
				pair(c, k, false)
				ch <- v
			} else {
				ch <- v
				pair(c, k, true)
			}
			woke(c)
			return true
		}
	}
	if h.sendable() {
		ch <- v
		return true
	}
	return false
}

// tryReceive receives if that completes now.
//
//go:norace
func tryReceive[T any](me *g, ch chan T, v *T, ok *bool) bool {
	h := pointer(ch)
	if h == nil {
		return false
	}
	if h.receivable() {
		had := h.qcount
		*v, *ok = <-ch
		if had > 0 && h.dataqsiz > 0 && h.closed == 0 {
			if c, k := waiter(me, h, true); c != nil {
				pair(c, k, true)
				woke(c)
			}
		}
		return true
	}
	if c, k := waiter(me, h, true); c != nil {
		pair(c, k, false)
		*v, *ok = <-ch
		woke(c)
		return true
	}
	return false
}

// Send stands for ch <- v. It returns a function since the type of v need not
// be that of the channel's elements.
//
//go:norace
func Send[T any](ch chan<- T, at string) func(T) {
	return func(v T) { send(bothOf(ch), v, at) }
}

//go:norace
func send[T any](ch chan T, v T, at string) {
	me := mine()
	if me == nil {
		shake()
		ch <- v
		return
	}
	point(me)
	h := pointer(ch)
	for !trySend(me, ch, v) {
		one(me, h, true)
		if !block(me, waitChannel, unsafe.Pointer(h), opSend, at) {
			ch <- v
			return
		}
		if me.chosen >= 0 {
			ch <- v
			paired(me)
			break
		}
	}
	sent(me, unsafe.Pointer(h), at, v)
}

// sent tells of a send.
//
//go:norace
func sent[T any](me *g, obj unsafe.Pointer, at string, v T) {
	mix(uint64(opSend))
	if !s.trace {
		return
	}
	eventValue(me, opSend, obj, at, describe(v))
}

// received tells of a receive; "closed" where nothing was sent.
//
//go:norace
func received[T any](me *g, obj unsafe.Pointer, at string, v T, ok bool) {
	mix(uint64(opRecv))
	switch {
	case !s.trace:
	case ok:
		eventValue(me, opRecv, obj, at, describe(v))
	default:
		eventValue(me, opRecv, obj, at, "closed")
	}
}

// one makes the one case that me waits for.
//
//go:norace
func one(me *g, h *hchan, send bool) {
	if len(me.cases) == 0 {
		me.cases = make([]scase, 4)
	}
	me.cases[0] = scase{h, send}
	me.ncases = 1
}

// Recv stands for <-ch.
//
//go:norace
func Recv[T any](ch <-chan T, at string) T {
	v, _ := Recv2(ch, at)
	return v
}

// Recv2 stands for v, ok := <-ch.
//
//go:norace
func Recv2[T any](from <-chan T, at string) (v T, ok bool) {
	ch := both(from)
	me := mine()
	if me == nil {
		shake()
		v, ok = <-ch
		return v, ok
	}
	point(me)
	h := pointer(ch)
	for !tryReceive(me, ch, &v, &ok) {
		one(me, h, false)
		if !block(me, waitChannel, unsafe.Pointer(h), opRecv, at) {
			v, ok = <-ch
			return v, ok
		}
		if me.chosen >= 0 {
			v, ok = <-ch
			paired(me)
			break
		}
	}
	received(me, unsafe.Pointer(h), at, v, ok)
	return v, ok
}

// Close stands for close(ch).
//
//go:norace
func Close[T any](ch chan<- T, at string) {
	me := mine()
	if me == nil {
		shake()
		close(ch)
		return
	}
	point(me)
	event(me, opClose, unsafe.Pointer(pointer(bothOf(ch))), at, 0)
	close(ch)
}
