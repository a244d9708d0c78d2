package lockset

import (
	"go/constant"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// A Flow is what a function does with locks, for checks that judge whole
// functions. Paths are the function's own terms.
type Flow struct {
	// Exits are the ways out of the function, one for each set of paths that
	// arrives there with its own locks held.
	Exits []Exit
	// Releases are the releases of locks that the function had acquired, and
	// Unmatched those of locks that it had not: its callers' or others'.
	Releases  []Release
	Unmatched []Release
	// Relocks are the acquisitions for writing of a lock that is held already.
	Relocks []Relock
	// Reentries are the takings, for reading or writing, directly or in a call,
	// of a lock that is held already.
	Reentries []Reentry
	// Edges are the locks that are taken while others are held.
	Edges []Edge
	// Misreleases are releases of locks that are certainly not held.
	Misreleases []Misrelease
	// Iterations are the ends of loop iterations at which a lock is held.
	Iterations []Iteration
	// Incomplete is set if the function has more combinations of locks than
	// are followed: nothing should be concluded from what Exits lack.
	Incomplete bool

	escaped []Lock // released by function values that are not followed
}

// Escaped returns the locks that function values release that the function
// makes and that go where calls of them are not followed.
func (f *Flow) Escaped() []Lock { return f.escaped }

// An Exit is one way out.
type Exit struct {
	Instr ssa.Instruction // a *ssa.Return or a *ssa.Panic
	// Held are the locks that the function acquired and that are held on all
	// paths of this exit, deferred calls done; those left out whose release
	// was handed to code that is not seen.
	Held []Held
	// Failed is set if the function returns an error that is not nil.
	Failed bool
	// Succeeded is set if it returns errors and all of them are nil.
	Succeeded bool
}

// A Release is the release of a lock.
type Release struct {
	Lock
	Instr ssa.Instruction   // the release; of deferred calls the defer statement
	Sites []ssa.Instruction // where the lock was acquired
}

// A Relock is the acquisition of a lock that is held.
type Relock struct {
	Lock
	Instr ssa.Instruction   // acquires again, and blocks for ever
	Sites []ssa.Instruction // acquired first
}

// An Iteration is the end of a loop iteration with a lock held.
type Iteration struct {
	Lock
	Head  *ssa.BasicBlock // the loop goes on here
	From  *ssa.BasicBlock // the iteration ends here
	Sites []ssa.Instruction
	// Lost is set if the next iteration has no name for the lock: it belongs
	// to a value that each iteration computes anew.
	Lost bool
}

// A recorder notes what a finished flow shows. All its methods do nothing on
// a nil recorder, which is that of a flow that is not finished.
type recorder struct {
	info *funcInfo
	sum  Summary
	// edges says where in the flow the edge of a key is.
	edges map[edgeKey]int
	exit  ssa.Instruction // whose deferred calls are being made
}

func (r *recorder) release(instr ssa.Instruction, lv level) {
	if r != nil {
		r.info.flow.Releases = append(r.info.flow.Releases, Release{Lock: lv.Lock, Instr: instr, Sites: lv.sites})
	}
}

func (r *recorder) unmatched(instr ssa.Instruction, l Lock) {
	if r != nil {
		r.info.flow.Unmatched = append(r.info.flow.Unmatched, Release{Lock: l, Instr: instr})
	}
}

func (r *recorder) relock(instr ssa.Instruction, lv level) {
	if r != nil && !lv.handed {
		r.info.flow.Relocks = append(r.info.flow.Relocks, Relock{Lock: lv.Lock, Instr: instr, Sites: lv.sites})
	}
}

// recordExit notes the states at the end of b if b leaves the function.
func (e *engine) recordExit(r *recorder, b *ssa.BasicBlock, states []state) {
	last := b.Instrs[len(b.Instrs)-1]
	ret, isRet := last.(*ssa.Return)
	if p, isPanic := last.(*ssa.Panic); !isRet && (!isPanic || !p.Pos().IsValid() || standsForNoReturn(p)) {
		return
	}
	// The builder also panics, without a position, in code that it adds.
	for _, s := range states {
		x := Exit{Instr: last}
		for _, lv := range s.levels {
			if lv.n > 0 && !lv.maybe && !lv.handed {
				x.Held = append(x.Held, Held{Lock: lv.Lock, Must: true, Sites: lv.sites})
			}
		}
		if isRet {
			x.Failed, x.Succeeded = e.failure(s, ret)
		}
		e.addOutcome(&r.sum, r.info, s, last)
		r.info.flow.Exits = append(r.info.flow.Exits, x)
	}
}

// standsForNoReturn reports whether p is what the SSA builder puts behind a
// call that never returns, such as os.Exit or t.Fatal.
func standsForNoReturn(p *ssa.Panic) bool {
	mi, ok := p.X.(*ssa.MakeInterface)
	if !ok {
		return false
	}
	c, ok := mi.X.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.String || constant.StringVal(c.Value) != "noreturn" {
		return false
	}
	instrs := p.Block().Instrs
	for _, instr := range instrs {
		if call, ok := instr.(*ssa.Call); ok && call.Pos() == p.Pos() {
			return true
		}
	}
	return false
}

// failure tells whether ret surely returns an error, and whether it surely
// returns none though it could.
func (e *engine) failure(s state, ret *ssa.Return) (failed, succeeded bool) {
	for _, v := range ret.Results {
		if !access.IsError(v.Type()) {
			continue
		}
		if isNil, ok := e.nilness(s, v); ok {
			failed = failed || !isNil
			succeeded = isNil
		}
	}
	return failed, succeeded && !failed
}

// recordIteration notes what s holds when it takes the edge from b back to head.
func (e *engine) recordIteration(r *recorder, b, head *ssa.BasicBlock, s, next state) {
	if r == nil {
		return
	}
	for _, lv := range s.levels {
		if lv.n <= 0 || lv.maybe || lv.handed || !slices.ContainsFunc(lv.sites, func(site ssa.Instruction) bool { return head.Dominates(site.Block()) }) {
			continue
		}
		_, kept := next.level(lv.Lock)
		r.info.flow.Iterations = append(r.info.flow.Iterations, Iteration{
			Lock: lv.Lock, Head: head, From: b, Sites: lv.sites, Lost: !kept && len(next.levels) < len(s.levels),
		})
	}
}

func (r *recorder) summary() *Summary {
	if r.info.lost {
		r.info.flow.Incomplete = true
	}
	return &r.sum
}
