package goroutineleak

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file looks for loops that a cancelled context does not end, though it was made to end
// them: loops without any way out. Whether calls within them panic is not asked.

// endless returns the blocks of the loops of a function from which control never comes to its end. That a
// ticker's channel is closed, which it never is, is no way out of a range over it.
func (c *checker) endless(fn *ssa.Function) map[*ssa.BasicBlock]bool {
	if known, ok := c.loops[fn]; ok {
		return known
	}
	toEnd := make(map[*ssa.BasicBlock]bool)
	var work []*ssa.BasicBlock
	for _, b := range fn.Blocks {
		if len(b.Succs) == 0 && ends(b) {
			toEnd[b] = true
			work = append(work, b)
		}
	}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		for _, p := range b.Preds {
			if !toEnd[p] && !(p.Succs[len(p.Succs)-1] == b && p.Succs[0] != b && c.rangesOverTicker(p)) {
				toEnd[p] = true
				work = append(work, p)
			}
		}
	}
	never := make(map[*ssa.BasicBlock]bool)
	for i, l := range control.Loops(fn) {
		if b := fn.Blocks[i]; l != nil && !toEnd[b] {
			never[b] = true
		}
	}
	c.loops[fn] = never
	return never
}

// ends reports whether the function comes to its end behind a block: by a return, or a panic
// that is not one of those the builder adds where control never comes.
func ends(b *ssa.BasicBlock) bool {
	switch last := b.Instrs[len(b.Instrs)-1].(type) {
	case *ssa.Return:
		return true
	case *ssa.Panic:
		return last.Pos().IsValid()
	}
	return false
}

// rangesOverTicker reports whether a block is the head of a range over the channel of a time.Ticker.
func (c *checker) rangesOverTicker(b *ssa.BasicBlock) bool {
	for _, instr := range b.Instrs {
		recv, ok := instr.(*ssa.UnOp)
		if !ok || recv.Op != token.ARROW || !recv.CommaOk {
			continue
		}
		load, ok := recv.X.(*ssa.UnOp)
		if !ok {
			return false
		}
		fa, ok := load.X.(*ssa.FieldAddr)
		if !ok {
			return false
		}
		f := access.FieldVar(fa.X.Type(), fa.Field)
		return f != nil && f.Pkg() != nil && f.Pkg().Path() == "time"
	}
	return false
}

// ignored reports the loops of a function, and of the goroutines that it starts, that go
// on when a context is cancelled.
func (c *checker) ignored(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch i := instr.(type) {
			case *ssa.Select:
				c.stays(i)
			case ssa.CallInstruction:
				c.started(i)
			}
		}
	}
}

// stays reports a select statement with a case for Done of a context which it leaves only to
// come back.
func (c *checker) stays(sel *ssa.Select) {
	for i, st := range sel.States {
		done, ok := st.Chan.(*ssa.Call)
		if !ok || st.Dir != types.RecvOnly {
			continue
		}
		op, ok := syncapi.Classify(&done.Call, c.pkg.Paths)
		if !ok || op.Kind != syncapi.ContextDone {
			continue
		}
		never := c.endless(sel.Parent())
		if !never[sel.Block()] || !never[done.Block()] || !lasting(op.On, never) {
			continue
		}
		chosen := control.Chosen(sel, i)
		if len(chosen) == 0 || slices.ContainsFunc(chosen, func(b *ssa.BasicBlock) bool { return c.obscure(b.Succs[0], sel) }) {
			continue
		}
		c.reportIgnored(stuck{key: "stays", wait: sel, pos: done.Pos()})
	}
}

