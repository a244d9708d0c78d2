package condmisuse

import (
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file words what was found about changes and signals.

func (c *checker) reportLost(cond *cond, test *condition, l leaf, ch *change, sig ssa.Instruction, tier config.Tier) {
	w := test.wait
	key := message.Key("lost")
	if l.kind == done {
		key = "lost-cancel"
	}
	what := c.changedText(l, ch)
	waiter := wording.FuncBeside(w.call.Parent(), ch.instr.Parent())
	tested := testPos(test, l)
	d := diagnostic.Diagnostic{
		Category: "lost-signal",
		Tier:     tier,
		Pos:      ch.pos,
		Message: message.New(key,
			"func", wording.FuncBeside(ch.instr.Parent(), w.call.Parent()), "what", what, "signal", c.signalText(sig), "signalled", c.place(sig.Pos()),
			"lock", c.lockText(cond, w), "waiter", waiter, "tested", c.place(tested)),
		Subject:    diagnostic.Subject{Kind: diagnostic.Operation, Name: c.condText(w), Decl: c.conds.placeOf(w.path).Decl()},
		Function:   ch.instr.Parent().RelString(c.pass.Pkg),
		Operations: []token.Pos{sig.Pos(), w.call.Pos()},
		Related: []diagnostic.Related{
			{Role: diagnostic.RoleRead, Pos: tested, Message: message.New("tested-here", "what", what, "waiter", waiter)},
			{Role: diagnostic.RoleBlock, Pos: w.call.Pos(), Message: message.New("waits-here", "func", waiter, "cond", c.condText(w))},
		},
	}
	if sig != ch.instr {
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleCall, Pos: sig.Pos(), Message: message.New("signalled-here", "cond", c.condText(w))})
	}
	c.reporter.Report(d)
}

func (c *checker) reportUnchanged(test *condition) {
	w := test.wait
	var what []string
	for _, l := range test.leaves {
		what = append(what, strings.TrimPrefix(c.locks.Paths.Text(l.path), "*"))
	}
	d := c.diagnostic(w, "no-change", message.New("unchanged", "func", wording.Func(w.call.Parent()), "cond", c.condText(w), "what", strings.Join(slices.Compact(what), ", ")))
	for _, l := range test.leaves {
		if pos := l.place().Decl(); pos.IsValid() {
			d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleDeclared, Pos: pos, Message: message.New("never-changed")})
		}
	}
	c.reporter.Report(d)
}

func (c *checker) reportNoChange(sig ssa.CallInstruction, test *condition) {
	c.reportSignal(sig, "idle-signal", "idle-signal", test)
}

func (c *checker) reportSeveral(sig ssa.CallInstruction, one, other *condition) {
	c.reportSignal(sig, "several-conditions", "several-conditions", one, other)
}

func (c *checker) reportSignal(sig ssa.CallInstruction, category string, key message.Key, tests ...*condition) {
	w := tests[0].wait
	args := []string{"func", wording.Func(sig.Parent()), "signal", c.signalText(sig), "cond", c.condText(w), "tested", c.place(testPos(tests[0], leaf{}))}
	if len(tests) > 1 {
		args = append(args, "other", c.place(testPos(tests[1], leaf{})))
	}
	d := diagnostic.Diagnostic{
		Category: category,
		Tier:     config.Strict,
		Pos:      sig.Pos(),
		Message:  message.New(key, args...),
		Subject:  diagnostic.Subject{Kind: diagnostic.Operation, Name: c.condText(w), Decl: c.conds.placeOf(w.path).Decl()},
		Function: sig.Parent().RelString(c.pass.Pkg),
	}
	for _, t := range tests {
		d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleBlock, Pos: t.wait.call.Pos(),
			Message: message.New("waits-here", "func", wording.Func(t.wait.call.Parent()), "cond", c.condText(t.wait))})
	}
	c.reporter.Report(d)
}

// testPos is where a condition looks at a leaf, or else where it looks first.
func testPos(test *condition, l leaf) token.Pos {
	for _, br := range append([]*ssa.If{l.test}, test.tests...) {
		if br != nil {
			if pos := br.Cond.Pos(); pos.IsValid() {
				return pos
			}
		}
	}
	return test.at.Pos()
}

// changedText names what was changed.
func (c *checker) changedText(l leaf, ch *change) string {
	if l.kind == done {
		if _, result := l.path.Root().Value.(*ssa.Extract); result {
			return "the context" // it may have several names
		}
		return strings.TrimPrefix(c.locks.Paths.Text(l.path), "*")
	}
	return strings.TrimPrefix(c.locks.Paths.Text(ch.path), "*")
}

// signalText says how the condition variable is signalled.
func (c *checker) signalText(sig ssa.Instruction) string {
	if call, ok := sig.(ssa.CallInstruction); ok {
		op, _ := syncapi.Classify(call.Common(), c.locks.Paths)
		if op.Callback != nil {
			op, _ = syncapi.ClassifyValue(op.Callback, c.locks.Paths)
		}
		if op.Kind == syncapi.CondSignal {
			return "Signal"
		}
	}
	return "Broadcast"
}

// lockText names the lock of a condition variable where it is waited for.
func (c *checker) lockText(cond *cond, w wait) string {
	for _, h := range c.locks.HeldBefore(w.call) {
		if c.mayBeLock(cond, h.Path) {
			return strings.TrimPrefix(c.locks.Paths.Text(h.Path), "*")
		}
	}
	return c.condText(w) + ".L"
}

func (c *checker) place(pos token.Pos) string { return wording.Place(c.pass.Fset, pos) }
