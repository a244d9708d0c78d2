package guard

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// A Meeting is how an access is reached that may come at the same time as a
// violation.
type Meeting struct {
	Calls []Site // innermost first; the last may start a goroutine
	// Entered is a function that the way begins in and other packages may call,
	// nil if it begins otherwise.
	Entered *ssa.Function
}

// Meeting returns how an access is reached of which MayMeet says that it may come
// at the same time as a violation: the shortest way from a goroutine, if there is
// one, else from another origin.
func (j *Judge) Meeting(a Access, w Violation) Meeting {
	start := a.Instr.Parent()
	ways := map[*ssa.Function][]Site{start: nil} // from a function to the access
	entered, reached := (*ssa.Function)(nil), false
	for work := []*ssa.Function{start}; len(work) > 0; work = work[1:] {
		fn := work[0]
		sites := j.graph.sites[fn]
		if !reached && (len(sites) == 0 || j.entered(fn)) && j.mayCome(Origin{Func: fn}, w) {
			entered, reached = fn, true
		}
		for _, s := range sites {
			if s.Spawns && j.mayCome(Origin{fn, true}, w) {
				return Meeting{Calls: append(slices.Clip(ways[fn]), s)}
			}
			if _, ok := ways[s.Caller]; !ok && !s.Spawns {
				ways[s.Caller] = append(slices.Clip(ways[fn]), s)
				work = append(work, s.Caller)
			}
		}
	}
	m := Meeting{Calls: ways[entered]}
	if reached && entered.Parent() == nil && token.IsExported(entered.Name()) && entered.Pkg.Pkg.Name() != "main" {
		m.Entered = entered
	}
	return m
}

// Started returns where the goroutine starts that makes the access, nil if that is
// not how it is reached.
func (m Meeting) Started() ssa.Instruction {
	if n := len(m.Calls); n > 0 && m.Calls[n-1].Spawns {
		return m.Calls[n-1].Instr
	}
	return nil
}

// Related tells the way, with the keys other-called-here, other-started-here and
// other-entered-here of the check's catalogue.
func (m Meeting) Related() []diagnostic.Related {
	list := related(m.Calls, "other-called-here", "other-started-here")
	if m.Entered != nil {
		list = append(list, diagnostic.Related{Role: diagnostic.RoleDeclared, Pos: m.Entered.Pos(), Message: message.New("other-entered-here", "func", wording.Func(m.Entered))})
	}
	return list
}

// With adds to the message of a report where the goroutine starts that makes the
// other access, with the key other-goroutine of the check's catalogue.
func (m Meeting) With(sentence message.Message, fset *token.FileSet) message.Message {
	if at := m.Started(); at != nil {
		return sentence.With(message.New("other-goroutine", "spawn", wording.Place(fset, at.Pos())))
	}
	return sentence
}
