package goroutine

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// This file answers the question of the engine: can two points of an
// exploration run at the same time?
//
// Two goroutines run side by side from a fork on: from the go statement for
// the spawner and from the goroutine's entry for the spawned. Two points may
// overlap if, for some fork, there is a way from each side to its point, and
// no acquire on either way can learn, by the links of sync.go, that the other
// point has been passed. An acquire that lies on some way only, or that is
// linked for want of knowledge, still counts, so the answer "unordered" means
// that nothing was seen that could order the two.
//
// A channel operation that has exactly one counterpart is a fork as well: what
// follows a send and what follows its receive run side by side, whatever was
// ordered before. That is how unordered iterations of two loops are found that
// pass values to each other.

// An Overlap says why two points may run at the same time.
type Overlap struct {
	// Thread is the goroutine started at the fork, on whose side the first
	// point lies.
	Thread *Thread
	// Swapped says that it is the second point that lies there.
	Swapped bool

	// first and second are where the sides begin that the two points lie on.
	first, second PointID
	// met says that the sides begin behind a send and its receive.
	met *match
}

// Overlap reports whether points a and b may run at the same time while the
// object under discussion is the same one: ways through the points of fresh,
// where it is made, do not count.
func (x *Exploration) Overlap(a, b PointID, fresh []PointID) (Overlap, bool) {
	if x.giveUp || a < 0 || b < 0 {
		return Overlap{}, false
	}
	x.link()
	avoid := make(map[PointID]bool, len(fresh))
	for _, p := range fresh {
		avoid[p] = true
	}
	if t, start := x.spawnFork(a, b, avoid); t != nil {
		return Overlap{Thread: t, first: x.entry[t.Entry], second: start}, true
	}
	if t, start := x.spawnFork(b, a, avoid); t != nil {
		return Overlap{Thread: t, Swapped: true, first: start, second: x.entry[t.Entry]}, true
	}
	return x.channelFork(a, b, avoid)
}

// Beside is Overlap for what may wait: it asks whether a goroutine may come to
// a while another is at b, and takes no order from critical sections, since
// which of two comes first is open.
func (x *Exploration) Beside(a, b PointID, fresh []PointID) bool {
	if x.giveUp {
		return false
	}
	x.link()
	if x.unlocked == nil {
		x.unlocked = x.withoutLocks()
	}
	all := x.links
	x.links = x.unlocked
	defer func() { x.links = all }()
	_, ok := x.Overlap(a, b, fresh)
	return ok
}

func (x *Exploration) thread(p PointID) *Thread {
	if f := x.points[p].Frame; f != nil {
		return f.Thread
	}
	return nil
}

// spawnFork finds the start of a goroutine that runs a beside b, and where what
// leads to b begins.
func (x *Exploration) spawnFork(a, b PointID, avoid map[PointID]bool) (*Thread, PointID) {
	for t := x.thread(a); t != nil && t.Parent != nil; t = t.Parent {
		spawn, ok := x.spawnOf[t]
		if !ok || !x.existsAt(spawn, avoid) {
			continue
		}
		for _, start := range x.besideStarts(t, spawn, b, avoid) {
			if x.apart(x.entry[t.Entry], a, start, b, avoid) {
				return t, start
			}
		}
	}
	return nil, noPoint
}

// existsAt reports whether the object that is made at the given points may
// exist at p. What is made behind a fork is another object on each side.
func (x *Exploration) existsAt(p PointID, made map[PointID]bool) bool {
	for m := range made {
		if _, ok := x.way(m, p, nil); !ok {
			return false
		}
	}
	return true
}

