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
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
)

type checker struct {
	pass  *analysis.Pass
	locks *lockset.Result
	names *wording.Namer
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

// A slot is where a lock lives, for all functions of a package alike. What is
// locked for reading is another slot than what is locked for writing.
type slot struct {
	access.Place
	mode lockset.Mode
}

func slotOf(l lockset.Lock) slot { return slot{l.Path.Place(), l.Mode} }

// hidden reports whether only this package can name the lock.
func (c *checker) hidden(s slot) bool {
	return s.Local != nil || s.Var != nil && !c.exported[s.Var]
}

// evidence is what the package as a whole shows about who releases which lock.
type evidence struct {
	// unmatched are the functions that release a lock which neither they nor
	// those who call them acquired, by slot.
	unmatched map[slot][]*ssa.Function
	// matched tells which functions are called to release a lock by callers
	// that acquired it.
	matched map[through]bool
	// anyUnmatched are the slots of locks that any function releases which did
	// not acquire them itself, and is not known to be called by one that did.
	anyUnmatched map[slot]bool
	// exported are the variables that other packages can name.
	exported map[*types.Var]bool
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
	// takers are the calls on whose results functions release a lock, by slot.
	takers map[slot][]taker
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
	c.anyUnmatched = make(map[slot]bool)
	c.matched = make(map[through]bool)
	c.exported = access.ExportedVars(c.pass.Pkg)
	c.escaped = make(map[slot]bool)
	c.acquirers = make(map[slot][]*ssa.Function)
	c.callersRelease = make(map[through]bool)
	c.releasers = make(map[through]bool)
	c.signals = make(map[slot]bool)
	c.takers = make(map[slot][]taker)
	for _, f := range c.funcs {
		for _, l := range f.flow.Escaped() {
			if s := slotOf(l); !c.acquires(f, s) {
				c.escaped[s] = true
			}
		}
		for _, r := range f.flow.Releases {
			by := through{c.locks.Through(r.Instr), slotOf(r.Lock)}
			c.releasers[by], c.matched[by] = true, true
			if _, ok := r.Instr.(*ssa.Go); ok {
				c.signals[slotOf(r.Lock)] = true
			}
			if slices.ContainsFunc(r.Sites, func(site ssa.Instruction) bool { return c.locks.Through(site) == nil }) {
				continue // locked again in the function itself
			}
			for _, site := range r.Sites {
				c.callersRelease[through{c.locks.Through(site), slotOf(r.Lock)}] = true
			}
		}
		for _, r := range f.flow.Unmatched {
			c.collectTakers(r)
			c.releasers[through{c.locks.Through(r.Instr), slotOf(r.Lock)}] = true
		}
		for _, ef := range c.locks.Effects(f.fn) {
			if ef.Acquires && ef.Always {
				s := slotOf(ef.Lock)
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
	return slices.ContainsFunc(f.flow.Releases, func(r lockset.Release) bool { return slotOf(r.Lock) == s }) ||
		slices.ContainsFunc(c.locks.Effects(f.fn), func(ef lockset.NetEffect) bool { return ef.Acquires && slotOf(ef.Lock) == s })
}

// collectUnmatched notes the locks that f releases without having acquired
// them. Where f is called for it, it is the callers that show whether they
// had acquired them; a function literal that goes where its calls are not seen
// counts as escaped. A function that acquires the lock again before it returns,
// and a release that does have its acquisition on another path,
// show nothing.
func (c *checker) collectUnmatched(f function) {
	for _, r := range f.flow.Unmatched {
		s := slotOf(r.Lock)
		if !c.matched[through{f.fn, s}] || exported(f.fn) {
			c.anyUnmatched[s] = true
		}
		if c.releasers[through{f.fn, s}] && !exported(f.fn) || len(f.fn.FreeVars) > 0 || c.restores(f, r.Lock) ||
			slices.ContainsFunc(f.flow.Releases, func(m lockset.Release) bool { return m.Instr == r.Instr }) {
			continue
		}
		if syncapi.IsCondLocker(s.Var) {
			s = slot{mode: s.mode} // the lock of a sync.Cond has another name
		}
		if !slices.Contains(c.unmatched[s], f.fn) {
			c.unmatched[s] = append(c.unmatched[s], f.fn)
		}
		if !s.Known() && r.Path.Root().Kind != access.Param {
			c.anonymous = true
		}
	}
}

// restores reports whether f, which releases a lock of its callers, always
// returns with the lock held again.
func (c *checker) restores(f function, l lockset.Lock) bool {
	switch l.Path.Root().Kind {
	case access.Param, access.Global:
		return !slices.ContainsFunc(c.locks.Effects(f.fn), func(ef lockset.NetEffect) bool { return ef.Lock == l && !ef.Acquires })
	}
	return false
}

func exported(fn *ssa.Function) bool { return fn.Parent() == nil && token.IsExported(fn.Name()) }

// handedOver reports whether another function may be meant to release what f
// acquires: a function releases locks of that slot that it did not acquire,
// f does not call it, and there is no function that acquires them for it.
func (c *checker) handedOver(h *suspect) bool {
	if c.escaped[slotOf(h.lock)] {
		return true
	}
	s := slotOf(h.lock)
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
		if c.leadsTo(c.locks.Through(r.Instr), fn, slotOf(h.lock), 0) {
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
		return slotOf(r.Lock) == s && c.leadsTo(c.locks.Through(r.Instr), fn, s, depth+1)
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
