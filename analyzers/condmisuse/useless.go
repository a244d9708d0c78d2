package condmisuse

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file is about signals and conditions that do not belong together: a condition
// that nothing changes, a signal that comes without a change, and Signal where those
// who wait look at different things.

// checkUnchanged reports the waits of cond whose condition nothing changes, so that
// who begins to wait never ends.
func (c *checker) checkUnchanged(cond *cond) {
	for _, w := range cond.waits {
		for _, test := range c.conditionsOf(w) {
			if !test.open && len(test.leaves) > 0 && !slices.ContainsFunc(test.leaves, func(l leaf) bool { return c.mayChange(test, l) }) {
				c.reportUnchanged(test)
				break
			}
		}
	}
}

// mayChange reports whether what a condition looks at may change once the loop of
// that condition has begun.
func (c *checker) mayChange(test *condition, l leaf) bool {
	return !c.closed(l) || slices.ContainsFunc(c.changes.of(l), func(ch *change) bool {
		return ch.instr.Parent() == test.at.Parent() || !c.private(ch)
	})
}

// closed reports whether all changes of a leaf are seen.
func (c *checker) closed(l leaf) bool {
	p := l.place()
	switch {
	case l.kind != memory || c.partial || c.changes.vaguePlaces[p] || l.path.Last().Kind == access.Deref:
		return false
	case p.Var != nil && (p.Var.Pkg() != c.pass.Pkg || c.exported[p.Var] || isMap(p.Var.Type())):
		return false
	}
	for t := range c.changes.vagueTypes {
		if p.Var != nil && hasField(t, p.Var, 0) {
			return false
		}
	}
	return true
}

func isMap(t types.Type) bool {
	_, ok := t.Underlying().(*types.Map)
	return ok
}

// hasField reports whether a value of type t has the field f, itself or in one of
// its fields.
func hasField(t types.Type, f *types.Var, depth int) bool {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for g := range u.Fields() {
			if g.Origin() == f || depth < maxDepth && hasField(g.Type(), f, depth+1) {
				return true
			}
		}
	case *types.Array:
		return depth < maxDepth && hasField(u.Elem(), f, depth+1)
	}
	return false
}

// checkNotices reports, for the strict tier, the signals of cond before which
// nothing has changed that those who wait look at, and calls of Signal where they
// look at different things: it may wake one that finds nothing changed, and the
// one that it was for sleeps on.
func (c *checker) checkNotices(cond *cond) {
	var tests []*condition
	for _, w := range cond.waits {
		of := c.conditionsOf(w)
		if of == nil {
			return
		}
		tests = append(tests, of...)
	}
	if len(tests) == 0 {
		return
	}
	other := slices.IndexFunc(tests, func(t *condition) bool { return t.shape(c) != tests[0].shape(c) && t.own() && tests[0].own() })
	closed := !slices.ContainsFunc(tests, func(t *condition) bool {
		return t.open || slices.ContainsFunc(t.leaves, func(l leaf) bool { return !c.closed(l) })
	})
	for _, sig := range cond.calls {
		op, _ := syncapi.Classify(sig.Common(), c.locks.Paths)
		if op.Kind == syncapi.CondSignal && other > 0 {
			c.reportSeveral(sig, tests[0], tests[other])
			continue
		}
		s := &changeSearch{c: c, tests: tests, changes: make(map[*ssa.Function]bool), asked: make(map[*ssa.Function]bool)}
		if closed && !s.before(sig) {
			c.reportNoChange(sig, tests[0])
		}
	}
}

// own reports whether the loop is in the function that waits.
func (t *condition) own() bool { return t.at == ssa.Instruction(t.wait.call) }

// shape says what a condition tests, in a way in which two that are equal test the
// same.
func (t *condition) shape(c *checker) string {
	var parts []string
	for _, br := range t.tests {
		parts = append(parts, c.shapeOfTest(br.Cond, t.waits(br)))
	}
	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), ";")
}

