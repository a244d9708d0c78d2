package goroutine

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/pattern"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file looks for goroutines that nobody waits for when the program, or a test,
// ends: behind the go statement the function with which it ends neither waits for anything nor
// calls what might.

// An Abandoned goroutine is one that the root, main or a test, starts and then returns without
// any wait.
type Abandoned struct {
	Thread *Thread
	// Sleep is where the root sleeps before it returns, nil if it does not.
	Sleep ssa.Instruction
	// Tests is a call of a method of the test by the goroutine, nil if there is none.
	Tests ssa.CallInstruction
}

// Abandoned lists the goroutines that the root starts, and then returns without any wait, though
// they would have come to an end. What they do may not be done.
func (x *Exploration) Abandoned() []Abandoned {
	if x.graph == nil || x.giveUp || x.Truncated {
		return nil
	}
	x.findOps()
	root := x.Frames[0]
	var list []Abandoned
	for _, t := range x.Threads {
		at, ok := x.spawnOf[t]
		if !ok || t.Kind != GoStmt || t.Parent != root.Thread || !x.ends(t) {
			continue
		}
		tests := x.tests(t)
		if tests == nil && !x.works(t) {
			continue
		}
		sleep, waits := x.waitsBehind(at, x.exit[root])
		if !waits {
			list = append(list, Abandoned{t, sleep, tests})
		}
	}
	return list
}

// ends reports whether a goroutine may come to its end. A range over a channel that nothing closes,
// such as that of a ticker, is no way to it.
func (x *Exploration) ends(t *Thread) bool {
	endless := make(map[edge]bool)
	for _, w := range x.Waits() {
		if within(w.Thread(), t) && isRange(w.Instr) && !slices.ContainsFunc(w.Cases, x.closes) {
			endless[x.branchEdge(w.Frame, w.Instr.Block(), 1)] = true
		}
	}
	begin := x.entry[t.Entry]
	seen := map[PointID]bool{begin: true}
	for work := []PointID{begin}; len(work) > 0; {
		p := work[len(work)-1]
		work = work[:len(work)-1]
		x.cost++
		for _, s := range x.succs[p] {
			if !seen[s] && !x.unwinding[s] && !endless[edge{p, s}] {
				seen[s] = true
				work = append(work, s)
			}
		}
	}
	return seen[x.exit[t.Entry]]
}

// closes reports whether something closes the channel of a case.
func (x *Exploration) closes(c WaitCase) bool { return slices.ContainsFunc(c.Counterparts, x.Closes) }

// waitsBehind reports whether control may come by something that waits, or that is not seen,
// between two points of a goroutine, and where it sleeps. It waits too if it never comes to the
// second.
func (x *Exploration) waitsBehind(from, to PointID) (sleep ssa.Instruction, waits bool) {
	seen := map[PointID]bool{from: true}
	work := []PointID{from}
	for len(work) > 0 {
		p := work[len(work)-1]
		work = work[:len(work)-1]
		x.cost++
		if p != from && x.mayWait(p) {
			return nil, true
		}
		if call, ok := x.points[p].Instr.(ssa.CallInstruction); ok && x.isKind(call, syncapi.Sleep) {
			sleep = call
		}
		for _, s := range x.succs[p] {
			if !seen[s] {
				seen[s] = true
				work = append(work, s)
			}
		}
	}
	return sleep, !seen[to]
}

// mayWait reports whether something is waited for at a point, other than for a time.
func (x *Exploration) mayWait(p PointID) bool {
	call, isCall := x.points[p].Instr.(ssa.CallInstruction)
	if isCall && x.isKind(call, syncapi.Sleep) {
		return false
	}
	for _, o := range x.ops[p] {
		if o.acquire {
			return true
		}
	}
	switch x.points[p].Instr.(type) {
	case *ssa.Send, *ssa.Select:
		return true
	}
	if !isCall || !x.isOutside(x.points[p].Frame, call) {
		return isCall && x.recursive[callKey{x.points[p].Frame, call}]
	}
	name := ""
	if fn := call.Common().StaticCallee(); fn != nil {
		name = fn.Name()
	} else if call.Common().IsInvoke() {
		name = call.Common().Method.Name()
	}
	return inputs.MatchString(name)
}

// inputs are the names of functions that wait for what comes from outside the program.
var inputs = pattern.New(`^(?:Scan|Read|Wait|Accept|Listen|Serve|Run|Sleep|Fscan)`)

// tests returns a call by which a goroutine uses the test that started it.
func (x *Exploration) tests(t *Thread) ssa.CallInstruction {
	for _, p := range x.points {
		call, ok := p.Instr.(ssa.CallInstruction)
		if !ok || p.Frame == nil || !within(p.Frame.Thread, t) {
			continue
		}
		var recv types.Type
		if common := call.Common(); common.IsInvoke() {
			recv = common.Value.Type()
		} else if sig := common.Signature(); sig.Recv() != nil {
			recv = sig.Recv().Type()
		}
		if recv == nil {
			continue
		}
		if n, ok := types.Unalias(pointee(recv)).(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "testing" {
			return call
		}
	}
	return nil
}

// works reports whether a goroutine, or one that it starts, calls other packages, or writes what
// it has not made itself.
func (x *Exploration) works(t *Thread) bool {
	for _, p := range x.points {
		if p.Frame == nil || !within(p.Frame.Thread, t) {
			continue
		}
		switch instr := p.Instr.(type) {
		case *ssa.Store:
			for _, target := range x.value(p.Frame, instr.Addr, "").list {
				if target.Obj.Frame == nil || !within(target.Obj.Frame.Thread, t) {
					return true
				}
			}
		case ssa.CallInstruction:
			if x.isOutside(p.Frame, instr) {
				if _, known := x.pkg.classify(instr); !known {
					return true
				}
			}
		}
	}
	return false
}

// within reports whether t is u or was started by it.
func within(t, u *Thread) bool {
	for ; t != nil; t = t.Parent {
		if t == u {
			return true
		}
	}
	return false
}
