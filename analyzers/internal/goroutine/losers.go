package goroutine

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file looks for channels that are closed while others are still to send on them. That
// nothing orders a close and a send is not enough, since the send may always be first. It must be
// certain that a send is left: since the sender never ends, since there are more sends than
// what was received and what the channel has room for, or since a timer sends that may not have
// run out.

// A LateSend is a send, or a close, that is still to come when another goroutine closes the channel.
type LateSend struct {
	Close  ssa.Instruction
	Use    ssa.Instruction
	Send   bool    // Use is no close
	Thread *Thread // of Use
	Kind   LateKind
	// Received is the last receive before the close, nil if there is none.
	Received ssa.Instruction

	use PointID
}

// By reports whether p is where the send comes.
func (s LateSend) By(p PointID) bool { return s.use == p }

// A LateKind says why the send comes late.
type LateKind uint8

const (
	LateEndless LateKind = iota // the sender has no end
	LateMore                    // there are more sends than are received
	LateTimer                   // time.AfterFunc sends
)

// LateSends lists the sends that certainly come, or may come in the case of a timer, when
// their channel is closed.
func (x *Exploration) LateSends() []LateSend {
	if x.graph == nil || x.Waits() == nil {
		return nil
	}
	var found []LateSend
	for _, o := range x.heap.objects {
		if _, ok := o.Value.(*ssa.MakeChan); !ok || o.Kind != Allocated || len(x.waits.closes[o]) == 0 || x.Mixed(o) || x.collected(o, 0) {
			continue
		}
		for _, p := range x.waits.closes[o] {
			if x.cost > maxDeadlockCost || !x.sureOf(p) || x.endsWith(p) {
				continue
			}
			c := &lateClose{x: x, ch: o, close: p, made: pointSet(x.Made(o))}
			found = append(found, c.find()...)
		}
	}
	return found
}

// endsWith reports whether the program ends soon after a close: main only returns.
func (x *Exploration) endsWith(p PointID) bool {
	root := x.Frames[0]
	if x.thread(p) != root.Thread || root.Fn.Name() != "main" {
		return false
	}
	sleep, waits := x.waitsBehind(p, x.exit[root])
	return !waits && sleep == nil
}

// A lateClose is the search for what still comes when a channel is closed.
type lateClose struct {
	x     *Exploration
	ch    *Object
	close PointID
	made  map[PointID]bool
}

func (c *lateClose) find() []LateSend {
	var found []LateSend
	x, owner := c.x, c.x.thread(c.close)
	if !plain(owner) || x.threadMany(owner, c.made) {
		return nil
	}
	all := slices.Concat(x.waits.sends[c.ch], x.waits.closes[c.ch])
	for i, q := range all {
		t := x.thread(q)
		send := i < len(x.waits.sends[c.ch])
		if t.Parent != owner || q == c.close || !x.sureOf(q) || !c.alwaysDoes(t, q) || t.Kind != Timer && !c.beside(t) {
			continue
		}
		late := LateSend{Close: x.points[c.close].Instr, Use: x.points[q].Instr, Send: send, Thread: t, use: q}
		switch {
		case t.Kind == Timer:
			if c.timerLate(t, q) {
				late.Kind = LateTimer
				found = append(found, late)
			}
		case !send:
		case c.endless(t, q):
			late.Kind = LateEndless
			found = append(found, late)
		default:
			if received, ok := c.more(); ok {
				late.Kind, late.Received = LateMore, received
				return append(found, late)
			}
		}
	}
	return found
}

// beside reports whether a goroutine certainly has been started when the channel is closed, and is
// not waited for.
func (c *lateClose) beside(t *Thread) bool { return plain(t) && c.startedBefore(t) && !c.waitsFor(t) }