// besideStarts are the points where what runs beside a new goroutine starts.
func (x *Exploration) besideStarts(t *Thread, spawn PointID, b PointID, avoid map[PointID]bool) []PointID {
	many := t.many
	switch t.Kind {
	case ParallelTest:
		if x.isBenchmark(t) {
			many = true
			break
		}
		var starts []PointID
		for other := x.thread(b); other != nil; other = other.Parent {
			if other.Kind == ParallelTest && !x.isBenchmark(other) && x.testOf(other) == x.testOf(t) && x.sameTest(t, other, avoid) {
				starts = append(starts, x.entry[other.Entry])
			}
		}
		return starts
	case Handler:
		// A server calls a handler for every request. In a test, the test
		// decides how many requests there are.
		if x.pkg.inTest(t.Spawn.Pos()) {
			return nil
		}
		many = true
	}
	if many {
		for other := x.thread(b); other != nil; other = other.Parent {
			if other == t {
				return []PointID{x.entry[t.Entry]}
			}
		}
		if t.Kind == Handler {
			return nil
		}
	}
	return []PointID{x.after[spawn]}
}

// sameTest reports whether one run of a test may start both subtests, or one
// of them twice, while the object that is made at avoid stays the same.
func (x *Exploration) sameTest(t, other *Thread, avoid map[PointID]bool) bool {
	again := map[PointID]bool{x.entry[x.testOf(t)]: true}
	for p := range avoid {
		again[p] = true
	}
	for _, pair := range [][2]*Thread{{t, other}, {other, t}} {
		to, ok := x.spawnOf[pair[1]]
		if !ok {
			continue
		}
		if w := x.findWay(x.after[x.spawnOf[pair[0]]], to, again); w.exists {
			return true
		}
	}
	return false
}

// testOf is the activation of the test function that runs t as a subtest.
func (x *Exploration) testOf(t *Thread) *Frame {
	f := t.SpawnFrame
	for f.Caller != nil && f != f.Thread.Entry && !x.isTestRun(f) {
		f = f.Caller
	}
	return f
}

// apart reports whether b can be reached from startB, and a from startA,
// without either learning of the other.
func (x *Exploration) apart(startA, a, startB, b PointID, avoid map[PointID]bool) bool {
	acquiresA, ok := x.way(startA, a, avoid)
	if !ok {
		return false
	}
	acquiresB, ok := x.way(startB, b, avoid)
	if !ok {
		return false
	}
	return !meets(x.learners(a), acquiresB) && !meets(x.learners(b), acquiresA)
}

func meets(learners map[PointID]bool, way []PointID) bool {
	for _, p := range way {
		if learners[p] {
			return true
		}
	}
	return false
}

type (
	wayKey struct{ from, to PointID }
	way    struct {
		acquires []PointID
		exists   bool
	}
)

// way finds the acquires that lie on some way from one point to another, which
// is passed only at its end; ok is false if there is no way.
func (x *Exploration) way(from, to PointID, avoid map[PointID]bool) (acquires []PointID, ok bool) {
	key := wayKey{from, to}
	if len(avoid) > 0 {
		w := x.findWay(from, to, avoid)
		return w.acquires, w.exists
	}
	w, ok := x.ways[key]
	if !ok {
		w = x.findWay(from, to, nil)
		x.ways[key] = w
	}
	return w.acquires, w.exists
}

// marks is a set of points that is emptied in one step.
type marks struct {
	of    []uint32
	round uint32
}

func (m *marks) reset(n int) {
	if len(m.of) < n {
		m.of = make([]uint32, n)
		m.round = 0
	}
	m.round++
}

// add reports whether p was not in the set yet.
func (m *marks) add(p PointID) bool {
	if m.of[p] == m.round {
		return false
	}
	m.of[p] = m.round
	return true
}

func (m *marks) has(p PointID) bool { return m.of[p] == m.round }

