package timermisuse

import (
	"embed"
	"go/token"
	"go/types"
	"go/version"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

//go:embed doc.go
var docSource string

//go:embed messages/*.json
var messagesFS embed.FS

var catalogue = message.MustLoad(messagesFS, "messages")

// Analyzer is the check.
var Analyzer = &analysis.Analyzer{
	Name:       "timermisuse",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/timermisuse",
	Requires:   []*analysis.Analyzer{config.Analyzer, ssabuild.Analyzer, access.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:   pass,
		paths:  pass.ResultOf[access.Analyzer].(*access.Paths),
		report: diagnostic.NewReporter(pass, catalogue),
	}
	if !imports(pass.Pkg, "time") {
		return c.report.Finish(), nil
	}
	fns := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA).Funcs
	for _, fn := range fns {
		c.drains(fn)
		c.surely(fn)
		if c.report.Tier() == config.Strict {
			c.afters(fn)
			c.kept(fn)
		}
	}
	if c.report.Tier() == config.Strict {
		c.owners(fns)
	}
	return c.report.Finish(), nil
}

func imports(pkg *types.Package, path string) bool {
	for _, p := range pkg.Imports() {
		if p.Path() == path {
			return true
		}
	}
	return false
}

type checker struct {
	pass   *analysis.Pass
	paths  *access.Paths
	report *diagnostic.Reporter
}

// A receive is one from the channel of a timer.
type receive struct {
	instr ssa.Instruction
	timer access.Path
	// block is where control is behind the receive: that of instr, or the body of a case.
	block *ssa.BasicBlock
}

// drains reports the receives of a function that come too late.
func (c *checker) drains(fn *ssa.Function) {
	stops := c.stops(fn)
	if len(stops) == 0 {
		return
	}
	all := c.receives(fn)
	for _, r := range all {
		recv, ok := r.instr.(*ssa.UnOp)
		if !ok {
			continue
		}
		for _, stop := range stops {
			if stop.timer != r.timer || !onlyAfter(stop.call, recv.Block()) {
				continue
			}
			for _, before := range all {
				if before.instr != r.instr && before.timer == r.timer && c.comes(before, stop.call) {
					c.reportDrain(recv, before.instr, stop.call)
					break
				}
			}
		}
	}
}

// A stop is a call of Stop of a timer.
type stop struct {
	call  *ssa.Call
	timer access.Path
}

func (c *checker) stops(fn *ssa.Function) []stop {
	var list []stop
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			op, ok := syncapi.Classify(&call.Call, c.paths)
			if ok && op.Kind == syncapi.TimerStop && len(call.Call.Args) == 1 {
				if p := c.paths.Of(call.Call.Args[0]); p.Exact() {
					list = append(list, stop{call, p})
				}
			}
		}
	}
	return list
}

// receives lists the receives from channels of timers in a function.
func (c *checker) receives(fn *ssa.Function) []receive {
	var list []receive
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch i := instr.(type) {
			case *ssa.UnOp:
				if t, ok := c.timerOf(i.X); ok && i.Op == token.ARROW {
					list = append(list, receive{i, t, b})
				}
			case *ssa.Select:
				for k, st := range i.States {
					if t, ok := c.timerOf(st.Chan); ok && st.Dir == types.RecvOnly {
						for _, br := range control.Chosen(i, k) {
							list = append(list, receive{i, t, br.Succs[0]})
						}
					}
				}
			}
		}
	}
	return list
}

// timerOf returns the path of the timer whose field C the channel is.
func (c *checker) timerOf(ch ssa.Value) (access.Path, bool) {
	load, ok := ch.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return access.Path{}, false
	}
	fa, ok := load.X.(*ssa.FieldAddr)
	if !ok {
		return access.Path{}, false
	}
	f := access.FieldVar(fa.X.Type(), fa.Field)
	if f == nil || f.Pkg() == nil || f.Pkg().Path() != "time" || f.Name() != "C" {
		return access.Path{}, false
	}
	p := c.paths.Of(fa.X)
	return p, p.Exact()
}

// onlyAfter reports whether control comes to a block just because a call of Stop returned
// false.
func onlyAfter(call *ssa.Call, b *ssa.BasicBlock) bool {
	if len(b.Preds) != 1 {
		return false
	}
	br, ok := b.Preds[0].Instrs[len(b.Preds[0].Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	cond, no := br.Cond, 1
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		cond, no = not.X, 0
	}
	return cond == call && b.Preds[0].Succs[no] == b && b.Preds[0].Succs[1-no] != b
}

// comes reports whether control goes from a receive to a call of Stop with the timer as it
// is.
func (c *checker) comes(r receive, call *ssa.Call) bool {
	seen := make(map[*ssa.BasicBlock]bool)
	work := []*ssa.BasicBlock{r.block}
	if _, ok := r.instr.(*ssa.UnOp); ok {
		if control.Dominates(r.instr, call) && r.block == call.Block() {
			return !c.renews(r, r.block, r.instr, call)
		}
		if c.renews(r, r.block, r.instr, nil) {
			return false
		}
		work = append(work[:0], r.block.Succs...)
	}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[b] {
			continue
		}
		seen[b] = true
		if b == call.Block() {
			if !c.renews(r, b, nil, call) {
				return true
			}
			continue
		}
		if !c.renews(r, b, nil, nil) && !remembers(b) {
			work = append(work, b.Succs...)
		}
	}
	return false
}