// alwaysDoes reports whether a goroutine always comes to q, and waits for nothing on its way.
func (c *lateClose) alwaysDoes(t *Thread, q PointID) bool {
	x, begin := c.x, c.x.entry[t.Entry]
	if _, ok := x.points[q].Instr.(*ssa.Select); ok {
		return false
	}
	if _, without := x.way(begin, x.exit[t.Entry], pointSet([]PointID{q})); without {
		return false
	}
	return !slices.ContainsFunc(x.waits.list, func(w *Wait) bool {
		if w.Thread() != t || w.Point == q {
			return false
		}
		_, before := x.way(begin, w.Point, pointSet([]PointID{q}))
		return before
	})
}

// startedBefore reports whether the goroutine has certainly been started when the channel is
// closed.
func (c *lateClose) startedBefore(t *Thread) bool {
	x := c.x
	at, ok := x.spawnOf[t]
	if !ok {
		return false
	}
	if header := innermost(t.Spawn); header != nil {
		if !eachRound(t.Spawn) || !loopDominates(header, x.blockAround(t, c.close)) {
			return false
		}
		_, comes := x.way(at, c.close, c.made)
		return comes
	}
	_, comes := x.way(at, c.close, c.made)
	_, without := x.way(x.entry[c.x.thread(c.close).Entry], c.close, pointSet([]PointID{at}))
	return comes && !without
}

// loopDominates reports whether every way to b goes through a loop, which is taken to have rounds. A
// range over a number is asked whether it has any before its header.
func loopDominates(header, b *ssa.BasicBlock) bool {
	if header.Comment != "rangeint.body" {
		return header.Dominates(b)
	}
	return slices.ContainsFunc(header.Preds, func(p *ssa.BasicBlock) bool { return !header.Dominates(p) && p.Dominates(b) })
}

// blockAround is the block, in the function that starts t, that leads to a point.
func (x *Exploration) blockAround(t *Thread, p PointID) *ssa.BasicBlock {
	f, instr := x.points[p].Frame, x.points[p].Instr
	for f != t.SpawnFrame && f.Caller != nil {
		f, instr = f.Caller, f.Site
	}
	return instr.Block()
}

// waitsFor reports whether the goroutine that closes waits for t other than by a receive from
// the channel.
func (c *lateClose) waitsFor(t *Thread) bool {
	x := c.x
	return slices.ContainsFunc(x.waits.list, func(w *Wait) bool {
		if w.Thread() != x.thread(c.close) {
			return false
		}
		if _, before := x.way(w.Point, c.close, nil); !before {
			return false
		}
		return !w.Known || slices.ContainsFunc(w.Cases, func(k WaitCase) bool {
			return !c.concerns(k.targets) && slices.ContainsFunc(k.Counterparts, func(e PointID) bool { return within(x.thread(e), t) })
		})
	})
}

func (c *lateClose) concerns(targets []Target) bool {
	return slices.ContainsFunc(targets, func(t Target) bool { return t.Obj == c.ch })
}

// endless reports whether a goroutine sends again and again, and does not wait for anything
// else in between.
func (c *lateClose) endless(t *Thread, q PointID) bool {
	x := c.x
	if _, ends := x.way(q, x.exit[t.Entry], nil); ends {
		return false
	}
	for _, s := range x.succs[q] {
		if _, again := x.way(s, q, nil); !again {
			return false
		}
	}
	return !slices.ContainsFunc(x.waits.list, func(w *Wait) bool { return w.Thread() == t && w.Point != q })
}

// more reports whether there are more sends than receives before the close and places in the
// channel, and the last of those receives.
func (c *lateClose) more() (received ssa.Instruction, ok bool) {
	x := c.x
	room, ok := x.capacity(c.ch)
	if !ok {
		return nil, false
	}
	for _, r := range x.waits.recvs[c.ch] {
		if x.thread(r) != x.thread(c.close) {
			return nil, false
		}
		if _, before := x.way(r, c.close, c.made); !before {
			continue
		}
		received = x.points[r].Instr
		if room = min(room+x.times(c.ch, r, nil), unbounded); room == unbounded {
			return nil, false
		}
	}
	sends := 0
	for _, q := range x.waits.sends[c.ch] {
		if w := x.waits.at[q]; w != nil && !w.Known {
			return nil, false // others may receive
		}
		t := x.thread(q)
		if t.Parent == x.thread(c.close) && x.sureOf(q) && c.alwaysDoes(t, q) && c.beside(t) {
			sends += c.atLeast(t.Spawn)
		}
	}
	return received, sends > room
}