func (x *Exploration) findWay(from, to PointID, avoid map[PointID]bool) way {
	forward, back := &x.marksA, &x.marksB
	forward.reset(len(x.points))
	forward.add(from)
	work := append(x.work[:0], from)
	for len(work) > 0 {
		p := work[len(work)-1]
		work = work[:len(work)-1]
		x.cost++
		if p == to || avoid[p] {
			continue
		}
		for _, s := range x.succs[p] {
			if forward.add(s) {
				work = append(work, s)
			}
		}
		for _, s := range x.spawns[p] {
			if forward.add(s) {
				work = append(work, s)
			}
		}
	}
	x.work = work
	if !forward.has(to) || avoid[to] || avoid[from] && from != to {
		return way{}
	}
	w := way{}
	back.reset(len(x.points))
	back.add(to)
	work = append(work, to)
	for len(work) > 0 {
		p := work[len(work)-1]
		work = work[:len(work)-1]
		x.cost++
		if p != to && x.acquires[p] {
			w.acquires = append(w.acquires, p)
		}
		for _, s := range x.preds[p] {
			if forward.has(s) && !avoid[s] && back.add(s) {
				work = append(work, s)
			}
		}
		for _, s := range x.spawnPreds[p] {
			if forward.has(s) && !avoid[s] && back.add(s) {
				work = append(work, s)
			}
		}
	}
	x.work = work
	w.exists = back.has(from)
	return w
}

// learners are the acquires that may learn that p has been passed.
func (x *Exploration) learners(p PointID) map[PointID]bool {
	if l, ok := x.learned[p]; ok {
		return l
	}
	l := make(map[PointID]bool)
	seen := &x.marksA
	seen.reset(len(x.points))
	seen.add(p)
	work := append(x.work[:0], p)
	for len(work) > 0 {
		q := work[len(work)-1]
		work = work[:len(work)-1]
		x.cost++
		for _, s := range x.succs[q] {
			if seen.add(s) {
				work = append(work, s)
			}
		}
		for _, s := range x.spawns[q] {
			if seen.add(s) {
				work = append(work, s)
			}
		}
		for _, s := range x.sync[q] {
			if x.acquires[s] {
				l[s] = true
			}
			if seen.add(s) {
				work = append(work, s)
			}
		}
	}
	x.work = work
	x.learned[p] = l
	return l
}

// channelFork looks for a channel operation with a single counterpart behind
// which a and b run side by side.
func (x *Exploration) channelFork(a, b PointID, avoid map[PointID]bool) (Overlap, bool) {
	for i := range x.rendezvous {
		m := &x.rendezvous[i]
		ts, tr := x.thread(m.send), x.thread(m.receive)
		if ts == tr || !x.existsAt(m.send, avoid) && !x.existsAt(m.receive, avoid) {
			continue
		}
		s, r := x.after[m.send], x.after[m.receive]
		if x.thread(a) == ts && x.thread(b) == tr && x.straight(s, a, r, b, avoid) {
			t, swapped := deeper(ts, tr)
			return Overlap{Thread: t, Swapped: swapped, first: s, second: r, met: m}, true
		}
		if x.thread(b) == ts && x.thread(a) == tr && x.straight(s, b, r, a, avoid) {
			t, first := deeper(ts, tr)
			return Overlap{Thread: t, Swapped: !first, first: r, second: s, met: m}, true
		}
	}
	return Overlap{}, false
}

// straight reports whether a and b follow a send and its receive without any
// acquire on the way: one that waits for a partner which never comes again
// would keep its goroutine from getting there.
func (x *Exploration) straight(startA, a, startB, b PointID, avoid map[PointID]bool) bool {
	acquires, ok := x.way(startA, a, avoid)
	if !ok || len(acquires) > 0 {
		return false
	}
	acquires, ok = x.way(startB, b, avoid)
	return ok && len(acquires) == 0
}

// deeper picks the goroutine that was started, of two.
func deeper(s, r *Thread) (t *Thread, second bool) {
	if s.depth >= r.depth && s.Parent != nil {
		return s, false
	}
	return r, true
}

type match struct{ send, receive PointID }

