package lostwork

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file looks for deferred calls that do not come about since the program is ended
// where they are pending.

// An exiter tells which calls end the program.
type exiter map[*ssa.Function]bool

// ends reports whether a call ends the program.
func (e exiter) ends(call *ssa.CallCommon) bool {
	fn := call.StaticCallee()
	if fn == nil {
		return false
	}
	if obj, ok := fn.Object().(*types.Func); ok && fn.Blocks == nil {
		switch obj.FullName() {
		case "os.Exit", "syscall.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln",
			"(*log.Logger).Fatal", "(*log.Logger).Fatalf", "(*log.Logger).Fatalln":
			return true
		}
		return false
	}
	v, known := e[fn]
	if !known {
		e[fn] = false // breaks cycles
		v = fn.Blocks != nil && e.onlyExits(fn)
		e[fn] = v
	}
	return v
}

// onlyExits reports whether all ways through a function end the program.
func (e exiter) onlyExits(fn *ssa.Function) bool {
	ends := false
	for _, b := range fn.Blocks {
		switch b.Instrs[len(b.Instrs)-1].(type) {
		case *ssa.Return:
			if b != fn.Recover {
				return false
			}
		case *ssa.Panic:
			if e.exitIn(b.Instrs) == nil {
				return false
			}
			ends = true
		}
	}
	return ends
}

// exitIn returns the first of some instructions that ends the program, nil if none does.
func (e exiter) exitIn(instrs []ssa.Instruction) *ssa.Call {
	for _, instr := range instrs {
		if call, ok := instr.(*ssa.Call); ok && e.ends(&call.Call) {
			return call
		}
	}
	return nil
}

// A skipped call is deferred, and does not come about at some exits.
type skipped struct {
	call   *ssa.Defer
	effect effect
	exits  []*ssa.Call
	// never says that all ways lead to exits.
	never bool
}

// deferred reports the deferred calls of a function that are skipped.
func (c *checker) deferred(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for i, instr := range b.Instrs {
			d, ok := instr.(*ssa.Defer)
			if !ok {
				continue
			}
			e, ok := effectOf(d)
			if !ok {
				continue
			}
			s := skipped{call: d, effect: e, never: true}
			c.follow(&s, b, b.Instrs[i+1:])
			if len(s.exits) > 0 {
				c.report.Report(c.skipped(s))
			}
		}
	}
}

// follow collects the exits to which control comes from behind the deferred call, without
// the same call made by hand.
func (c *checker) follow(s *skipped, b *ssa.BasicBlock, instrs []ssa.Instruction) {
	seen := make(map[*ssa.BasicBlock]bool)
	for work := []*ssa.BasicBlock{b}; len(work) > 0; {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if instrs == nil {
			instrs = b.Instrs
		}
		next := true
		for _, instr := range instrs {
			if call, ok := instr.(*ssa.Call); ok && alike(&call.Call, s) {
				s.never, next = false, false
			} else if ok && c.exits.ends(&call.Call) {
				s.exits, next = append(s.exits, call), false
			}
			if !next {
				break
			}
		}
		instrs = nil
		if !next {
			continue
		}
		if len(b.Succs) == 0 {
			s.never = false
		}
		for _, succ := range b.Succs {
			if !seen[succ] {
				seen[succ] = true
				work = append(work, succ)
			}
		}
	}
	slices.SortFunc(s.exits, func(a, b *ssa.Call) int { return int(a.Pos() - b.Pos()) })
}

// alike reports whether a call does by hand what a deferred one does.
func alike(call *ssa.CallCommon, s *skipped) bool {
	deferred := s.call.Common()
	if call.Value == deferred.Value && len(call.Args) == len(deferred.Args) && !call.IsInvoke() && call.StaticCallee() == nil {
		return true
	}
	fn := call.StaticCallee()
	return fn != nil && (fn == deferred.StaticCallee() || fn == s.effect.call.StaticCallee())
}

// written reports whether something is given the receiver of a call between it and an exit.
func (c *checker) written(s skipped, exit *ssa.Call) bool {
	if s.effect.call != s.call.Common() || len(s.effect.call.Args) == 0 {
		return false
	}
	to := c.paths.Of(s.effect.call.Args[0])
	if !to.IsValid() {
		return false
	}
	for _, b := range s.call.Parent().Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if ok && c.given(&call.Call, to) && control.Reaches(s.call, call) && control.Reaches(call, exit) {
				return true
			}
		}
	}
	return false
}

