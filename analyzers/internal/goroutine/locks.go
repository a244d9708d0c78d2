package goroutine

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// A HeldLock is a lock that a goroutine holds at a point.
type HeldLock struct {
	key  hubKey
	at   PointID         // where it was acquired
	Read bool            // held in read mode
	At   ssa.Instruction // where it was acquired
	Name string
}

// holdLocks computes the locks that are held at each point whichever way it
// was reached. It works on objects, not on paths: only so can the locks of two
// goroutines be compared that reach them by different names.
func (x *Exploration) holdLocks() {
	x.held = make([][]HeldLock, len(x.points))
	known := make([]bool, len(x.points))
	var work []PointID
	for _, t := range x.Threads {
		work = append(work, x.entry[t.Entry])
		known[x.entry[t.Entry]] = true
	}
	for len(work) > 0 {
		id := work[len(work)-1]
		work = work[:len(work)-1]
		out := x.lockStep(id, x.held[id])
		for _, s := range x.succs[id] {
			next := out
			if known[s] {
				next = meet(x.held[s], out)
				if len(next) == len(x.held[s]) {
					continue
				}
			}
			known[s] = true
			x.held[s] = next
			work = append(work, s)
		}
	}
}

func (x *Exploration) lockStep(id PointID, held []HeldLock) []HeldLock {
	for _, o := range x.ops[id] {
		if o.family != lockFamily && o.family != onceLock {
			continue
		}
		for _, key := range o.keys {
			held = slices.DeleteFunc(slices.Clone(held), func(h HeldLock) bool { return h.key == key })
			if o.acquire {
				held = append(held, HeldLock{key: key, at: id, Read: o.read, At: x.points[id].Instr, Name: x.lockName(x.points[id])})
			}
		}
	}
	return held
}

func (x *Exploration) lockName(p Point) string {
	instr := p.Instr
	if instr == nil && p.Frame != nil {
		instr = p.Frame.Site
	}
	call, ok := instr.(ssa.CallInstruction)
	if !ok {
		return ""
	}
	if o, ok := x.pkg.classify(call); ok && o.On != nil {
		return strings.TrimPrefix(x.pkg.Paths.Text(o.Path(x.pkg.Paths)), "&")
	}
	return ""
}

func meet(a, b []HeldLock) []HeldLock {
	var out []HeldLock
	for _, h := range a {
		for _, g := range b {
			if g.key == h.key {
				h.Read = h.Read || g.Read
				out = append(out, h)
				break
			}
		}
	}
	return out
}

// Held lists the locks held at a point.
func (x *Exploration) Held(id PointID) []HeldLock {
	x.link()
	if int(id) < len(x.held) {
		return x.held[id]
	}
	return nil
}

// Excluded reports whether a lock that both points hold keeps the two from
// running at once.
func (x *Exploration) Excluded(a, b PointID) bool {
	return slices.ContainsFunc(x.inCommon(a, b), func(h HeldLock) bool { return !x.ofEach(h.key.obj, a, b) })
}

// OwnLock returns a lock that both points hold and that does not keep them apart,
// since each goroutine has one of its own.
func (x *Exploration) OwnLock(a, b PointID) (HeldLock, bool) {
	for _, h := range x.inCommon(a, b) {
		if x.ofEach(h.key.obj, a, b) {
			return h, true
		}
	}
	return HeldLock{}, false
}

// inCommon lists the locks held at a that are held at b too, at one of the two for
// writing.
func (x *Exploration) inCommon(a, b PointID) []HeldLock {
	var both []HeldLock
	for _, h := range x.Held(a) {
		for _, g := range x.Held(b) {
			if h.key == g.key && !(h.Read && g.Read) {
				both = append(both, h)
			}
		}
	}
	return both
}

// ofEach reports whether the goroutine of both points makes the object with a lock
// itself and keeps it to itself: then each of several goroutines started at one place
// has one of its own, such as a copy of the lock that they should share.
func (x *Exploration) ofEach(o *Object, a, b PointID) bool {
	t := x.thread(a)
	own := func(o *Object) bool {
		return o != nil && o.Kind == Allocated && o.Frame != nil && o.Frame.Thread == t && !o.leaked
	}
	if t == nil || t.Parent == nil || t != x.thread(b) || !own(o) {
		return false
	}
	kept := true
	x.HeldBy(o, func(holder *Object, _ Path) { kept = kept && own(holder) })
	return kept
}

// A section is a stretch of a goroutine under a lock.
type section struct {
	reads, writes map[cellKey]bool
	open          bool // the other end of the section was not found
}