// shapeOfTest is that of "v is waits": !a being false, say, is a being true.
func (c *checker) shapeOfTest(v ssa.Value, waits bool) string {
	v = c.locks.Paths.Origin(v)
	switch v := v.(type) {
	case *ssa.UnOp:
		if v.Op == token.NOT {
			return c.shapeOfTest(v.X, !waits)
		}
	case *ssa.BinOp:
		op, x, y := v.Op, v.X, v.Y
		if constantOf(x) != nil {
			op, x, y = mirrored(op), y, x
		}
		if !waits {
			op = negated(op)
		}
		return c.shapeOf(x, 0) + op.String() + c.shapeOf(y, 0)
	}
	return fmt.Sprint(waits, c.shapeOf(v, 0))
}

func (c *checker) shapeOf(v ssa.Value, depth int) string {
	v = c.locks.Paths.Origin(v)
	if depth > 2*maxDepth {
		return "…"
	}
	switch v := v.(type) {
	case *ssa.Const:
		return v.String()
	case *ssa.UnOp:
		if v.Op == token.MUL {
			if addr, ok := loadedFrom(c.locks.Paths.Of(v)); ok && addr.Place().Known() {
				p := addr.Place()
				return fmt.Sprint(p.Decl())
			}
			return "?"
		}
		return v.Op.String() + c.shapeOf(v.X, depth+1)
	case *ssa.BinOp:
		return "(" + c.shapeOf(v.X, depth+1) + v.Op.String() + c.shapeOf(v.Y, depth+1) + ")"
	case *ssa.Convert:
		return c.shapeOf(v.X, depth+1)
	case *ssa.Call:
		var args []string
		for _, arg := range v.Call.Args {
			if p := c.locks.Paths.Of(arg).Place(); p.Known() {
				args = append(args, fmt.Sprint(p.Decl()))
			} else {
				args = append(args, c.shapeOf(arg, depth+1))
			}
		}
		name := v.Call.Value.Name()
		if fn := v.Call.StaticCallee(); fn != nil {
			name = fn.String()
		}
		return name + "(" + strings.Join(args, ",") + ")"
	}
	return "?"
}

// A changeSearch looks for what changed before a signal.
type changeSearch struct {
	c       *checker
	tests   []*condition
	changes map[*ssa.Function]bool // whether a function may change something
	asked   map[*ssa.Function]bool // whose callers were asked
}

// before reports whether something may have changed before instr, in its function
// or in one that calls it.
func (s *changeSearch) before(instr ssa.Instruction) bool {
	fn := instr.Parent()
	_, deferred := instr.(*ssa.Defer)
	for _, b := range fn.Blocks {
		for _, other := range b.Instrs {
			if other != instr && s.isChange(other) && (deferred || control.Reaches(other, instr)) {
				return true
			}
		}
	}
	if s.asked[fn] {
		return false
	}
	s.asked[fn] = true
	calls, all := s.c.locks.Callers(fn)
	for _, call := range calls {
		if s.before(call.Instr) {
			return true
		}
	}
	return !all && !isAPI(fn)
}

// isChange reports whether instr may change what one of the conditions looks at.
func (s *changeSearch) isChange(instr ssa.Instruction) bool {
	for _, t := range s.tests {
		for _, l := range t.leaves {
			if slices.ContainsFunc(s.c.changes.of(l), func(ch *change) bool { return ch.instr == instr }) {
				return true
			}
		}
	}
	call, ok := instr.(ssa.CallInstruction)
	if !ok {
		return false
	}
	common := call.Common()
	if _, ok := common.Value.(*ssa.Builtin); ok {
		return false
	}
	if op, ok := syncapi.Classify(common, s.c.locks.Paths); ok {
		if op.Callback == nil {
			return false
		}
		common = &ssa.CallCommon{Value: op.Callback}
	}
	if callee := s.c.locks.Callee(common); callee != nil {
		return s.mayChange(callee)
	}
	fn := common.StaticCallee()
	return fn == nil || slices.ContainsFunc(common.Args, func(arg ssa.Value) bool {
		_, isFunc := arg.Type().Underlying().(*types.Signature)
		return isFunc || types.IsInterface(arg.Type())
	})
}

func (s *changeSearch) mayChange(fn *ssa.Function) bool {
	if got, ok := s.changes[fn]; ok {
		return got
	}
	s.changes[fn] = false // of a recursive call
	for _, b := range fn.Blocks {
		if slices.ContainsFunc(b.Instrs, s.isChange) {
			s.changes[fn] = true
			break
		}
	}
	return s.changes[fn]
}
