package lockset

import (
	"go/constant"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// A level is what a function has done to one lock since it was entered.
type level struct {
	Lock
	// n is the number of acquisitions less that of releases, counted no
	// further than the bounds below. It is negative if the function released
	// a lock of its caller's.
	n int8
	// maybe is set if n is only what some path did.
	maybe bool
	// handed is set if the release was left to somebody else: the lock went
	// to a function whose source is not seen.
	handed bool
	sites  []ssa.Instruction // the acquisitions, if n > 0
}

const (
	minLevel = -1
	maxLevel = 2 // a read lock may be held more than once
)

// A fact is the value of a condition.
type fact struct {
	cond exprID
	val  bool
	// stored is set if an assignment made it true, else a branch told it.
	stored bool
}

// A defers is the defer statements that were executed, the last on top of those
// before, which are shared with the states that came before.
type defers struct {
	*action
	under *defers
}

// push returns d with a on top; a statement that is executed again stays where it is.
func (d *defers) push(a *action) *defers {
	for x := d; x != nil; x = x.under {
		if x.action == a {
			return d
		}
	}
	return &defers{a, d}
}

// inOrder returns the defer statements, the first executed first.
func (d *defers) inOrder() []*action {
	var acts []*action
	for ; d != nil; d = d.under {
		acts = append(acts, d.action)
	}
	slices.Reverse(acts)
	return acts
}

func (d *defers) equal(x *defers) bool {
	for d != x {
		if d == nil || x == nil || d.action != x.action {
			return false
		}
		d, x = d.under, x.under
	}
	return true
}

// A state is what is known on one set of paths to a place. Two states of a
// place differ in levels or defers. States are values: what is behind their
// slices and pointers is never changed.
type state struct {
	levels []level
	defers *defers // the defer statements executed; nil if none was
	facts  []fact
	freed  []freed // locks released, and since then not acquired
}

func (s state) level(l Lock) (level, bool) {
	for _, lv := range s.levels {
		if lv.Lock == l {
			return lv, true
		}
	}
	return level{}, false
}

// levelNear is level for a lock that is probably at place i, since s comes from
// the same state as another that has it there.
func (s state) levelNear(l Lock, i int) (level, bool) {
	if i < len(s.levels) && s.levels[i].Lock == l {
		return s.levels[i], true
	}
	return s.level(l)
}

// with returns s with the level of lv's lock replaced; a level of zero that
// says nothing is dropped.
func (s state) with(lv level) state {
	levels := make([]level, 0, len(s.levels)+1)
	for _, old := range s.levels {
		if old.Lock != lv.Lock {
			levels = append(levels, old)
		}
	}
	if lv.n != 0 || lv.maybe {
		levels = append(levels, lv)
	}
	s.levels = levels
	return s
}

// same reports whether s and t say the same about locks and defers.
func (s state) same(t state) bool {
	if len(s.levels) != len(t.levels) || !s.defers.equal(t.defers) {
		return false
	}
	for i, a := range s.levels {
		b, ok := t.levelNear(a.Lock, i)
		if !ok || a.n != b.n || a.maybe != b.maybe || a.handed != b.handed {
			return false
		}
	}
	return true
}

// merge returns what holds on the paths of s and on those of t, where
// s.same(t); changed tells whether that differs from s.
func (s state) merge(t state) (m state, changed bool) {
	facts := slices.DeleteFunc(slices.Clone(s.facts), func(f fact) bool { return !slices.Contains(t.facts, f) })
	if len(facts) != len(s.facts) {
		s.facts, changed = facts, true
	}
	if both := commonFreed(s.freed, t.freed); len(both) != len(s.freed) {
		s.freed, changed = both, true
	}
	for i, lv := range s.levels {
		other, _ := t.levelNear(lv.Lock, i)
		sites := union(lv.sites, other.sites)
		if len(sites) != len(lv.sites) {
			s.levels = slices.Clone(s.levels)
			s.levels[i].sites = sites
			changed = true
		}
	}
	return s, changed
}

// union returns the sites of a and then those of b that are not in a, up to a
// bound; it changes neither.
func union(a, b []ssa.Instruction) []ssa.Instruction {
	for _, site := range b {
		if !slices.Contains(a, site) && len(a) < maxSites {
			a = append(slices.Clip(a), site)
		}
	}
	return a
}

const maxSites = 8

// collapse returns one state that is true of all the given ones, for a place
// that too many states reach.
func collapse(states []state) state {
	out := states[0]
	out.facts, out.freed = nil, nil
	out.levels = nil
	for _, s := range states {
		for _, a := range s.defers.inOrder() {
			out.defers = out.defers.push(a)
		}
		for _, lv := range s.levels {
			old, ok := out.level(lv.Lock)
			if ok {
				if old.n < lv.n {
					old.n = lv.n
				}
				old.sites = union(old.sites, lv.sites)
				lv = old
			}
			out = out.with(lv)
		}
	}
	for _, lv := range out.levels {
		for _, s := range states {
			if l, _ := s.level(lv.Lock); l.n != lv.n || l.maybe {
				lv.maybe = true
			}
			if l, _ := s.level(lv.Lock); l.handed {
				lv.handed = true
			}
		}
		out = out.with(lv)
	}
	return out
}

// known returns the value of the condition in s, if s knows it.
func (es *exprs) known(s state, cond exprID) (val, ok bool) {
	c := &es.list[cond]
	if c.kind == exprConst {
		return c.text == "true", true
	}
	if c.kind == exprBin && c.op == token.LSS {
		return es.less(s, c.a, c.b)
	}
	toConst := c.kind == exprBin && c.op == token.EQL && es.list[c.b].kind == exprConst
	if toConst && es.list[c.a].kind == exprConst {
		return c.a == c.b, true
	}
	for _, f := range s.facts {
		if f.cond == cond {
			return f.val, true
		}
		// a == 1 excludes a == 2.
		if toConst && f.val {
			if g := &es.list[f.cond]; g.kind == exprBin && g.op == token.EQL && g.a == c.a && es.list[g.b].kind == exprConst {
				return false, true
			}
		}
	}
	return false, false
}

// less compares two numbers that are constant, or known to be equal to one.
func (es *exprs) less(s state, a, b exprID) (val, ok bool) {
	x, y := es.number(s, a), es.number(s, b)
	if x != nil && y != nil {
		return constant.Compare(x, token.LSS, y), true
	}
	for _, f := range s.facts {
		if c := &es.list[f.cond]; c.kind == exprBin && c.op == token.LSS && c.a == a && c.b == b {
			return f.val, true
		}
	}
	return false, false
}

func (es *exprs) number(s state, e exprID) constant.Value {
	v := es.list[e].val
	for _, f := range s.facts {
		if c := &es.list[f.cond]; f.val && c.kind == exprBin && c.op == token.EQL && c.a == e {
			v = es.list[c.b].val
		}
	}
	if v == nil || v.Kind() != constant.Int {
		return nil
	}
	return v
}

const maxFacts = 12

// learn returns s with the fact f; of too many facts the oldest goes.
func (s state) learn(f fact) state {
	facts := make([]fact, 0, len(s.facts)+1)
	for _, old := range s.facts {
		if old.cond != f.cond {
			facts = append(facts, old)
		}
	}
	if len(facts) >= maxFacts {
		facts = facts[1:]
	}
	s.facts = append(facts, f)
	return s
}

// forget returns s without the facts about expressions that f picks.
func (es *exprs) forget(s state, f func(access.Path) bool) state {
	for _, old := range s.facts {
		if es.mentions(old.cond, f) {
			s.facts = slices.DeleteFunc(slices.Clone(s.facts), func(g fact) bool { return es.mentions(g.cond, f) })
			break
		}
	}
	return s
}