// linkLocks adds the edges from unlocks to locks. That one critical section
// comes before another orders nothing by itself, since it might as well come
// behind. It does if the second learns from what the first wrote: a flag, a
// queue, a counter. So only sections that share such data are linked, and
// those whose ends are in different goroutines.
func (x *Exploration) linkLocks() {
	type end struct {
		id  PointID
		op  op
		sec section
	}
	var releases, acquires []end
	for id := range x.ops {
		for _, o := range x.ops[id] {
			if o.family != lockFamily {
				continue
			}
			if o.release {
				releases = append(releases, end{PointID(id), o, x.section(PointID(id), o, x.preds, false)})
			} else if o.acquire {
				acquires = append(acquires, end{PointID(id), o, x.section(PointID(id), o, x.succs, true)})
			}
		}
	}
	if len(releases)*len(acquires) > maxLockPairs {
		x.Truncated = true
		x.giveUp = true
		return
	}
	for _, r := range releases {
		for _, a := range acquires {
			if r.op.read && a.op.read || !x.oneLock(r.op.keys, a.op.keys, r.id, a.id) {
				continue
			}
			if r.sec.open || a.sec.open || informs(r.sec, a.sec) {
				x.fromUnlocks = append(x.fromUnlocks, lockLink{r.id, a.id, !x.acquires[a.id]})
				x.syncEdge(r.id, a.id)
				x.acquires[a.id] = true
			}
		}
	}
}

// oneLock reports whether an operation at a on one of some locks and one at b on one of
// others can be on the same lock.
func (x *Exploration) oneLock(as, bs []hubKey, a, b PointID) bool {
	return slices.ContainsFunc(as, func(k hubKey) bool { return slices.Contains(bs, k) && !x.ofEach(k.obj, a, b) })
}

const maxLockPairs = 250_000

func informs(from, to section) bool {
	for c := range from.writes {
		if to.reads[c] {
			return true
		}
	}
	return false
}

func intersect(a, b []hubKey) bool {
	for _, k := range a {
		if slices.Contains(b, k) {
			return true
		}
	}
	return false
}

// section collects what is read and written from a lock operation to its
// counterpart, along next.
func (x *Exploration) section(id PointID, o op, next [][]PointID, forward bool) section {
	s := section{reads: make(map[cellKey]bool), writes: make(map[cellKey]bool)}
	keys := o.keys
	seen := map[PointID]bool{id: true}
	work := append([]PointID(nil), next[id]...)
	for len(work) > 0 && len(seen) < maxSection {
		p := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[p] {
			continue
		}
		seen[p] = true
		ended := false
		for _, q := range x.ops[p] {
			if q.family == lockFamily && q.release == forward && intersect(keys, q.keys) {
				ended = true
			}
			if q.kind == syncapi.CondWait {
				s.reads[cellKey{}], s.writes[cellKey{}] = true, true
			}
		}
		if ended {
			continue
		}
		x.touch(p, s)
		if !forward && p == x.threadEntry(p) {
			s.open = true
		}
		work = append(work, next[p]...)
	}
	if len(work) > 0 {
		s.open = true
	}
	return s
}

const maxSection = 4000

func (x *Exploration) threadEntry(p PointID) PointID {
	if f := x.points[p].Frame; f != nil && f.Thread != nil && f.Thread.Parent != nil {
		return x.entry[f.Thread.Entry]
	}
	return noPoint
}

// touch records the memory that a point reads and writes.
func (x *Exploration) touch(p PointID, s section) {
	f := x.points[p].Frame
	mark := func(m map[cellKey]bool, v ssa.Value) {
		for _, t := range x.value(f, v, "").list {
			m[cellKey{t.Obj, contentPath(t.Path)}] = true
		}
	}
	switch v := x.points[p].Instr.(type) {
	case *ssa.UnOp:
		mark(s.reads, v.X)
	case *ssa.Store:
		mark(s.writes, v.Addr)
	case *ssa.MapUpdate:
		mark(s.writes, v.Map)
	case *ssa.Lookup:
		mark(s.reads, v.X)
	case *ssa.Range:
		mark(s.reads, v.X)
	case ssa.CallInstruction:
		if b, ok := v.Common().Value.(*ssa.Builtin); ok {
			switch b.Name() {
			case "len":
				mark(s.reads, v.Common().Args[0])
			case "delete", "clear":
				mark(s.writes, v.Common().Args[0])
			}
			return
		}
		if x.isOutside(f, v) && !x.pkg.quiet(v.Common()) {
			if _, known := x.pkg.classify(v); !known {
				s.reads[cellKey{}], s.writes[cellKey{}] = true, true
			}
		}
	}
}
