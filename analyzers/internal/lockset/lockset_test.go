package lockset_test

import (
	"fmt"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
)

// probe reports, at each call of a function called probe, the locks that are
// held there: those that may be but need not be held with a question mark.
var probe = &analysis.Analyzer{
	Name:     "probe",
	Doc:      "report held locks at calls of probe",
	Requires: []*analysis.Analyzer{ssabuild.Analyzer, lockset.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		locks := pass.ResultOf[lockset.Analyzer].(*lockset.Result)
		for _, fn := range pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA).Funcs {
			locks.Walk(fn, func(instr ssa.Instruction, held lockset.Set) {
				call, ok := instr.(*ssa.Call)
				if !ok || call.Call.StaticCallee() == nil || call.Call.StaticCallee().Name() != "probe" {
					return
				}
				pass.Reportf(call.Pos(), "held: %s", text(locks, held))
				if again := locks.HeldBefore(instr); !reflect.DeepEqual(again, held) {
					pass.Reportf(call.Pos(), "HeldBefore says %s", text(locks, again))
				}
			})
		}
		return nil, nil
	},
}

func text(locks *lockset.Result, held lockset.Set) string {
	var parts []string
	for _, h := range held {
		part := locks.Paths.Text(h.Path)
		if h.Mode == lockset.Read {
			part += "(read)"
		}
		if h.Entry {
			part += "(entry)"
		}
		if !h.Must {
			part += "?"
		}
		parts = append(parts, part)
	}
	slices.Sort(parts)
	if parts == nil {
		return "nothing"
	}
	return strings.Join(parts, " ")
}

// effects reports the net effects of each function at its name.
var effects = &analysis.Analyzer{
	Name:     "effects",
	Doc:      "report net effects",
	Requires: []*analysis.Analyzer{ssabuild.Analyzer, lockset.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		locks := pass.ResultOf[lockset.Analyzer].(*lockset.Result)
		for _, fn := range pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA).Funcs {
			var parts []string
			for _, ef := range locks.Effects(fn) {
				verb, often := "releases", "sometimes"
				if ef.Acquires {
					verb = "acquires"
				}
				if ef.Always {
					often = "always"
				}
				parts = append(parts, fmt.Sprintf("%s %s %s", often, verb, locks.Paths.Text(ef.Path)))
			}
			slices.Sort(parts)
			if pos := fn.Pos(); parts != nil && pos != token.NoPos {
				pass.Reportf(pos, "%s", strings.Join(parts, ", "))
			}
		}
		return nil, nil
	},
}

func TestHeld(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), probe, "held", "entry")
}

func TestEffects(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), effects, "neteffects")
}

// Checks that run concurrently ask the same result.
func TestConcurrentUse(t *testing.T) {
	concurrent := *probe
	concurrent.Run = func(pass *analysis.Pass) (any, error) {
		locks := pass.ResultOf[lockset.Analyzer].(*lockset.Result)
		fns := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA).Funcs
		sum := func() (n int) {
			for _, fn := range fns {
				locks.Walk(fn, func(instr ssa.Instruction, held lockset.Set) {
					n += len(held) + len(locks.HeldBefore(instr))
				})
			}
			return n
		}
		want := sum()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if got := sum(); got != want {
					t.Errorf("a concurrent walk sees %d locks, want %d", got, want)
				}
			})
		}
		wg.Wait()
		return nil, nil
	}
	analysistest.Run(nowants{t}, analysistest.TestData(), &concurrent, "held")
}

// nowants drops the complaints about unmet expectations, which are another
// analyzer's.
type nowants struct{ *testing.T }

func (nowants) Errorf(string, ...any) {}

// A function with more combinations of locks than are followed is still
// analysed in time, and nothing is claimed of it.
func TestManyStates(t *testing.T) {
	const n = 40
	var src strings.Builder
	src.WriteString("package big\n\nimport \"sync\"\n\nfunc probe()\n\n")
	fmt.Fprintf(&src, "func f(mus *[%d]struct{ mu sync.Mutex }, cond func(int) bool) {\n", n)
	for i := range n {
		fmt.Fprintf(&src, "\tvar mu%d sync.Mutex\n\tif cond(%d) {\n\t\tmu%d.Lock()\n\t}\n", i, i, i)
	}
	src.WriteString("\tvar last sync.Mutex\n\tlast.Lock()\n\tprobe()\n")
	for i := range n {
		fmt.Fprintf(&src, "\tif cond(%d) {\n\t\tmu%d.Unlock()\n\t}\n", i, i)
	}
	src.WriteString("}\n")
	dir, cleanup, err := analysistest.WriteFiles(map[string]string{"big/big.go": src.String(), "big/empty.s": ""})
	if err != nil {
		t.Fatal(err)
	}
	defer cleanup()
	many := *probe
	many.Run = func(pass *analysis.Pass) (any, error) {
		locks := pass.ResultOf[lockset.Analyzer].(*lockset.Result)
		fn := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA).Funcs[1]
		if !locks.Flow(fn).Incomplete {
			t.Error("the flow of a function with 2⁴⁰ combinations of locks is complete")
		}
		locks.Walk(fn, func(instr ssa.Instruction, held lockset.Set) {
			if call, ok := instr.(*ssa.Call); ok && call.Call.StaticCallee() != nil && call.Call.StaticCallee().Name() == "probe" {
				if must := held.Must(); len(must) != 1 || locks.Paths.Text(must[0].Path) != "last" {
					t.Errorf("must be held: %v, want last alone", must)
				}
				if len(held) < 2 {
					t.Errorf("may be held: %v, want more than last", held)
				}
			}
		})
		return nil, nil
	}
	analysistest.Run(t, dir, &many, "big")
}