// findRendezvous lists the channels that have one send and one receive.
func (x *Exploration) findRendezvous() {
	sends := make(map[*Object][]PointID)
	receives := make(map[*Object][]PointID)
	var order []*Object
	for id := range x.ops {
		for _, o := range x.ops[id] {
			if o.family != chanSent || o.on == nil || o.kind == closing {
				continue
			}
			for _, t := range o.on.list {
				if t.Obj.leaked || t.Obj.open() && t.Obj.Kind != Global {
					continue
				}
				if o.release {
					if sends[t.Obj] == nil {
						order = append(order, t.Obj)
					}
					sends[t.Obj] = append(sends[t.Obj], PointID(id))
				} else {
					receives[t.Obj] = append(receives[t.Obj], PointID(id))
				}
			}
		}
	}
	for _, ch := range order {
		s, r := sends[ch], receives[ch]
		if len(s) != 1 || len(r) != 1 || x.isSelect(s[0]) || x.isSelect(r[0]) {
			continue
		}
		if x.single(x.thread(s[0])) && x.single(x.thread(r[0])) {
			x.rendezvous = append(x.rendezvous, match{s[0], r[0]})
		}
	}
}

func (x *Exploration) isSelect(p PointID) bool {
	_, ok := x.points[p].Instr.(*ssa.Select)
	return ok
}

// single reports whether t stands for one goroutine only.
func (x *Exploration) single(t *Thread) bool {
	for ; t != nil && t.Parent != nil; t = t.Parent {
		if at, ok := x.spawnOf[t]; !ok || x.loops[at] >= 0 || t.many {
			return false
		}
	}
	return true
}

// findLoops numbers the cycles of the graph; a point outside any has -1.
func (x *Exploration) findLoops() {
	n := len(x.points)
	x.loops = make([]int32, n)
	x.spawnPreds = make([][]PointID, n)
	for from, tos := range x.spawns {
		for _, to := range tos {
			x.spawnPreds[to] = append(x.spawnPreds[to], PointID(from))
		}
	}
	for len(x.preds) < n {
		x.preds = append(x.preds, nil)
	}
	// Tarjan's algorithm without recursion.
	index := make([]int32, n)
	low := make([]int32, n)
	onStack := make([]bool, n)
	var stack []PointID
	type visit struct {
		p PointID
		i int
	}
	next, loop := int32(1), int32(0)
	succ := func(p PointID, i int) (PointID, bool) {
		if i < len(x.succs[p]) {
			return x.succs[p][i], true
		}
		if i -= len(x.succs[p]); i < len(x.spawns[p]) {
			return x.spawns[p][i], true
		}
		return 0, false
	}
	for root := range n {
		if index[root] != 0 {
			continue
		}
		calls := []visit{{PointID(root), 0}}
		for len(calls) > 0 {
			v := &calls[len(calls)-1]
			p := v.p
			if v.i == 0 {
				index[p], low[p] = next, next
				next++
				stack = append(stack, p)
				onStack[p] = true
			}
			if s, ok := succ(p, v.i); ok {
				v.i++
				if index[s] == 0 {
					calls = append(calls, visit{s, 0})
				} else if onStack[s] {
					low[p] = min(low[p], index[s])
				}
				continue
			}
			calls = calls[:len(calls)-1]
			if len(calls) > 0 {
				up := calls[len(calls)-1].p
				low[up] = min(low[up], low[p])
			}
			if low[p] == index[p] {
				size := 0
				for i := len(stack) - 1; ; i-- {
					size++
					if stack[i] == p {
						break
					}
				}
				for range size {
					q := stack[len(stack)-1]
					stack = stack[:len(stack)-1]
					onStack[q] = false
					x.loops[q] = -1
					if size > 1 {
						x.loops[q] = loop
					}
				}
				loop++
			}
		}
	}
}

func (p *Package) inTest(pos token.Pos) bool {
	f := p.Fset.File(pos)
	return f != nil && len(f.Name()) > 8 && f.Name()[len(f.Name())-8:] == "_test.go"
}
