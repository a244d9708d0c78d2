package condmisuse

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// A condition is what the loop around a wait tests each time that it is woken.
// It is computed from branches in the loop that decide whether to wait again: what
// they load, and what functions of the package load that they call.
type condition struct {
	cond   access.Path     // the condition variable, where the loop is
	at     ssa.Instruction // the wait, or the call of a function that waits
	wait   wait
	leaves []leaf
	tests  []*ssa.If
	// open is set if it depends on more than leaves tell: on a call that is not
	// followed, such as of time.Now or of an interface's method.
	open bool
}

// A leafKind is how what a condition looks at can change.
type leafKind uint8

const (
	memory  leafKind = iota // by assignment, or of a map by the assignment to an element
	channel                 // by a send or a close
	done                    // a context, by its cancellation
)

// A leaf is one thing that a condition looks at.
type leaf struct {
	kind leafKind
	path access.Path // the address of the variable; of a context, the context
	// test is the branch, if it looks at the leaf itself and at nothing else but
	// constants; waits is the way that it then takes to wait.
	test  *ssa.If
	waits bool
}

func (l leaf) place() access.Place { return l.path.Place() }

// conditionsOf returns the conditions of w: that of the loop around it, or those
// of the loops around the calls of the function that waits.
func (c *checker) conditionsOf(w wait) []*condition {
	return c.conditionsAt(w, w.call, w.path, 0)
}

func (c *checker) conditionsAt(w wait, at ssa.Instruction, path access.Path, depth int) []*condition {
	if head := lockset.InnermostLoop(at.Block()); head != nil {
		cond := &condition{cond: path, at: at, wait: w}
		c.addTests(cond, head)
		if cond.tests != nil {
			return []*condition{cond}
		}
		return nil
	}
	if depth >= maxDepth {
		return nil
	}
	var list []*condition
	fn := at.Parent()
	calls, _ := c.locks.Callers(fn)
	for _, call := range calls {
		instr, ok := call.Instr.(*ssa.Call)
		if !ok || call.Spawns {
			continue
		}
		if p, ok := c.locks.Paths.Rebase(path, fn, c.calls(&instr.Call)); ok {
			list = append(list, c.conditionsAt(w, instr, p, depth+1)...)
		}
	}
	return list
}

// addTests adds the branches in the loop with the given head that decide whether to
// wait again. Where locks are held at the wait, only branches under one of them
// count: what was seen before is out of date anyway.
func (c *checker) addTests(cond *condition, head *ssa.BasicBlock) {
	held := c.locks.HeldBefore(cond.at).Must()
	for _, b := range head.Parent().Blocks {
		br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok || !lockset.InLoop(b, head) || !changeable(br.Cond) {
			continue
		}
		under := held == nil || slices.ContainsFunc(c.locks.HeldBefore(br).Must(), func(l lockset.Lock) bool { return slices.Contains(held, l) })
		switch {
		case under && decides(b, cond.at.Block()):
			cond.tests = append(cond.tests, br)
			c.test(cond, br)
		case slices.ContainsFunc(b.Succs, func(s *ssa.BasicBlock) bool { return !lockset.InLoop(s, head) }):
			cond.open = true
		}
	}
}

// test adds what a branch looks at.
func (c *checker) test(cond *condition, br *ssa.If) {
	s := looker{c: c, cond: cond, seen: make(map[ssa.Value]bool)}
	s.look(br.Cond, nil)
	if len(s.leaves) == 1 && !s.calls {
		s.leaves[0].test, s.leaves[0].waits = br, cond.waits(br)
	}
	cond.leaves = append(cond.leaves, s.leaves...)
}

// waits is the way that a test takes to wait.
func (cond *condition) waits(br *ssa.If) bool {
	return control.From(br.Block().Succs[0], cond.at.Block(), br.Block())
}

// A looker finds what a value is computed from.
type looker struct {
	c      *checker
	cond   *condition
	seen   map[ssa.Value]bool
	leaves []leaf
	calls  bool // it looks into functions
}

// A frame is a call that the looker is in.
type frame struct {
	callee *ssa.Function
	call   *ssa.CallCommon
	up     *frame
	depth  int
}

// add adds a leaf at a path of the function that the looker is in.
func (s *looker) add(kind leafKind, p access.Path, f *frame) {
	for ; f != nil; f = f.up {
		var ok bool
		if p, ok = s.c.locks.Paths.Rebase(p, f.callee, f.call); !ok {
			s.cond.open = true
			return
		}
	}
	if kind != done && (!p.Place().Known() || !p.Exact()) {
		s.cond.open = true
		return
	}
	for _, l := range s.leaves {
		if l.kind == kind && l.path == p {
			return
		}
	}
	s.leaves = append(s.leaves, leaf{kind: kind, path: p})
}

// value adds the variable that v was loaded from.
func (s *looker) value(kind leafKind, v ssa.Value, f *frame) {
	if addr, ok := loadedFrom(s.c.locks.Paths.Of(v)); ok {
		s.add(kind, addr, f)
		return
	}
	s.cond.open = true
}

