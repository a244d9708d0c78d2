package goroutine

import (
	"go/constant"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file lays the activations of an exploration out as one graph of
// control flow: a call leads into the activation that it enters and back
// behind the call; deferred calls stand where the function returns; a go
// statement has a spawn edge into the goroutine's first instruction. Since
// activations are cloned per call site, plain reachability is
// context-sensitive. Branches on constants are cut.

// A Point is a place in an exploration: before an instruction of an
// activation. Instr is nil at the start of a block and at joints.
type Point struct {
	Frame *Frame
	Instr ssa.Instruction
}

// PointID numbers the points of one exploration.
type PointID int32

const noPoint PointID = -1

type graph struct {
	points  []Point
	succs   [][]PointID
	preds   [][]PointID
	spawns  [][]PointID                            // spawn edges, which succs does not have
	starts  map[*Frame][]PointID                   // where the blocks of an activation start
	blockOf map[*Frame]map[PointID]*ssa.BasicBlock // see blocksOf
	entry   map[*Frame]PointID
	exit    map[*Frame]PointID
	at      map[Point]PointID
	ops     [][]op // synchronisation at a point
	spawnOf map[*Thread]PointID
	// unwinding are the points at which a panic leaves an activation.
	unwinding map[PointID]bool
}

func (x *Exploration) layOut() {
	x.graph = &graph{
		starts:  make(map[*Frame][]PointID),
		blockOf: make(map[*Frame]map[PointID]*ssa.BasicBlock),
		entry:   make(map[*Frame]PointID),
		exit:    make(map[*Frame]PointID),
		at:      make(map[Point]PointID),
		spawnOf: make(map[*Thread]PointID),

		unwinding: make(map[PointID]bool),
	}
	for _, f := range x.Frames {
		x.entry[f] = x.point(f, nil)
		x.exit[f] = x.point(f, nil)
	}
	for _, f := range x.Frames {
		x.layOutFrame(f)
	}
	x.layOutSpawns()
	x.preds = make([][]PointID, len(x.points))
	for from, tos := range x.succs {
		for _, to := range tos {
			x.preds[to] = append(x.preds[to], PointID(from))
		}
	}
}

func (x *Exploration) point(f *Frame, instr ssa.Instruction) PointID {
	id := PointID(len(x.points))
	x.points = append(x.points, Point{f, instr})
	x.succs = append(x.succs, nil)
	x.spawns = append(x.spawns, nil)
	x.ops = append(x.ops, nil)
	return id
}

func (x *Exploration) edge(from, to PointID) {
	if !slices.Contains(x.succs[from], to) {
		x.succs[from] = append(x.succs[from], to)
	}
}

func (x *Exploration) layOutFrame(f *Frame) {
	fn := f.Fn
	if len(fn.Blocks) == 0 { // of another package; see startOutside
		n := x.point(f, f.Site)
		x.edge(x.entry[f], n)
		x.edge(n, x.exit[f])
		return
	}
	blocks := make([]PointID, len(fn.Blocks))
	x.starts[f] = blocks
	live := x.liveBlocks(f)
	for i := range blocks {
		blocks[i] = x.point(f, nil)
	}
	x.edge(x.entry[f], blocks[0])
	recovers := noPoint // the deferred calls before the Recover block
	var panics []ssa.Instruction
	if fn.Recover != nil && x.mayRecover(f) {
		recovers = x.point(f, nil)
	}
	for _, b := range fn.Blocks {
		if !live[b.Index] {
			continue
		}
		cur := blocks[b.Index]
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.RunDefers:
				cur = x.defers(f, cur, []ssa.Instruction{instr})
			case *ssa.Return:
				x.edge(cur, x.exit[f])
			case *ssa.Panic:
				end := x.point(f, nil)
				x.unwinding[end] = true
				x.edge(x.defers(f, cur, []ssa.Instruction{instr}), end)
				x.edge(end, x.exit[f])
				if recovers >= 0 {
					x.edge(cur, recovers)
					panics = append(panics, instr)
				}
			default:
				if !interesting(instr) {
					continue
				}
				n := x.point(f, instr)
				x.at[Point{f, instr}] = n
				x.edge(cur, n)
				if recovers >= 0 && mayPanic(instr) {
					x.edge(n, recovers)
					panics = append(panics, instr)
				}
				cur = n
				if call, ok := instr.(*ssa.Call); ok {
					cur = x.through(f, call, n)
				} else if forks(instr) {
					cur = x.point(f, nil)
					x.after[n] = cur
					x.edge(n, cur)
				}
			}
		}
		for i, s := range b.Succs {
			if x.takes(f, b, i) {
				x.edge(cur, blocks[landing(b, s).Index])
			}
		}
	}
	if recovers >= 0 {
		x.edge(x.defers(f, recovers, panics), blocks[fn.Recover.Index])
	}
}

