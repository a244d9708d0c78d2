package wrongunlock

import (
	"embed"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

//go:embed doc.go
var docSource string

//go:embed messages/*.json
var messagesFS embed.FS

var catalogue = message.MustLoad(messagesFS, "messages")

// Analyzer is the check.
var Analyzer = &analysis.Analyzer{
	Name:       "wrongunlock",
	Doc:        lesson.Doc(docSource),
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/wrongunlock",
	Requires:   []*analysis.Analyzer{config.Analyzer, ssabuild.Analyzer, lockset.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	reporter := diagnostic.NewReporter(pass, catalogue)
	src := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA)
	c := &checker{pass: pass, reporter: reporter, locks: pass.ResultOf[lockset.Analyzer].(*lockset.Result)}
	for _, fn := range src.Funcs {
		if flow := c.locks.Flow(fn); flow != nil {
			c.funcs = append(c.funcs, function{fn, flow})
		}
	}
	if c.funcs == nil {
		return reporter.Finish(), nil // nothing here locks
	}
	if slices.ContainsFunc(c.funcs, func(f function) bool { return f.flow.Misreleases != nil || f.flow.Unmatched != nil }) {
		c.uses = collectUses(src.Funcs, c.locks)
		c.exported = access.ExportedVars(pass.Pkg)
	}
	for _, f := range c.funcs {
		for _, m := range f.flow.Misreleases {
			c.checkMisrelease(f, m)
		}
		c.checkSlips(f)
	}
	c.checkNeverLocked()
	return reporter.Finish(), nil
}

type checker struct {
	pass     *analysis.Pass
	reporter *diagnostic.Reporter
	locks    *lockset.Result
	funcs    []function
	uses     *uses
	exported map[*types.Var]bool
}

type function struct {
	fn   *ssa.Function
	flow *lockset.Flow
}

// checkMisrelease judges the release of a lock that is not held.
func (c *checker) checkMisrelease(f function, m lockset.Misrelease) {
	if c.inherited(m) || c.uses.left[m.Path.Place()] {
		return
	}
	if m.Before == nil {
		c.reportMode(f, m)
		return
	}
	if m.Mode == lockset.Read && c.heldAtEntry(f.fn, m.Lock) {
		return // the caller's read lock is released too
	}
	if slices.ContainsFunc(f.flow.Relocks, func(r lockset.Relock) bool { return r.Lock == m.Lock }) {
		return // it has as many releases as acquisitions, and blocks before
	}
	if !c.seesAcquisitions(f.fn, m) {
		return
	}
	c.reportDouble(f, m)
}

// seesAcquisitions reports whether the lock cannot have been acquired between
// the two releases without the engine's notice. Of a lock that is acquired
// somewhere through a function value or a pointer, only an acquisition in the
// function itself shows that it is followed here; one that other packages can
// name may be acquired by what it calls there.
func (c *checker) seesAcquisitions(fn *ssa.Function, m lockset.Misrelease) bool {
	p := m.Path.Place()
	if m.Sites == nil && c.uses.escaped[p] {
		return false
	}
	return c.hidden(p) || m.Sites != nil && !c.callsElsewhere(fn, m.Path)
}

// hidden reports whether only this package can name what is at p.
func (c *checker) hidden(p access.Place) bool {
	return p.Local != nil || p.Var != nil && p.Var.Pkg() == c.pass.Pkg && !c.exported[p.Var]
}

// callsElsewhere reports whether fn calls a function whose source is not seen
// with something that leads to the lock.
func (c *checker) callsElsewhere(fn *ssa.Function, lock access.Path) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || c.locks.Callee(&call.Call) != nil {
				continue
			}
			if _, ok := syncapi.Classify(&call.Call, c.locks.Paths); ok {
				continue
			}
			args := call.Call.Args
			if call.Call.IsInvoke() {
				args = append(slices.Clip(args), call.Call.Value)
			}
			if slices.ContainsFunc(args, func(v ssa.Value) bool { return lock.HasPrefix(c.locks.Paths.Of(v)) }) {
				return true
			}
		}
	}
	return false
}

// inherited reports whether the release is made by a call of a function that
// makes the same mistake by itself.
func (c *checker) inherited(m lockset.Misrelease) bool {
	callee := c.locks.Through(m.Instr)
	if callee == nil {
		return false
	}
	flow := c.locks.Flow(callee)
	if flow == nil {
		return false
	}
	for _, inner := range flow.Misreleases {
		if inner.Path.Place() == m.Path.Place() {
			return true
		}
	}
	return false
}

func (c *checker) heldAtEntry(fn *ssa.Function, l lockset.Lock) bool {
	for _, held := range c.locks.HeldAtEntry(fn) {
		if held.Path == l.Path {
			return true
		}
	}
	return false
}

// checkSlips finds Lock that stands where Unlock is due.
func (c *checker) checkSlips(f function) {
	for _, r := range f.flow.Relocks {
		if c.locks.MeantUnlock(f.flow, r) {
			c.reportSlip(f, r.Lock, r.Instr, r.Sites)
		}
	}
	// A read lock can be acquired again, so that this shows only at the end.
	for _, x := range f.flow.Exits {
		for _, held := range x.Held {
			if held.Mode != lockset.Read {
				continue
			}
			var deferred ssa.Instruction
			var first []ssa.Instruction
			for _, site := range held.Sites {
				if _, ok := site.(*ssa.Defer); ok && c.locks.Through(site) == nil {
					deferred = site
				} else {
					first = append(first, site)
				}
			}
			if deferred != nil && first != nil {
				c.reportSlip(f, held.Lock, deferred, first)
			}
		}
	}
}

// checkNeverLocked reports the releases of locks that nothing acquires, though
// only this package can.
func (c *checker) checkNeverLocked() {
	for _, f := range c.funcs {
		for _, r := range f.flow.Unmatched {
			p := r.Path.Place()
			if !c.hidden(p) || c.uses.escaped[p] || c.locks.Through(r.Instr) != nil {
				continue
			}
			if _, spawned := r.Instr.(*ssa.Go); spawned || c.uses.acquired[placeMode{p, r.Mode}] || c.misreleased(f, r) {
				continue
			}
			c.reportNeverLocked(f, r, c.uses.acquired[placeMode{p, other(r.Mode)}])
		}
	}
}

func other(m lockset.Mode) lockset.Mode {
	if m == lockset.Read {
		return lockset.Write
	}
	return lockset.Read
}

func (c *checker) misreleased(f function, r lockset.Release) bool {
	for _, m := range f.flow.Misreleases {
		if m.Instr == r.Instr || m.Before == r.Instr {
			return true
		}
	}
	return false
}