// look adds what v is computed from.
func (s *looker) look(v ssa.Value, f *frame) {
	v = s.c.locks.Paths.Origin(v)
	if s.seen[v] {
		return
	}
	if s.seen[v] = true; len(s.seen) > maxValues {
		s.cond.open = true
		return
	}
	switch v := v.(type) {
	case *ssa.Const, *ssa.Global, *ssa.Function, *ssa.Alloc, *ssa.FreeVar:
	case *ssa.Parameter:
		s.parameter(v, f)
	case *ssa.UnOp:
		switch v.Op {
		case token.MUL:
			s.value(memory, v, f)
		case token.ARROW:
			s.cond.open = true
		default:
			s.look(v.X, f)
		}
	case *ssa.BinOp:
		s.look(v.X, f)
		s.look(v.Y, f)
	case *ssa.Convert:
		s.look(v.X, f)
	case *ssa.Field:
		s.value(memory, v, f)
	case *ssa.Lookup:
		s.look(v.X, f)
		s.look(v.Index, f)
	case *ssa.Extract:
		switch t := v.Tuple.(type) {
		case *ssa.Lookup, *ssa.Select, *ssa.Call:
			s.look(t, f)
		case *ssa.TypeAssert:
			s.look(t.X, f)
		default:
			s.cond.open = true
		}
	case *ssa.Phi:
		s.phi(v, f)
	case *ssa.Select:
		s.selects(v, f)
	case *ssa.Call:
		s.call(v, f)
	default:
		s.cond.open = true
	}
}

// parameter looks at the argument of the call that the looker is in. What the loop's
// function was given nobody can change, unless it leads to something that is
// looked at too.
func (s *looker) parameter(p *ssa.Parameter, f *frame) {
	if f == nil {
		return
	}
	for i, param := range f.callee.Params {
		if param == p && i < len(f.call.Args) {
			s.look(f.call.Args[i], f.up)
		}
	}
}

// phi looks at what is chosen from, and, of what && and || make, at what chooses.
func (s *looker) phi(v *ssa.Phi, f *frame) {
	for i, edge := range v.Edges {
		s.look(edge, f)
		pred := v.Block().Preds[i]
		if br, ok := pred.Instrs[len(pred.Instrs)-1].(*ssa.If); ok && control.IsBool(v.Type()) {
			s.look(br.Cond, f)
		}
	}
}

func (s *looker) selects(v *ssa.Select, f *frame) {
	if v.Blocking {
		s.cond.open = true
		return
	}
	for _, st := range v.States {
		if st.Dir != types.RecvOnly {
			s.cond.open = true
			continue
		}
		ch := s.c.locks.Paths.Origin(st.Chan)
		if call, ok := ch.(*ssa.Call); ok {
			if op, _ := syncapi.Classify(&call.Call, s.c.locks.Paths); op.Kind == syncapi.ContextDone {
				s.add(done, op.Path(s.c.locks.Paths), f)
				continue
			}
		}
		s.value(channel, ch, f)
	}
}

func (s *looker) call(v *ssa.Call, f *frame) {
	paths := s.c.locks.Paths
	if b, ok := v.Call.Value.(*ssa.Builtin); ok {
		switch b.Name() {
		case "len", "cap", "min", "max":
			for _, arg := range v.Call.Args {
				if _, ok := arg.Type().Underlying().(*types.Chan); ok {
					s.value(channel, s.c.locks.Paths.Origin(arg), f)
					continue
				}
				s.look(arg, f)
			}
			return
		}
		s.cond.open = true
		return
	}
	if op, ok := syncapi.Classify(&v.Call, paths); ok {
		switch op.Kind {
		case syncapi.AtomicLoad, syncapi.AtomicRMW, syncapi.AtomicCAS:
			s.add(memory, atomicPath(op, paths), f)
		case syncapi.ContextErr:
			on := op.On
			if on == nil && len(op.Args) > 0 {
				on = op.Args[0]
			}
			s.add(done, paths.Of(on), f)
		default:
			s.cond.open = true
		}
		return
	}
	callee := s.c.locks.Callee(&v.Call)
	if callee == nil || len(callee.Blocks) == 0 || f != nil && f.depth >= maxDepth {
		s.cond.open = true
		return
	}
	s.calls = true
	in := &frame{callee: callee, call: &v.Call, up: f}
	if f != nil {
		in.depth = f.depth + 1
	}
	for _, b := range callee.Blocks {
		switch last := b.Instrs[len(b.Instrs)-1].(type) {
		case *ssa.If:
			s.look(last.Cond, in)
		case *ssa.Return:
			for _, r := range last.Results {
				s.look(r, in)
			}
		}
	}
}

// atomicPath is the address that an operation of sync/atomic works on.
func atomicPath(op syncapi.Op, paths *access.Paths) access.Path {
	if op.On != nil {
		return op.Path(paths)
	}
	if len(op.Args) > 0 {
		return paths.Of(op.Args[0])
	}
	return access.Path{}
}
