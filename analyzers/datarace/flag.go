package datarace

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/guard"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file finds loops that wait for a field or package-level variable to change,
// and do nothing by which they could ever see it: since nothing in the loop
// changes the variable, another goroutine has to, whoever starts it. So the loop
// is its own evidence of concurrency, and methods that only other packages call can
// be judged, which the explorations of goroutines leave out.

// A poll is such a loop.
type poll struct {
	guard.Access // the read in its condition
	loop         *control.Loop
}

// flags reports the loops of the package that wait for an unsynchronised flag.
func (s *search) flags(fns []*ssa.Function, paths *access.Paths, engine *guard.Result) {
	polls := make(map[*types.Var][]poll)
	for _, fn := range fns {
		for _, p := range pollsOf(fn, paths) {
			polls[p.Var] = append(polls[p.Var], p)
		}
	}
	if len(polls) == 0 {
		return
	}
	judge := engine.Judge()
	for v, all := range guard.ByVariable(judge.Accesses(func(v *types.Var) bool { return polls[v] != nil })) {
		for _, p := range polls[v] {
			s.flag(p, all, judge, paths)
		}
	}
}

// flag reports one such loop, of whose variable all are the accesses.
func (s *search) flag(p poll, all []guard.Access, judge *guard.Judge, paths *access.Paths) {
	if len(judge.HeldBefore(p.Instr)) > 0 || judge.Excused(p.Instr) || judge.Generated(p.Instr) || judge.InTest(p.Instr.Parent()) {
		return
	}
	way, ok := judge.Reached(p.Instr, p.Object)
	if !ok || !blind(p, all, paths) {
		return
	}
	w := guard.Violation{Access: p.Access, Way: way}
	for _, a := range all {
		if a.Use != guard.Writes || judge.InTest(a.Instr.Parent()) || judge.Excused(a.Instr) {
			continue
		}
		if meets, _ := judge.MayMeet(a, w); meets {
			s.reportFlag(judge, w, a)
			return
		}
	}
}

// pollsOf finds the loops of a function whose condition is a field or package-level
// variable, perhaps negated or compared with a constant.
func pollsOf(fn *ssa.Function, paths *access.Paths) []poll {
	var all []poll
	var loops []*control.Loop
	for _, b := range fn.Blocks {
		br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		load := condition(br.Cond)
		if load == nil || load.Block() != b {
			continue
		}
		if loops == nil {
			loops = control.Loops(fn)
		}
		loop := loops[b.Index]
		if loop == nil || loop.Exits != 1 || loop.Has(b.Succs[0]) && loop.Has(b.Succs[1]) {
			continue // something else ends the loop
		}
		a := guard.Access{Instr: load, Use: guard.Reads}
		if a.Var, a.Object = paths.Variable(load.X); a.Var == nil {
			continue
		}
		if addr, ok := load.X.(*ssa.FieldAddr); ok {
			a.Instr = addr
		}
		// An object that the loop chooses anew may be another one each time.
		if made, ok := a.Object.Root().Value.(ssa.Instruction); !a.Object.Exact() || ok && loop.Has(made.Block()) {
			continue
		}
		all = append(all, poll{a, loop})
	}
	return all
}

// condition returns the load that a condition is of, nil if it is anything else.
func condition(v ssa.Value) *ssa.UnOp {
	switch v := v.(type) {
	case *ssa.UnOp:
		switch v.Op {
		case token.MUL:
			return v
		case token.NOT:
			return condition(v.X)
		}
	case *ssa.BinOp:
		if _, ok := v.Y.(*ssa.Const); ok {
			return condition(v.X)
		}
	}
	return nil
}

// blind reports whether nothing in the loop changes the variable or synchronises
// with anybody, as far as the package tells.
func blind(p poll, all []guard.Access, paths *access.Paths) bool {
	changes := make(map[*ssa.Function]bool)
	for _, a := range all {
		if a.Use != guard.Reads {
			if a.Instr.Parent() == p.Instr.Parent() && p.loop.Has(a.Instr.Block()) {
				return false
			}
			changes[a.Instr.Parent()] = true
		}
	}
	seen := make(map[*ssa.Function]bool)
	var quiet func(blocks []*ssa.BasicBlock) bool
	quiet = func(blocks []*ssa.BasicBlock) bool {
		for _, b := range blocks {
			for _, instr := range b.Instrs {
				switch i := instr.(type) {
				case *ssa.Send, *ssa.Select, *ssa.Go, *ssa.Defer, *ssa.RunDefers:
					return false
				case *ssa.UnOp:
					if i.Op == token.ARROW {
						return false
					}
				case *ssa.Call:
					if _, ok := i.Call.Value.(*ssa.Builtin); ok {
						continue
					}
					if op, ok := syncapi.Classify(&i.Call, paths); ok {
						if op.Kind == syncapi.Sleep {
							continue
						}
						return false
					}
					fn := i.Call.StaticCallee()
					switch {
					case fn == nil:
						return false
					case fn.Pkg != nil && harmless(fn.Pkg.Pkg.Path()):
					case fn.Blocks == nil || changes[fn]:
						return false
					case !seen[fn]:
						seen[fn] = true
						if !quiet(fn.Blocks) {
							return false
						}
					}
				}
			}
		}
		return true
	}
	return quiet(p.loop.Blocks)
}

// harmless reports whether a package neither calls back nor orders goroutines in a
// way that a program may rely on.
func harmless(path string) bool {
	switch path {
	case "bytes", "errors", "fmt", "math", "math/rand", "runtime", "sort", "strconv", "strings", "time":
		return true
	}
	return false
}

func (s *search) reportFlag(judge *guard.Judge, w guard.Violation, write guard.Access) {
	name := judge.Text(w.Access)
	meeting := judge.Meeting(write, w)
	d := diagnostic.Diagnostic{
		Category:   "flag",
		Confidence: diagnostic.Medium,
		Pos:        w.Instr.Pos(),
		Message: message.New("flag", "func", wording.Func(w.Instr.Parent()), "variable", name,
			"other", wording.Func(write.Instr.Parent()), "place", s.place(write.Instr.Pos())),
		Subject:    diagnostic.Subject{Kind: diagnostic.Variable, Name: name, Decl: w.Var.Pos()},
		Function:   access.Outermost(w.Instr.Parent()).RelString(s.pkg.SSA.Pkg.Pkg),
		Operations: []token.Pos{write.Instr.Pos()},
		Related:    []diagnostic.Related{{Role: diagnostic.RoleWrite, Pos: write.Instr.Pos(), Message: message.New("written-here")}},
	}
	d.Related = append(d.Related, meeting.Related()...)
	for _, c := range w.Way.Calls {
		if c.Spawns {
			d.Related = append(d.Related, diagnostic.Related{Role: diagnostic.RoleSpawn, Pos: c.Instr.Pos(), Message: message.New("started-here")})
		}
	}
	s.report.Report(d)
}