// lasting reports whether a context is the same in all rounds of a loop: a parameter, or what a
// variable had before it. What a field holds, others may set anew.
func lasting(ctx ssa.Value, loop map[*ssa.BasicBlock]bool) bool {
	switch v := ctx.(type) {
	case *ssa.Parameter:
		return true
	case *ssa.Extract:
		return !loop[v.Block()]
	case *ssa.UnOp:
		switch cell := v.X.(type) {
		case *ssa.FreeVar, *ssa.Alloc:
			if a, ok := cell.(*ssa.Alloc); ok && loop[a.Block()] {
				return false
			}
			return !slices.ContainsFunc(*cell.Referrers(), func(ref ssa.Instruction) bool {
				_, store := ref.(*ssa.Store)
				return store && loop[ref.Block()]
			})
		}
	}
	return false
}

// obscure reports whether the body of a case has a call that may end more than is seen: all but
// those of printing functions.
func (c *checker) obscure(body *ssa.BasicBlock, sel *ssa.Select) bool {
	for _, b := range sel.Parent().Blocks {
		if b == sel.Block() || b != body && !body.Dominates(b) {
			continue
		}
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			fn := call.Call.StaticCallee()
			if _, builtin := call.Call.Value.(*ssa.Builtin); builtin || fn != nil && fn.Pkg != nil && prints(fn.Pkg.Pkg.Path()) {
				continue
			}
			if op, known := syncapi.Classify(&call.Call, c.pkg.Paths); known && op.Kind != syncapi.Goexit {
				continue
			}
			return true
		}
	}
	return false
}

func prints(pkg string) bool { return pkg == "fmt" || pkg == "log" || pkg == "log/slog" }

// started looks at a goroutine that is given a context which can be cancelled.
func (c *checker) started(at ssa.CallInstruction) {
	call := at.Common()
	values, target := call.Args, call.Value
	if _, isGo := at.(*ssa.Go); !isGo {
		op, ok := syncapi.Classify(call, c.pkg.Paths)
		if !ok || op.Kind != syncapi.GroupGo && op.Kind != syncapi.WaitGroupGo || op.Callback == nil {
			return
		}
		values, target = nil, op.Callback
	}
	var entry *ssa.Function
	if mc, ok := target.(*ssa.MakeClosure); ok {
		entry = mc.Fn.(*ssa.Function)
		for i, v := range mc.Bindings {
			if i < len(entry.FreeVars) && c.cancellable(v, at) {
				c.goesOn(entry, entry.FreeVars[i], at, 0)
			}
		}
	} else if entry, ok = target.(*ssa.Function); !ok {
		return
	}
	for i, v := range values {
		if i < len(entry.Params) && c.cancellable(v, at) {
			c.goesOn(entry, entry.Params[i], at, 0)
		}
	}
}

// cancellable reports whether v is a context, or the variable of one, that the function around a
// go statement has made with a way to cancel it.
func (c *checker) cancellable(v ssa.Value, at ssa.Instruction) bool {
	switch v := v.(type) {
	case *ssa.Extract:
		call, ok := v.Tuple.(*ssa.Call)
		if !ok {
			return false
		}
		op, ok := syncapi.Classify(&call.Call, c.pkg.Paths)
		return ok && (op.Kind == syncapi.ContextNew && v.Index == 0 || op.Kind == syncapi.GroupNew && v.Index == 1)
	case *ssa.UnOp:
		return v.Op == token.MUL && c.cancellable(v.X, at)
	case *ssa.Alloc:
		return slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool {
			st, ok := ref.(*ssa.Store)
			if !ok || st.Addr != v || !control.Dominates(st, at) {
				return false
			}
			made, ok := st.Val.(*ssa.Extract)
			return ok && c.cancellable(made, at)
		})
	}
	return false
}