// landing is where control goes from b into s: to s, or past it if s is the
// test of a loop that the first round has made false.
func landing(b, s *ssa.BasicBlock) *ssa.BasicBlock {
	if len(s.Preds) != 2 || !s.Dominates(b) {
		return s
	}
	cond, ok := s.Instrs[len(s.Instrs)-1].(*ssa.If)
	if !ok {
		return s
	}
	cmp, ok := cond.Cond.(*ssa.BinOp)
	if !ok {
		return s
	}
	phi, ok := cmp.X.(*ssa.Phi)
	limit, ok2 := constInt(cmp.Y)
	if !ok || !ok2 || phi.Block() != s || control.From(s.Succs[1], b, s) {
		return s // or a test in the body
	}
	back := 0
	if s.Preds[1] == b {
		back = 1
	}
	start, ok := constInt(phi.Edges[1-back])
	inc, ok2 := phi.Edges[back].(*ssa.BinOp)
	if !ok || !ok2 || inc.Op != token.ADD || inc.X != phi {
		return s
	}
	by, ok := constInt(inc.Y)
	if !ok {
		return s
	}
	for _, instr := range s.Instrs { // nothing else may happen in the test
		switch instr.(type) {
		case *ssa.Phi, *ssa.BinOp, *ssa.If, *ssa.DebugRef:
		default:
			return s
		}
	}
	if constant.Compare(constant.MakeInt64(start+by), cmp.Op, constant.MakeInt64(limit)) {
		return s
	}
	return s.Succs[1]
}

// through leads from a call through what it enters and returns the point
// behind it.
func (x *Exploration) through(f *Frame, call ssa.Instruction, n PointID) PointID {
	after := x.point(f, nil)
	x.after[n] = after
	key := callKey{f, call}
	inside := false
	for _, e := range x.calls[key] {
		if !e.spawn {
			inside = true
			x.edge(n, x.entry[e.frame])
			x.edge(x.exit[e.frame], after)
		}
	}
	if !inside || x.outside[key] || x.opaque[key] || x.recursive[key] {
		x.edge(n, after)
	}
	return after
}

// defers lays out the deferred calls that an activation makes when one of the
// given instructions ends it, the last first, and returns the point behind them. A
// call that is not deferred on every way there may be skipped; one that is deferred
// on none is.
func (x *Exploration) defers(f *Frame, cur PointID, ends []ssa.Instruction) PointID {
	blocks := f.Fn.Blocks
	for i := len(blocks) - 1; i >= 0; i-- {
		for j := len(blocks[i].Instrs) - 1; j >= 0; j-- {
			d, ok := blocks[i].Instrs[j].(*ssa.Defer)
			if !ok || !control.ReachesAny(d, ends) {
				continue
			}
			n := x.point(f, d)
			x.at[Point{f, d}] = n
			x.edge(cur, n)
			after := x.through(f, d, n)
			if len(ends) != 1 || !control.Dominates(d, ends[0]) {
				x.edge(cur, after)
			}
			cur = after
		}
	}
	return cur
}

// mayRecover reports whether a deferred function of f calls recover.
func (x *Exploration) mayRecover(f *Frame) bool {
	for _, b := range f.Fn.Blocks {
		for _, instr := range b.Instrs {
			d, ok := instr.(*ssa.Defer)
			if !ok {
				continue
			}
			for _, e := range x.calls[callKey{f, d}] {
				if callsBuiltin(e.frame.Fn, "recover") {
					return true
				}
			}
		}
	}
	return false
}

func callsBuiltin(fn *ssa.Function, name string) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(ssa.CallInstruction); ok {
				if b, ok := call.Common().Value.(*ssa.Builtin); ok && b.Name() == name {
					return true
				}
			}
		}
	}
	return false
}

// forks reports whether instr starts a goroutine or meets one, so that what
// follows needs a point where it begins.
func forks(instr ssa.Instruction) bool {
	switch v := instr.(type) {
	case *ssa.Go, *ssa.Send:
		return true
	case *ssa.UnOp:
		return v.Op == token.ARROW
	}
	return false
}

func mayPanic(instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.Send, *ssa.Call, *ssa.Select:
		return true
	case *ssa.UnOp:
		return instr.Op == token.ARROW
	}
	return false
}

// interesting reports whether an instruction can read, write, allocate or
// synchronise.
func interesting(instr ssa.Instruction) bool {
	switch v := instr.(type) {
	case *ssa.UnOp:
		return v.Op == token.MUL || v.Op == token.ARROW
	case *ssa.Store, *ssa.MapUpdate, *ssa.Lookup, *ssa.Range, *ssa.Next, *ssa.Send, *ssa.Select, *ssa.Go, *ssa.Call,
		*ssa.MakeMap, *ssa.MakeSlice, *ssa.MakeChan:
		return true
	case *ssa.Alloc:
		return true
	case *ssa.Convert:
		return true
	}
	return false
}

// layOutSpawns adds the edges from the places that start goroutines.
func (x *Exploration) layOutSpawns() {
	for _, t := range x.Threads {
		if t.Spawn == nil {
			continue
		}
		at, ok := x.at[Point{t.SpawnFrame, t.Spawn}]
		if !ok {
			continue
		}
		x.spawnOf[t] = at
		if t.Kind == ParallelTest && !x.isBenchmark(t) {
			// The rest of a parallel test starts when the test that called
			// Run has returned.
			end := x.exit[x.testOf(t)]
			x.spawns[end] = append(x.spawns[end], x.entry[t.Entry])
			continue
		}
		x.spawns[at] = append(x.spawns[at], x.entry[t.Entry])
	}
}

// isTestRun reports whether f is the function of a subtest.
func (x *Exploration) isTestRun(f *Frame) bool {
	call, ok := f.Site.(ssa.CallInstruction)
	if !ok {
		return false
	}
	op, ok := x.pkg.classify(call)
	return ok && op.Kind == syncapi.TestRun
}

func (x *Exploration) isBenchmark(t *Thread) bool {
	call, ok := t.Spawn.(ssa.CallInstruction)
	if !ok {
		return false
	}
	op, ok := x.pkg.classify(call)
	return ok && op.Kind == syncapi.BenchParallel
}