// given reports whether an argument of a call is what a path leads to.
func (c *checker) given(call *ssa.CallCommon, to access.Path) bool {
	return slices.ContainsFunc(call.Args, func(v ssa.Value) bool {
		if mi, ok := v.(*ssa.MakeInterface); ok {
			v = mi.X
		}
		return c.paths.Of(v) == to
	})
}

// tier is where an exit that skips a call belongs: an exit by which the program says that all
// is well, or that comes in any case, is by mistake; on an error the loss may be meant.
func (c *checker) tier(s skipped) config.Tier {
	e := s.effect
	switch {
	case e.kind == unknown || !e.certain:
		return config.Strict
	case s.never:
		return config.Default
	}
	for _, exit := range s.exits {
		if succeeds(exit) && (e.kind != buffered || c.written(s, exit)) {
			return config.Default
		}
	}
	return config.Strict
}

// succeeds reports whether a call ends the program with the status of success.
func succeeds(exit *ssa.Call) bool {
	if len(exit.Call.Args) != 1 {
		return false
	}
	k, ok := exit.Call.Args[0].(*ssa.Const)
	return ok && k.Value != nil && constant.Compare(k.Value, token.EQL, constant.MakeInt64(0))
}

func (c *checker) skipped(s skipped) diagnostic.Diagnostic {
	exit, fn := s.exits[0], access.Outermost(s.call.Parent())
	for _, e := range s.exits {
		if succeeds(e) {
			exit = e
			break
		}
	}
	name := c.text(exit.Pos())
	msg := message.New("exit", "exit", name, "call", c.text(s.call.Pos()), "place", wording.Place(c.pkg.Fset, s.call.Pos()))
	d := diagnostic.Diagnostic{
		Category: "exit",
		Tier:     c.tier(s),
		Pos:      exit.Pos(),
		Message:  msg.With(message.New(s.effect.kind)),
		Subject:  diagnostic.Subject{Kind: diagnostic.Operation, Name: c.text(s.call.Pos()), Decl: s.call.Pos()},
		Function: fn.RelString(c.pkg.SSA.Pkg.Pkg),
		Related:  []diagnostic.Related{{Role: diagnostic.RoleCall, Pos: s.call.Pos(), Message: message.New("deferred-here")}},
	}
	for _, e := range s.exits {
		if e != exit {
			d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleExit, Pos: e.Pos(), Message: message.New("exits-here")})
		}
	}
	if fix, ok := c.returns(exit); ok {
		d.Fixes = []diagnostic.Fix{fix}
	}
	return d
}

// text is what the call at pos calls, as the source writes it.
func (c *checker) text(pos token.Pos) string {
	call := c.callAt(pos)
	if call == nil {
		return "the call"
	}
	if _, lit := ast.Unparen(call.Fun).(*ast.FuncLit); lit {
		return "function literal"
	}
	return types.ExprString(call.Fun)
}

func (c *checker) callAt(pos token.Pos) *ast.CallExpr {
	for _, n := range syntax.Enclosing(c.files, pos) {
		switch n := n.(type) {
		case *ast.CallExpr:
			return n
		case *ast.DeferStmt:
			return n.Call
		}
	}
	return nil
}

// returns has TestMain leave os.Exit to its caller, which exits with the result of m.Run
// when TestMain has returned.
func (c *checker) returns(exit *ssa.Call) (diagnostic.Fix, bool) {
	fn := exit.Parent()
	call, body := c.callAt(exit.Pos()), syntax.Body(fn.Syntax())
	if fn.Name() != "TestMain" || call == nil || body == nil || len(call.Args) != 1 || len(body.List) == 0 {
		return diagnostic.Fix{}, false
	}
	last, isExpr := body.List[len(body.List)-1].(*ast.ExprStmt)
	run, isCall := ast.Unparen(call.Args[0]).(*ast.CallExpr)
	if !isExpr || !isCall || last.X != call {
		return diagnostic.Fix{}, false
	}
	if sel, ok := run.Fun.(*ast.SelectorExpr); !ok || sel.Sel.Name != "Run" {
		return diagnostic.Fix{}, false
	}
	return diagnostic.Fix{
		Message: message.New("fix-returns"),
		Edits: []analysis.TextEdit{
			{Pos: call.Pos(), End: call.Args[0].Pos()},
			{Pos: call.Args[0].End(), End: call.End()},
		},
	}, true
}