// atLeast is how often a go statement is executed at least, if in a loop at all: once in each
// round of a constant number, and twice if nothing is known of it.
func (c *lateClose) atLeast(spawn ssa.Instruction) int {
	header := innermost(spawn)
	if header == nil {
		return 1
	}
	for _, b := range spawn.Parent().Blocks {
		inside := b != header && control.Behind(header, b, nil) && control.Behind(b, header, nil)
		for _, s := range b.Succs {
			if inside && !control.From(s, header, nil) {
				return 1 // the loop may be left early
			}
		}
	}
	if n := c.x.pkg.trips(spawn, nil); n < unbounded {
		return n
	}
	return 2
}

// timerLate reports whether the close may come before a timer has run out that nobody stops. The
// owner may wait for others, or take a value of another channel first, but not sleep.
func (c *lateClose) timerLate(t *Thread, q PointID) bool {
	x := c.x
	start, ok := t.Spawn.(*ssa.Call)
	at, known := x.spawnOf[t]
	if !ok || !known || !x.isKind(start, syncapi.TimerStart) || len(*start.Referrers()) > 0 || c.shares(t, q) {
		return false
	}
	_, closes := x.points[q].Instr.(ssa.CallInstruction)
	if !closes && len(x.waits.recvs[c.ch]) == 0 {
		return false // another package may receive
	}
	taken := make(map[edge]bool)
	for _, r := range x.waits.recvs[c.ch] {
		sel, ok := x.points[r].Instr.(*ssa.Select)
		if !ok || x.thread(r) != x.thread(c.close) {
			if closes {
				continue // a second close panics, whoever receives
			}
			return false
		}
		for i, st := range sel.States {
			if c.concerns(x.value(x.points[r].Frame, st.Chan, "").list) {
				for _, b := range control.Chosen(sel, i) {
					taken[x.branchEdge(x.points[r].Frame, b, 0)] = true
				}
			}
		}
	}
	return c.comesWithout(at, taken)
}

// shares reports whether the function of a timer does anything but the operation at q that
// others may wait for or ask about.
func (c *lateClose) shares(t *Thread, q PointID) bool {
	for id, p := range c.x.points {
		if p.Frame == nil || p.Frame.Thread != t || PointID(id) == q || p.Instr == nil {
			continue
		}
		if len(c.x.ops[id]) > 0 {
			return true
		}
		if call, ok := p.Instr.(ssa.CallInstruction); ok && c.x.isOutside(p.Frame, call) {
			if fn := call.Common().StaticCallee(); fn == nil || fn.Pkg == nil || fn.Pkg.Pkg.Path() != "fmt" && fn.Pkg.Pkg.Path() != "log" {
				return true
			}
		}
	}
	return false
}

// comesWithout reports whether control comes from a point to the close without one of the given
// edges and without a sleep.
func (c *lateClose) comesWithout(from PointID, taken map[edge]bool) bool {
	x := c.x
	seen := map[PointID]bool{from: true}
	for work := []PointID{from}; len(work) > 0; {
		p := work[len(work)-1]
		work = work[:len(work)-1]
		x.cost++
		if p == c.close {
			return true
		}
		if call, ok := x.points[p].Instr.(ssa.CallInstruction); ok && (x.isKind(call, syncapi.Sleep) || x.isKind(call, syncapi.TimerNew)) {
			continue
		}
		for _, s := range x.succs[p] {
			if !seen[s] && !x.unwinding[s] && !taken[edge{p, s}] {
				seen[s] = true
				work = append(work, s)
			}
		}
	}
	return false
}
