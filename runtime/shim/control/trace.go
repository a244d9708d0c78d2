package control

import "unsafe"

// An op is a kind of operation, as package runtime/schedule names them.
type op uint8

const (
	opNone op = iota
	opGo
	opStart
	opEnd
	opLock
	opUnlock
	opTryLock
	opRLock
	opRUnlock
	opWLock
	opWUnlock
	opAdd
	opDone
	opWait
	opOnce
	opCondWait
	opSignal
	opBroadcast
	opSend
	opRecv
	opClose
	opSelect
	opAccess
	opValue
	opAtomic
	opSleep
	opTimer
	opYield
	opCancel
	opPool
	opExit
	opTest
	opParallel
)

var opNames = [...]string{"", "go", "start", "end", "lock", "unlock", "trylock", "rlock", "runlock", "wlock", "wunlock", "add", "done", "wait",
	"once", "cond-wait", "signal", "broadcast", "send", "recv", "close", "select", "access", "value", "atomic", "sleep", "timer", "gosched",
	"cancel", "pool", "exit", "test", "parallel"}

// isBlocked as the goroutine of an event says that its operation begins to wait.
const isBlocked = -1

// event tells of an operation. to is the number of a goroutine that it started
// or woke, 0 for none.
//
//go:norace
func event(me *g, what op, obj unsafe.Pointer, at string, to int) {
	mix(uint64(what))
	if !s.trace {
		return
	}
	begin(me, what, obj, at)
	if to == isBlocked {
		put(`,"blocked":true`)
	} else if to > 0 {
		putInt(`,"to":`, to)
	} else {
		putWoken()
	}
	endEvent()
}

// eventUnlock tells of the release of a lock, and who waits for it longest.
//
//go:norace
func eventUnlock(me *g, what op, obj unsafe.Pointer, at string) {
	to := 0
	if s.trace {
		var first *g
		for i := 0; i < s.nalive; i++ {
			if w := s.alive[i]; w.state == blocked && w.obj == obj && (first == nil || w.seq < first.seq) {
				first = w
			}
		}
		if first != nil {
			to = first.id
		}
	}
	event(me, what, obj, at, to)
}

//go:norace
func eventCase(me *g, obj unsafe.Pointer, at string, k int) {
	mix(uint64(opSelect))
	if !s.trace {
		return
	}
	begin(me, opSelect, obj, at)
	putInt(`,"case":`, k)
	putWoken()
	endEvent()
}

//go:norace
func eventAccess(me *g, at, kind string) {
	mix(uint64(opAccess))
	if !s.trace {
		return
	}
	begin(me, opAccess, nil, at)
	put(`,"kind":`)
	putQuoted(kind)
	endEvent()
}

// eventValue is only called while a trace is made, so it must not change the
// hash.
//
//go:norace
func eventValue(me *g, what op, obj unsafe.Pointer, at, value string) {
	if !s.trace {
		return
	}
	begin(me, what, obj, at)
	if value != "" {
		put(`,"value":`)
		putQuoted(value)
	}
	putWoken()
	endEvent()
}

// woke remembers whom an operation woke, for its event.
//
//go:norace
func woke(c *g) { s.woken = c.id }

//go:norace
func putWoken() {
	if s.woken > 0 {
		putInt(`,"to":`, s.woken)
	}
	s.woken = 0
}

// eventChoice tells of a decision before it is made: who ran before, and who
// could go on. It is not part of the hash, since it follows from what is.
//
//go:norace
func eventChoice(n int, options []*g) {
	if !s.trace {
		return
	}
	putInt(`{"n":`, s.steps)
	putInt(`,"g":`, s.current.id)
	putInt(`,"op":"choice","d":`, s.decisions)
	putInt(`,"opts":`, n)
	if options != nil {
		put(`,"among":[`)
		for i := 0; i < n; i++ {
			if i > 0 {
				put(",")
			}
			if i == n-1 && s.strategy.eager && s.timers != nil {
				put("0") // time may pass
				break
			}
			putInt("", options[i].id)
		}
		put("]")
	}
	endEvent()
}

