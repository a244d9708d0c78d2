package control

import "unsafe"

// A Selection is a select statement.
type Selection struct {
	at      string
	def     bool
	cases   []selCase
	n       int
	ordered []int // scratch: the numbers of those that are ready
}

// A selCase is a case of a select statement.
type selCase interface {
	channel() (h *hchan, send bool)
	try(me *g) bool
	native()
	// value is the channel, and of a send a pointer to what is sent, for a
	// goroutine that is not controlled.
	value() (ch any, v any)
}

// Select begins a select statement.
//
//go:norace
func Select(at string, hasDefault bool) *Selection {
	return &Selection{at: at, def: hasDefault, cases: make([]selCase, 4)}
}

//go:norace
func (sel *Selection) add(c selCase) {
	if sel.n == len(sel.cases) {
		bigger := make([]selCase, 2*sel.n)
		for i := 0; i < sel.n; i++ {
			bigger[i] = sel.cases[i]
		}
		sel.cases = bigger
	}
	sel.cases[sel.n] = c
	sel.n++
}

// A Received is a case that receives.
type Received[T any] struct {
	ch chan T
	v  T
	ok bool
}

// RecvCase adds a case that receives from ch.
//
//go:norace
func RecvCase[T any](sel *Selection, ch <-chan T, at string) *Received[T] {
	c := &Received[T]{ch: both(ch)}
	sel.add(c)
	return c
}

// Value is what was received.
//
//go:norace
func (c *Received[T]) Value() T { return c.v }

// Value2 is what was received, and whether it was sent.
//
//go:norace
func (c *Received[T]) Value2() (T, bool) { return c.v, c.ok }

//go:norace
func (c *Received[T]) channel() (*hchan, bool) { return pointer(c.ch), false }

//go:norace
func (c *Received[T]) try(me *g) bool { return tryReceive(me, c.ch, &c.v, &c.ok) }

//go:norace
func (c *Received[T]) native() { c.v, c.ok = <-c.ch }

func (c *Received[T]) value() (any, any) { return c.ch, nil }

// take is how the result of reflect.Select comes in.
func (c *Received[T]) take(v any, ok bool) {
	c.ok = ok
	if v, is := v.(T); is {
		c.v = v
	}
}

type sending[T any] struct {
	ch chan T
	v  T
}

// SendCase adds a case that sends what the function that it returns is given.
//
//go:norace
func SendCase[T any](sel *Selection, ch chan<- T, at string) func(T) {
	return func(v T) { addSend(sel, bothOf(ch), v) }
}

//go:norace
func addSend[T any](sel *Selection, ch chan T, v T) { sel.add(&sending[T]{ch, v}) }

//go:norace
func (c *sending[T]) channel() (*hchan, bool) { return pointer(c.ch), true }

//go:norace
func (c *sending[T]) try(me *g) bool { return trySend(me, c.ch, c.v) }

//go:norace
func (c *sending[T]) native() { c.ch <- c.v }

// The value is copied: the runtime takes all that the object with it refers to as
// in use, and this one refers to the channel, so nobody would ever be said to leak.
func (c *sending[T]) value() (any, any) {
	v := new(T)
	*v = c.v
	return c.ch, v
}

// Do executes the statement and returns the number of the case, -1 for default.
//
//go:norace
func (sel *Selection) Do() int {
	me := mine()
	if me == nil {
		shake()
		return sel.natively()
	}
	point(me)
	for {
		if k := sel.ready(me); k >= 0 {
			sel.cases[k].try(me)
			sel.done(me, k)
			return k
		}
		if sel.def {
			yields(me)
			eventCase(me, nil, sel.at, -1)
			return -1
		}
		if sel.n > len(me.cases) {
			me.cases = make([]scase, sel.n+4)
		}
		for i := 0; i < sel.n; i++ {
			h, send := sel.cases[i].channel()
			me.cases[i] = scase{h, send}
		}
		me.ncases = sel.n
		if !block(me, waitChannel, nil, opSelect, sel.at) {
			return sel.linger()
		}
		if k := me.chosen; k >= 0 {
			sel.cases[k].native()
			paired(me)
			sel.done(me, k)
			return k
		}
	}
}

//go:norace
func (sel *Selection) done(me *g, k int) {
	h, _ := sel.cases[k].channel()
	mix(uint64(1000 + k))
	eventCase(me, unsafe.Pointer(h), sel.at, k)
}

// ready is the number of a case that completes now, -1 if there is none.
//
//go:norace
func (sel *Selection) ready(me *g) int {
	if len(sel.ordered) == 0 {
		sel.ordered = make([]int, sel.n+1)
	}
	n := 0
	for i := 0; i < sel.n; i++ {
		h, send := sel.cases[i].channel()
		if h == nil {
			continue
		}
		can := send && h.sendable() || !send && h.receivable()
		if !can {
			c, _ := waiter(me, h, !send)
			can = c != nil
		}
		if can {
			sel.ordered[n] = i
			n++
		}
	}
	switch n {
	case 0:
		return -1
	case 1:
		return sel.ordered[0]
	}
	return sel.ordered[choose(n, nil)]
}
