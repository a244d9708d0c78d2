package schedule

import (
	"crypto/sha256"
	"encoding/binary"
)

// A digest identifies an event, or a set of them, by what happened before.
type digest [2]uint64

func (d digest) plus(e digest) digest { return digest{d[0] + e[0], d[1] + e[1]} }

// A history is the happens-before relation of the beginning of a run. Its sum is
// equal for two beginnings exactly if one can be made of the other by exchanging
// neighbours that are independent (but for collisions of a hash of 128 bits).
//
// An event's digest covers what it did and the digests of the last events that
// it depends on: of its goroutine, and of the resources that it uses. The sum
// covers all events, in no order. Numbers of goroutines and objects depend on the
// order of steps and are in no digest; an object is known by the events on it, a
// goroutine by the event that started it.
//
// What an operation depends on is chosen with care: too much costs runs, too
// little would lose bugs. Which memory is accessed is not known, only the text
// of the access; so every write depends on all accesses. Operations that depend on
// what many others did, or that are not known here, depend on everything. Time
// passes with every step; so once there is a timer, every operation depends on
// everything.
type history struct {
	timed      bool         // there may be a timer
	selecting  map[int]bool // goroutines that wait in a select
	goroutines map[int]*actor
	objects    map[int]*resource
	channels   resource // used by every channel operation; what looks at several has it alone
	memory     resource // used by every access; a write has it alone
	world      resource // used by everything; a barrier has it alone
	sum        digest
}

// An actor is a goroutine.
type actor struct {
	name digest // the event that started it
	last digest // its last event
}

// A resource is what operations share or have alone.
type resource struct {
	alone  digest // last event that had it alone
	shared digest // sum of those since that shared it
}

func newHistory() *history {
	return &history{selecting: make(map[int]bool), goroutines: make(map[int]*actor), objects: make(map[int]*resource)}
}

// actor is the goroutine of the given number.
func (h *history) actor(g int) *actor {
	a := h.goroutines[g]
	if a == nil { // the first, or one that no go statement started
		a = &actor{name: digest{uint64(g), 1}}
		h.goroutines[g] = a
	}
	return a
}

func (h *history) name(g int) digest { return h.actor(g).name }

// object is the object of the given number.
func (h *history) object(n int) *resource {
	o := h.objects[n]
	if o == nil {
		o = new(resource)
		h.objects[n] = o
	}
	return o
}

// A share is a resource that an event uses.
type share struct {
	*resource
	alone bool
}

// add takes the next event.
func (h *history) add(e *Event) {
	if e.Op == Value || e.Op == Choice {
		return // these look, they do nothing
	}
	shares := h.uses(e)
	if delete(h.selecting, e.Goroutine); e.Op == Select && e.Blocked {
		h.selecting[e.Goroutine] = true
	}
	me := h.actor(e.Goroutine)
	buf := make([]byte, 0, 256)
	buf = append(buf, e.Op...)
	buf = append(buf, 0)
	buf = append(buf, e.At.String()...)
	buf = append(buf, 0)
	buf = append(buf, e.Kind...)
	buf = append(buf, 0, truth(e.Blocked), byte(e.Case), byte(e.Case>>8))
	buf = appendDigest(buf, me.name)
	buf = appendDigest(buf, me.last)
	for _, s := range shares {
		buf = appendDigest(buf, s.resource.alone)
		if s.alone {
			buf = appendDigest(buf, s.shared)
		}
	}
	hash := sha256.Sum256(buf)
	d := digest{binary.LittleEndian.Uint64(hash[:]), binary.LittleEndian.Uint64(hash[8:])}
	me.last = d
	for _, s := range shares {
		if s.alone {
			*s.resource = resource{alone: d}
		} else {
			s.shared = s.shared.plus(d)
		}
	}
	if e.Op == Go && e.To != 0 {
		h.goroutines[e.To] = &actor{name: d, last: d}
	}
	h.sum = h.sum.plus(d)
}

// uses lists what e depends on besides its own goroutine.
func (h *history) uses(e *Event) []share {
	switch e.Op {
	case Sleep, Timer, Cancel:
		h.timed = true
	}
	world := share{&h.world, h.timed}
	switch e.Op {
	case Go, Start, Yield:
		return []share{world}
	case Finish:
		world.alone = world.alone || e.Goroutine == 1 // the program ends with it
		return []share{world}
	case Access:
		return []share{world, {&h.memory, e.Kind != "read"}}
	case Atomic:
		return []share{world, {&h.memory, true}}
	case Lock, Unlock, TryLock, RLock, RUnlock, WLock, WUnlock, Add, Done, Wait, Once:
		if e.Object != 0 {
			return []share{world, {h.object(e.Object), true}}
		}
	case Send, Receive, Close:
		if e.Object != 0 {
			return []share{world, {&h.channels, h.oneWins()}, {h.object(e.Object), true}}
		}
	case Select:
		if e.Object != 0 && e.Case >= 0 && !e.Blocked {
			return []share{world, {&h.channels, h.oneWins()}, {h.object(e.Object), true}}
		}
		return []share{world, {&h.channels, true}}
	}
	world.alone = true
	return []share{world}
}

// oneWins reports whether operations on different channels depend on each other,
// since a goroutine waits for several: the first one takes it away from the others.
func (h *history) oneWins() bool { return len(h.selecting) > 0 }

func appendDigest(buf []byte, d digest) []byte {
	buf = binary.LittleEndian.AppendUint64(buf, d[0])
	return binary.LittleEndian.AppendUint64(buf, d[1])
}

func truth(b bool) byte {
	if b {
		return 1
	}
	return 0
}