// goesOn reports a loop of a goroutine, or of a function that it gives the context to, that
// never ends, waits, and does not look at the context.
func (c *checker) goesOn(fn *ssa.Function, ctx ssa.Value, at ssa.CallInstruction, depth int) {
	if fn.Blocks == nil || depth > 2 {
		return
	}
	uses, ok := usesOf(ctx)
	if !ok {
		return
	}
	never := c.endless(fn)
	if !slices.ContainsFunc(uses, func(use ssa.Instruction) bool { return never[use.Block()] }) {
		for _, b := range fn.Blocks {
			if w := c.waitIn(b); never[b] && w != nil {
				c.reportIgnored(stuck{key: "ignored", wait: w, pos: w.Pos(), spawn: at, ctx: ctx})
				return
			}
		}
	}
	for _, use := range uses {
		call, ok := use.(*ssa.Call)
		if !ok || call.Call.StaticCallee() == nil || len(call.Call.Args) != len(call.Call.StaticCallee().Params) {
			continue
		}
		callee := call.Call.StaticCallee()
		for i, arg := range call.Call.Args {
			if callee.Pkg == fn.Pkg && types.Identical(arg.Type(), elem(ctx.Type())) {
				c.goesOn(callee, callee.Params[i], at, depth+1)
			}
		}
	}
}

func elem(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// usesOf lists the instructions that use a context or what is made of it; ok is false if it is
// stored where others may find it.
func usesOf(ctx ssa.Value) (uses []ssa.Instruction, ok bool) {
	seen := map[ssa.Value]bool{ctx: true}
	for work := []ssa.Value{ctx}; len(work) > 0; {
		v := work[len(work)-1]
		work = work[:len(work)-1]
		for _, ref := range *v.Referrers() {
			switch ref.(type) {
			case *ssa.Store, *ssa.MakeClosure, *ssa.MapUpdate, *ssa.Send:
				return nil, false
			case *ssa.DebugRef:
				continue
			}
			uses = append(uses, ref)
			if made, isValue := ref.(ssa.Value); isValue && !seen[made] && made.Referrers() != nil {
				seen[made] = true
				work = append(work, made)
			}
		}
	}
	return uses, true
}

// waitIn returns the first instruction of a block that waits.
func (c *checker) waitIn(b *ssa.BasicBlock) ssa.Instruction {
	for _, instr := range b.Instrs {
		switch i := instr.(type) {
		case *ssa.Send:
			return i
		case *ssa.Select:
			if i.Blocking {
				return i
			}
		case *ssa.UnOp:
			if i.Op == token.ARROW {
				return i
			}
		case *ssa.Call:
			if op, ok := syncapi.Classify(&i.Call, c.pkg.Paths); ok && op.Kind == syncapi.Sleep {
				return i
			}
		}
	}
	return nil
}

// A stuck loop goes on when a context is cancelled.
type stuck struct {
	key   string
	wait  ssa.Instruction
	pos   token.Pos
	spawn ssa.CallInstruction // of the goroutine that ignores a context, else nil
	ctx   ssa.Value           // the context that it ignores
}

func (c *checker) reportIgnored(s stuck) {
	if c.seen[s.wait] {
		return
	}
	wait, pos, spawn := s.wait, s.pos, s.spawn
	fn := access.Outermost(wait.Parent())
	args := []string{"func", wording.Func(wait.Parent())}
	d := diagnostic.Diagnostic{
		Category: s.key,
		Pos:      pos,
		Subject:  diagnostic.Subject{Kind: diagnostic.Goroutine, Name: wording.Func(wait.Parent())},
		Function: fn.RelString(c.pkg.SSA.Pkg.Pkg),
	}
	if spawn != nil {
		args = append(args, "spawn", wording.Place(c.pkg.Fset, spawn.Pos()))
		d.Related = []diagnostic.Related{{Role: diagnostic.RoleSpawn, Pos: spawn.Pos(), Message: message.New("started-here")}}
		if c.inTest(spawn.Pos()) || c.pkg.SSA.Pkg.Pkg.Name() == "main" {
			d.Tier = config.Strict // it ends with the program
		}
	}
	if c.inTest(pos) {
		d.Tier = config.Strict
	}
	c.seen[wait] = true
	fix, ok := c.leave(wait.Parent(), pos)
	if spawn != nil {
		fix, ok = c.wake(s.ctx, wait)
	}
	if ok {
		d.Fixes = []diagnostic.Fix{fix}
	}
	d.Message = message.New(message.Key(s.key), args...)
	c.report.Report(d)
}
