package timermisuse

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file is about timers before Go 1.23, which kept what they had sent and were kept
// themselves. The language version is that of the file; the program that it is built into
// may be newer, so all of it is strict.

// kept reports tickers that are left behind, and timers that are started anew with a value in
// their channel.
func (c *checker) kept(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || !c.keepsTimers(call.Pos()) {
				continue
			}
			switch fun := timeFunc(&call.Call); {
			case fun == "Tick" && c.left(call), fun == "NewTicker" && c.left(call) && c.neverStopped(call):
				c.old("left", call, "call", "time."+fun)
			case fun == "Reset" && isNamed(call.Call.Args[0].Type(), "Timer") && c.stale(call):
				c.old("stale", call, "on", c.operand(call.Pos()))
			}
		}
	}
}

func (c *checker) old(key string, call *ssa.Call, args ...string) {
	fn := access.Outermost(call.Parent())
	c.report.Report(diagnostic.Diagnostic{
		Category: key,
		Tier:     config.Strict,
		Pos:      call.Pos(),
		Message:  message.New(message.Key(key), append(args, "func", wording.Func(fn))...),
		Subject:  diagnostic.Subject{Kind: diagnostic.Operation, Name: c.operand(call.Pos())},
		Function: fn.RelString(c.pass.Pkg),
	})
}

// left reports whether the program goes on behind a call, in another round or when the
// function has returned.
func (c *checker) left(call *ssa.Call) bool {
	b := call.Block()
	if control.Behind(b, b, nil) {
		return true
	}
	fn := call.Parent()
	name := fn.Name()
	if name == "main" || name == "init" || strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "init#") {
		return false
	}
	dead := rangeEnd(call)
	return slices.ContainsFunc(fn.Blocks, func(end *ssa.BasicBlock) bool {
		_, returns := end.Instrs[len(end.Instrs)-1].(*ssa.Return)
		return returns && end != fn.Recover && end != dead && control.From(b, end, dead)
	})
}

// rangeEnd is the block behind a range over the channel that a call returns, which nobody
// closes; nil if there is none.
func rangeEnd(call *ssa.Call) *ssa.BasicBlock {
	for _, r := range *call.Referrers() {
		if b := r.Block(); b.Comment == "rangechan.loop" && len(b.Succs) == 2 {
			return b.Succs[1]
		}
	}
	return nil
}

// neverStopped reports whether a ticker stays in its function, which does not stop it.
func (c *checker) neverStopped(made *ssa.Call) bool {
	return !slices.ContainsFunc(*made.Referrers(), func(r ssa.Instruction) bool {
		switch r := r.(type) {
		case *ssa.FieldAddr, *ssa.DebugRef:
			return false
		case *ssa.Call:
			return timeFunc(&r.Call) != "Reset"
		}
		return true
	})
}

// stale reports whether control may come from Reset of a timer of the function to itself
// without a receive from the timer. A call of Stop in the function is taken to come before.
func (c *checker) stale(reset *ssa.Call) bool {
	made, ok := c.paths.Origin(reset.Call.Args[0]).(*ssa.Call)
	if !ok || made.Parent() != reset.Parent() || timeFunc(&made.Call) != "NewTimer" || control.Behind(made.Block(), made.Block(), nil) {
		return false
	}
	timer := c.paths.Of(made)
	for _, r := range *made.Referrers() {
		switch r := r.(type) {
		case *ssa.FieldAddr, *ssa.DebugRef:
		case ssa.CallInstruction:
			if op, ok := syncapi.Classify(r.Common(), c.paths); !ok || op.Kind != syncapi.TimerReset {
				return false
			}
		default:
			return false
		}
	}
	received := make(map[*ssa.BasicBlock]bool)
	for _, r := range c.receives(reset.Parent()) {
		received[r.block] = received[r.block] || r.timer == timer
	}
	seen := make(map[*ssa.BasicBlock]bool)
	for work := []*ssa.BasicBlock{reset.Block()}; len(work) > 0; {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if received[b] {
			continue
		}
		for _, s := range b.Succs {
			if s == reset.Block() {
				return true
			}
			if !seen[s] {
				seen[s] = true
				work = append(work, s)
			}
		}
	}
	return false
}
