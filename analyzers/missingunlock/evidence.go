package missingunlock

import (
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
)

type checker struct {
	pass  *analysis.Pass
	locks *lockset.Result
	funcs []function
	found []verdict
	evidence
}

// A verdict is a report that is to be made of an acquisition.
type verdict struct {
	h *suspect
	d diagnostic.Diagnostic
}

type function struct {
	fn   *ssa.Function
	flow *lockset.Flow
}

// A slot is where a lock lives, for all functions of a package alike: the
// field, the package-level variable or the local variable that holds it. The
// zero slot is that of locks of which that is not known.
type slot struct {
	field *types.Var
	local ssa.Value
}

func slotOf(p access.Path) slot {
	if p.Last().Kind == access.Deref {
		p, _ = p.Parent()
	}
	if last := p.Last(); last.Kind == access.Field {
		return slot{field: last.Field}
	}
	if p.Len() == 0 {
		switch r := p.Root(); r.Kind {
		case access.Global:
			return slot{field: r.Var}
		case access.Local:
			return slot{local: r.Value}
		}
	}
	return slot{}
}

// hidden reports whether only this package can name the lock.
func (s slot) hidden() bool {
	return s.local != nil || s.field != nil && !s.field.Exported()
}

// evidence is what the package as a whole shows about who releases which lock.
type evidence struct {
	// unmatched are the functions that release a lock which neither they nor
	// those who call them acquired, by slot.
	unmatched map[slot][]*ssa.Function
	// escaped are the slots of locks that function values release which go
	// where they are not followed, unless the function that makes the value
	// acquires the lock for it.
	escaped map[slot]bool
	// acquirers are the functions that always return with the lock held.
	acquirers map[slot][]*ssa.Function
	// callersRelease tells of which functions a caller releases the lock.
	callersRelease map[through]bool
	// releasers tells which functions are called to release a lock.
	releasers map[through]bool
	// signals are the slots of locks that a go statement hands to a goroutine
	// which releases them: Lock may serve to wait for it.
	signals map[slot]bool
	// anonymous is set if a lock of unknown slot is released by a function
	// that did not acquire it.
	anonymous bool
}

// through is the acquisition or release of a lock by a call of fn.
type through struct {
	fn   *ssa.Function
	slot slot
}

func (c *checker) collectEvidence() {
	c.unmatched = make(map[slot][]*ssa.Function)
	c.escaped = make(map[slot]bool)
	c.acquirers = make(map[slot][]*ssa.Function)
	c.callersRelease = make(map[through]bool)
	c.releasers = make(map[through]bool)
	c.signals = make(map[slot]bool)
	for _, f := range c.funcs {
		for _, l := range f.flow.Escaped() {
			if s := slotOf(l.Path); !c.acquires(f, s) {
				c.escaped[s] = true
			}
		}
		for _, r := range f.flow.Releases {
			c.releasers[through{c.locks.Through(r.Instr), slotOf(r.Path)}] = true
			if _, ok := r.Instr.(*ssa.Go); ok {
				c.signals[slotOf(r.Path)] = true
			}
			for _, site := range r.Sites {
				c.callersRelease[through{c.locks.Through(site), slotOf(r.Path)}] = true
			}
		}
		for _, r := range f.flow.Unmatched {
			c.releasers[through{c.locks.Through(r.Instr), slotOf(r.Path)}] = true
		}
		for _, ef := range c.locks.Effects(f.fn) {
			if ef.Acquires && ef.Always {
				s := slotOf(ef.Path)
				c.acquirers[s] = append(c.acquirers[s], f.fn)
			}
		}
	}
	for _, f := range c.funcs {
		c.collectUnmatched(f)
	}
}

// acquires reports whether f acquires a lock of the slot.
func (c *checker) acquires(f function, s slot) bool {
	return slices.ContainsFunc(f.flow.Releases, func(r lockset.Release) bool { return slotOf(r.Path) == s }) ||
		slices.ContainsFunc(c.locks.Effects(f.fn), func(ef lockset.NetEffect) bool { return ef.Acquires && slotOf(ef.Path) == s })
}

// collectUnmatched notes the locks that f releases without having acquired
// them. Where f is called for it, it is the callers that show whether they
// had acquired them; a function literal that goes where its calls are not seen
// counts as escaped. A release that does have its acquisition on another path
// shows nothing.
func (c *checker) collectUnmatched(f function) {
	for _, r := range f.flow.Unmatched {
		s := slotOf(r.Path)
		if c.releasers[through{f.fn, s}] && !exported(f.fn) || len(f.fn.FreeVars) > 0 ||
			slices.ContainsFunc(f.flow.Releases, func(m lockset.Release) bool { return m.Instr == r.Instr }) {
			continue
		}
		if s.field != nil && s.field.Name() == "L" && s.field.Pkg().Path() == "sync" {
			s = slot{} // the lock of a sync.Cond has another name
		}
		if !slices.Contains(c.unmatched[s], f.fn) {
			c.unmatched[s] = append(c.unmatched[s], f.fn)
		}
		if s == (slot{}) && r.Path.Root().Kind != access.Param {
			c.anonymous = true
		}
	}
}

func exported(fn *ssa.Function) bool { return fn.Parent() == nil && token.IsExported(fn.Name()) }

// handedOver reports whether another function may be meant to release what f
// acquires: a function releases locks of that slot that it did not acquire,
// f does not call it, and there is no function that acquires them for it.
func (c *checker) handedOver(h *suspect) bool {
	if c.escaped[slotOf(h.lock.Path)] {
		return true
	}
	s := slotOf(h.lock.Path)
	for _, acq := range c.acquirers[s] {
		if acq != h.fn {
			return false
		}
	}
	for _, r := range c.unmatched[s] {
		if r != h.fn && !c.releasedBy(h, r) {
			return true
		}
	}
	return false
}

// releasedBy reports whether one of h's releases is a call of fn, or of a
// function that calls fn to release the lock.
func (c *checker) releasedBy(h *suspect, fn *ssa.Function) bool {
	for _, r := range h.releases {
		if c.leadsTo(c.locks.Through(r.Instr), fn, slotOf(h.lock.Path), 0) {
			return true
		}
	}
	return false
}

func (c *checker) leadsTo(from, fn *ssa.Function, s slot, depth int) bool {
	if from == nil || from == fn || depth > maxDepth {
		return from == fn
	}
	flow := c.locks.Flow(from)
	if flow == nil {
		return false
	}
	return slices.ContainsFunc(flow.Unmatched, func(r lockset.Release) bool {
		return slotOf(r.Path) == s && c.leadsTo(c.locks.Through(r.Instr), fn, s, depth+1)
	})
}

// saysLocked reports whether the name of a function announces that it returns
// with a lock held, or is called with one.
func saysLocked(fn *ssa.Function) bool {
	for _, w := range words(fn.Name()) {
		switch w {
		case "lock", "rlock", "locks", "locked", "trylock", "acquire", "acquired", "grab", "begin", "enter":
			return true
		}
	}
	return false
}

// words splits a camelCase name into words, in lower case.
func words(name string) []string {
	var ws []string
	start := 0
	runes := []rune(name)
	for i := 1; i <= len(runes); i++ {
		if i == len(runes) || unicode.IsUpper(runes[i]) && !unicode.IsUpper(runes[i-1]) || runes[i] == '_' || runes[i] == '$' {
			ws = append(ws, strings.ToLower(strings.Trim(string(runes[start:i]), "_$")))
			start = i
		}
	}
	return ws
}