//go:norace
func begin(me *g, what op, obj unsafe.Pointer, at string) {
	putInt(`{"n":`, s.steps)
	putInt(`,"g":`, me.id)
	put(`,"op":"`)
	put(opNames[what])
	put(`"`)
	if obj != nil {
		putInt(`,"obj":`, object(obj))
	}
	if at != "" {
		put(`,"at":`)
		putQuoted(at)
	}
	if s.lastDecision > 0 {
		putInt(`,"d":`, s.lastDecision)
		putInt(`,"opts":`, s.lastOptions)
		s.lastDecision = 0
	}
	if s.now != s.lastNow {
		putInt(`,"now":`, int(s.now))
		s.lastNow = s.now
	}
	if raceEnabled {
		if n := raceReports(); n > s.races {
			s.races = n
			putInt(`,"races":`, n)
		}
	}
}

// cautious is how many events are written at once, since the program may die at any
// time. Later ones are written when the buffer is full.
const cautious = 5000

//go:norace
func endEvent() {
	put("}\n")
	if s.events++; s.events < cautious {
		flush()
	}
}

// object is the number of an object, by first use.
//
//go:norace
func object(p unsafe.Pointer) int {
	mask := len(s.objects) - 1
	h := int(uintptr(p)>>3*0x9e3779b1) & mask
	for ; s.objects[h].p != 0; h = (h + 1) & mask {
		if s.objects[h].p == uintptr(p) {
			return s.objects[h].n
		}
	}
	s.nobjects++
	s.objects[h] = numbered{uintptr(p), s.nobjects}
	n := s.nobjects
	if 2*n > len(s.objects) {
		old := s.objects
		s.objects = make([]numbered, 2*len(old))
		mask = len(s.objects) - 1
		for i := 0; i < len(old); i++ {
			if old[i].p == 0 {
				continue
			}
			h := int(old[i].p>>3*0x9e3779b1) & mask
			for ; s.objects[h].p != 0; h = (h + 1) & mask {
			}
			s.objects[h] = old[i]
		}
	}
	return n
}

// A numbered is an object's address, which does not keep it alive, and its number.
type numbered struct {
	p uintptr
	n int
}

// --- the buffer

//go:norace
func put(text string) {
	for i := 0; i < len(text); i++ {
		putByte(text[i])
	}
}

//go:norace
func putByte(c byte) {
	if s.nbuf == len(s.buf) {
		flush()
	}
	s.buf[s.nbuf] = c
	s.nbuf++
}

//go:norace
func putInt(before string, n int) {
	put(before)
	if n < 0 {
		putByte('-')
		n = -n
	}
	var digits [20]byte
	i := len(digits)
	for {
		i--
		digits[i] = byte('0' + n%10)
		n /= 10
		if n == 0 {
			break
		}
	}
	for ; i < len(digits); i++ {
		putByte(digits[i])
	}
}

//go:norace
func putHex(x uint64) {
	const hexDigits = "0123456789abcdef"
	for shift := 60; shift >= 0; shift -= 4 {
		putByte(hexDigits[x>>shift&15])
	}
}

// putQuoted puts a JSON string. Bytes that are not UTF-8 are for the reader to
// replace.
//
//go:norace
func putQuoted(text string) {
	putByte('"')
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			putByte('\\')
			putByte(c)
		case c == '\t':
			put(`\t`)
		case c == '\n':
			put(`\n`)
		case c < ' ':
			put(`\u00`)
			putByte("0123456789abcdef"[c>>4])
			putByte("0123456789abcdef"[c&15])
		default:
			putByte(c)
		}
	}
	putByte('"')
}

//go:norace
func flush() {
	if s.out != nil && s.nbuf > 0 {
		hide()
		s.out.Write(s.buf[:s.nbuf])
		show()
	}
	s.nbuf = 0
}
