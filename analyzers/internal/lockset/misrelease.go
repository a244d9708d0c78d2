package lockset

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// A Misrelease is the release of a lock that is certainly not held, on some
// set of paths that the function tells apart: the function released it before
// and has not acquired it since, or acquired it in the other mode. A release
// of a lock that the function has not touched is none: it may be the caller's.
type Misrelease struct {
	Lock
	Instr ssa.Instruction // the release; of deferred calls the defer statement
	// Exit is the return or panic at which a deferred call makes the release,
	// nil unless it is deferred.
	Exit ssa.Instruction
	// Before is the release that came before, nil if the mode is wrong.
	Before ssa.Instruction
	// Sites are the acquisitions: those that Before released, none if these were
	// the caller's; those in the other mode.
	Sites []ssa.Instruction
}

// A freed is a lock that was released on all paths of a state and not acquired
// since. It is kept apart from the levels since it must not keep states apart:
// like a fact it is lost where paths meet that do not agree on it.
type freed struct {
	Lock
	by    ssa.Instruction
	sites []ssa.Instruction // the acquisitions that were released; none if the caller's
	// beside are the other locks that were held then. None of them is this
	// lock by another name, or it could not have been acquired.
	beside []Lock
}

const maxFreed = 12

// free returns s with the lock of ef released for good by instr. What is
// released perhaps, by another goroutine, or once of more read locks, is not.
func (s state) free(ef effect, instr ssa.Instruction, sites []ssa.Instruction) state {
	if _, spawns := instr.(*ssa.Go); spawns || ef.maybe || ef.unsure || ef.Mode == Read && sites == nil || !ef.Path.Exact() {
		return s
	}
	f := freed{Lock: ef.Lock, by: instr, sites: sites}
	for _, lv := range s.levels {
		if lv.n > 0 && !lv.maybe && lv.Path != ef.Path {
			f.beside = append(f.beside, lv.Lock)
		}
	}
	list := slices.DeleteFunc(slices.Clone(s.freed), func(old freed) bool { return old.Lock == f.Lock })
	if len(list) >= maxFreed {
		list = list[1:]
	}
	s.freed = append(list, f)
	return s
}

// unfree returns s without what it says of the release of the locks that
// which picks.
func (s state) unfree(which func(access.Path) bool) state {
	pick := func(f freed) bool { return which(f.Path) }
	if slices.ContainsFunc(s.freed, pick) {
		s.freed = slices.DeleteFunc(slices.Clone(s.freed), pick)
	}
	return s
}

// goesThrough reports whether p goes through a pointer in the same field as
// the one that loc is the value of, perhaps of the same object.
func goesThrough(p, loc access.Path) bool {
	addr, ok := loc.Parent()
	if !ok || addr.Last().Kind != access.Field {
		return false
	}
	for q := p; ; {
		parent, ok := q.Parent()
		if !ok {
			return false
		}
		if q.Last().Kind == access.Deref && parent.Last() == addr.Last() {
			return true
		}
		q = parent
	}
}

func commonFreed(a, b []freed) []freed {
	return slices.DeleteFunc(slices.Clone(a), func(f freed) bool {
		return !slices.ContainsFunc(b, func(g freed) bool { return g.Lock == f.Lock })
	})
}

// misrelease recognises the release of a lock that s knows is not held. The
// program ends there, so s goes on as if nothing had happened; but a lock held
// in the other mode is taken to be the one that was meant.
func (e *engine) misrelease(s state, ef effect, instr ssa.Instruction, rec *recorder) (after state, wrong bool) {
	if _, spawns := instr.(*ssa.Go); spawns || ef.maybe || ef.unsure || !ef.Path.Exact() {
		return s, false
	}
	other := Lock{Path: ef.Path, Mode: Write}
	if ef.Mode == Write {
		other.Mode = Read
	}
	if lv, _ := s.level(other); lv.n > 0 {
		if lv.maybe || lv.handed {
			return s, false
		}
		rec.misrelease(Misrelease{Lock: ef.Lock, Instr: instr, Sites: lv.sites})
		lv.n--
		return s.with(lv), true
	}
	// Whoever has held it for reading and writing holds it neither way from before.
	at := slices.IndexFunc(s.freed, func(f freed) bool {
		return f.Path == ef.Path && (f.Mode == ef.Mode || f.sites != nil)
	})
	if at < 0 {
		return s, false
	}
	f := s.freed[at]
	for _, lv := range s.levels {
		if lv.n > 0 && !slices.Contains(f.beside, lv.Lock) && e.mayAlias(lv.Path, ef.Path) {
			return s, false
		}
	}
	rec.misrelease(Misrelease{Lock: ef.Lock, Instr: instr, Before: f.by, Sites: f.sites})
	rec.unmatched(instr, ef.Lock)
	return s, true
}

// leave notes that what follows are the deferred calls run by instr.
func (r *recorder) leave(instr ssa.Instruction) {
	if r != nil {
		instrs := instr.Block().Instrs
		r.exit = instrs[len(instrs)-1]
	}
}

func (r *recorder) misrelease(m Misrelease) {
	if r != nil {
		if _, deferred := m.Instr.(*ssa.Defer); deferred {
			m.Exit = r.exit
			// The SSA builder adds panics where control does not come, such as
			// behind the cases of a select.
			if p, ok := m.Exit.(*ssa.Panic); ok && (!p.Pos().IsValid() || standsForNoReturn(p)) {
				return
			}
		}
		r.info.flow.Misreleases = append(r.info.flow.Misreleases, m)
	}
}
