package wrongunlock

import (
	"embed"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
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
	uses := collectUses(src.Funcs, c.locks)
	for _, f := range c.funcs {
		for _, m := range f.flow.Misreleases {
			if !uses.left[m.Path.Place()] {
				c.checkMisrelease(f, m)
			}
		}
		c.checkSlips(f)
	}
	c.checkNeverLocked(uses)
	return reporter.Finish(), nil
}

type checker struct {
	pass     *analysis.Pass
	reporter *diagnostic.Reporter
	locks    *lockset.Result
	funcs    []function
}

type function struct {
	fn   *ssa.Function
	flow *lockset.Flow
}

// checkMisrelease judges the release of a lock that is not held.
func (c *checker) checkMisrelease(f function, m lockset.Misrelease) {
	if c.inherited(m) {
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
	c.reportDouble(f, m)
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
func (c *checker) checkNeverLocked(uses *uses) {
	exported := access.ExportedVars(c.pass.Pkg)
	for _, f := range c.funcs {
		for _, r := range f.flow.Unmatched {
			p := r.Path.Place()
			if !p.Known() || p.Var != nil && exported[p.Var] || uses.escaped[p] || c.locks.Through(r.Instr) != nil {
				continue
			}
			if _, spawned := r.Instr.(*ssa.Go); spawned || uses.acquired[placeMode{p, r.Mode}] || c.misreleased(f, r) {
				continue
			}
			c.reportNeverLocked(f, r, uses.acquired[placeMode{p, other(r.Mode)}])
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
