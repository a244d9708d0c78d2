package lockset

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// A Caller is a place from which a function is called.
type Caller struct {
	Instr  ssa.Instruction
	Spawns bool // a new goroutine makes the call, or it is made later
}

// callers keeps what [Result.Callers] answers from.
type callers struct {
	once  sync.Once
	sites map[*ssa.Function][]callSite
	open  map[*ssa.Function]bool
	// hidden are the functions that have calls in the package which are not seen.
	hidden map[*ssa.Function]bool
}

// Callers returns the calls of fn in the package. all is false if there may be
// others: fn is exported, main or init, or goes as a value or through an
// interface where calls of it are not followed.
func (r *Result) Callers(fn *ssa.Function) (calls []Caller, all bool) {
	sites, all := r.callersOf(access.Declared(fn))
	for _, site := range sites {
		calls = append(calls, Caller{Instr: site.instr, Spawns: site.spawns})
	}
	return calls, all
}

// Entered returns the calls of fn in the package, those by new goroutines and later
// ones among them. all is false if there may be others in the package; those by
// other packages do not matter.
func (r *Result) Entered(fn *ssa.Function) (calls []ssa.Instruction, all bool) {
	sites, _ := r.callersOf(fn)
	for _, site := range sites {
		calls = append(calls, site.instr)
	}
	return calls, !r.callers.hidden[fn]
}

func (r *Result) callersOf(fn *ssa.Function) (sites []callSite, all bool) {
	r.callers.once.Do(func() {
		fns := slices.SortedFunc(maps.Keys(r.funcs), func(a, b *ssa.Function) int {
			return cmp.Or(cmp.Compare(a.Pos(), b.Pos()), cmp.Compare(a.Name(), b.Name()))
		})
		r.callers.sites, r.callers.open = r.callSites(fns)
		_, r.callers.hidden = r.seenCalls(fns, true)
	})
	sites = r.callers.sites[fn]
	return sites, !r.callers.open[fn] && len(sites) > 0
}