// remembers reports whether a block ends with a branch on a variable as it is, or compared for
// equality with a constant: it may say whether the timer is to be stopped.
func remembers(b *ssa.BasicBlock) bool {
	br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	cond := br.Cond
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		cond = not.X
	}
	if cmp, ok := cond.(*ssa.BinOp); ok && (cmp.Op == token.EQL || cmp.Op == token.NEQ) {
		if _, ok := cmp.Y.(*ssa.Const); ok {
			cond = cmp.X
		}
	}
	switch v := cond.(type) {
	case *ssa.Phi:
		return true
	case *ssa.UnOp:
		return v.Op == token.MUL
	}
	return false
}

// renews reports whether a block, between two instructions if they are not nil, starts the
// timer anew, or may do it: by Reset, by an assignment, or by a call that is given what leads
// to it.
func (c *checker) renews(r receive, b *ssa.BasicBlock, after, before ssa.Instruction) bool {
	for _, instr := range b.Instrs[slices.Index(b.Instrs, after)+1:] {
		if instr == before {
			return false
		}
		if v, ok := instr.(ssa.Value); ok && v == r.timer.Root().Value {
			return true
		}
		switch i := instr.(type) {
		case *ssa.Store:
			if p := c.paths.Of(i.Addr); r.timer.HasPrefix(p) {
				return true
			}
		case ssa.CallInstruction:
			if op, ok := syncapi.Classify(i.Common(), c.paths); ok {
				if op.Kind == syncapi.TimerReset || op.Kind == syncapi.TimerNew {
					return true
				}
				continue
			}
			if c.given(r, i.Common()) {
				return true
			}
		}
	}
	return false
}

// given reports whether a call is given the timer or what leads to it, as an argument or a captured
// variable.
func (c *checker) given(r receive, call *ssa.CallCommon) bool {
	vals := append([]ssa.Value{call.Value}, call.Args...)
	if mc, ok := call.Value.(*ssa.MakeClosure); ok {
		vals = append(vals, mc.Bindings...)
	}
	for _, v := range vals {
		p := c.paths.Of(v)
		if p.Root() == r.timer.Root() {
			return true
		}
	}
	return false
}

func (c *checker) reportDrain(recv *ssa.UnOp, before ssa.Instruction, call *ssa.Call) {
	on := wording.Operand(c.pass.Files, recv.Pos())
	if on == "" {
		on = "the timer"
	}
	c.report.Report(diagnostic.Diagnostic{
		Category: "drained",
		Pos:      recv.Pos(),
		Message: message.New("drained", "func", wording.Func(access.Outermost(recv.Parent())), "on", on,
			"received", wording.Place(c.pass.Fset, before.Pos())),
		Subject:  diagnostic.Subject{Kind: diagnostic.Operation, Name: on},
		Function: access.Outermost(recv.Parent()).RelString(c.pass.Pkg),
		Related: []diagnostic.Related{
			{Role: diagnostic.RoleBlock, Pos: before.Pos(), Message: message.New("received-here")},
			{Role: diagnostic.RoleCall, Pos: call.Pos(), Message: message.New("stopped-here")},
		},
	})
}

// afters reports calls of time.After in loops, for a language version that keeps the timers.
func (c *checker) afters(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		if !control.Behind(b, b, nil) {
			continue
		}
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			callee := call.Call.StaticCallee()
			if callee == nil || callee.Pkg == nil || callee.Pkg.Pkg.Path() != "time" || callee.Name() != "After" || !c.keepsTimers(call.Pos()) {
				continue
			}
			c.report.Report(diagnostic.Diagnostic{
				Category: "after-in-loop",
				Tier:     config.Strict,
				Pos:      call.Pos(),
				Message:  message.New("after-in-loop"),
				Subject:  diagnostic.Subject{Kind: diagnostic.Operation, Name: "time.After"},
				Function: access.Outermost(fn).RelString(c.pass.Pkg),
			})
		}
	}
}

// keepsTimers reports whether a file is of a language version before Go 1.23.
func (c *checker) keepsTimers(pos token.Pos) bool {
	for _, f := range c.pass.Files {
		if f.FileStart <= pos && pos < f.FileEnd {
			v := c.pass.TypesInfo.FileVersions[f]
			return v != "" && version.Compare(v, "go1.23") < 0
		}
	}
	return false
}
