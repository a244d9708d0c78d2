package guard

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/contract"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/pattern"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file decides whether a lock is certainly not held at a place.
//
// It is a may analysis turned round: the place must be reached along a chain of
// calls, from a function that starts with no lock of ours held, on which no
// lock may be held that could be the one. "Could be" goes by the field that
// holds a lock, not by the path to it, so that another name of the same object
// never makes a report. The chain begins in a goroutine, or in a function that
// other packages call, which cannot hold a lock that they cannot name. What the
// chain works on must be shared by then: an object that a function has just
// made is not, unless it has started a goroutine with it. And nothing may have
// been waited for on the way, since the goroutines that share the object may be
// over.

// A Way is how a place is reached without a lock: the calls, innermost first.
// The last may start a goroutine; else it is made in a function that other
// packages call, or that shares an object of its own with a goroutine.
type Way struct {
	Calls []Site
}

// Related tells the calls on a way, with the keys called-here and started-here of
// the check's catalogue. The arguments are those of all of them, beside func.
func (w Way) Related(args ...string) []diagnostic.Related {
	return related(w.Calls, "called-here", "started-here", args...)
}

// related tells calls, with one key for those of the same goroutine and one for a
// start of another.
func related(calls []Site, called, started message.Key, args ...string) []diagnostic.Related {
	var list []diagnostic.Related
	for _, s := range calls {
		role, key := diagnostic.RoleCall, called
		if s.Spawns {
			role, key = diagnostic.RoleSpawn, started
		}
		m := message.New(key, append(slices.Clip(args), "func", wording.Func(s.Caller))...)
		list = append(list, diagnostic.Related{Role: role, Pos: s.Instr.Pos(), Message: m})
	}
	return list
}

// Unheld returns a way on which the lock l is certainly not held when instr
// begins, for the object at the path obj. The zero lock is held nowhere.
func (j *Judge) Unheld(instr ssa.Instruction, l contract.Lock, obj access.Path) (Way, bool) {
	q := &query{Judge: j, lock: l, busy: make(map[*ssa.Function]bool)}
	if !j.NoneHeld(instr, l) || j.joined(instr) {
		return Way{}, false
	}
	return q.enter(instr, obj, 0)
}

// Reached returns a way to instr on which the object at obj is shared, whatever
// is held.
func (j *Judge) Reached(instr ssa.Instruction, obj access.Path) (Way, bool) {
	return j.Unheld(instr, contract.Lock{}, obj)
}

// UnheldCall returns a way on which the lock l is certainly not held when the
// call of s is made, for the object at the path obj. For a goroutine it is the
// start itself.
func (j *Judge) UnheldCall(s Site, l contract.Lock, obj access.Path) (Way, bool) {
	if s.Spawns {
		return Way{}, j.sharedByGo(s, obj)
	}
	q := &query{Judge: j, lock: l, busy: make(map[*ssa.Function]bool)}
	if !q.unheldAt(s) {
		return Way{}, false
	}
	return q.enter(s.Instr, obj, 0)
}

// A query looks for the ways into a function on which a lock is not held.
type query struct {
	*Judge
	lock  contract.Lock
	busy  map[*ssa.Function]bool
	steps int // functions entered so far
}

// Limits of a query: calls on a way, and functions that are entered in search
// of one. Beyond, nothing is certain.
const (
	maxDepth = 6
	maxSteps = 400
)

// enter continues a way backwards from instr, where the lock is not held as far
// as the instruction's function is concerned.
func (q *query) enter(instr ssa.Instruction, obj access.Path, depth int) (Way, bool) {
	fn := instr.Parent()
	if q.steps++; q.steps > maxSteps || depth > maxDepth || q.busy[fn] || q.assumed(fn, q.lock) || q.InTest(fn) && depth == 0 && fn.Parent() == nil && !q.spawned(fn) {
		return Way{}, false
	}
	if root := q.through(obj).Root(); root.Kind == access.Local && root.Func() == fn && q.lock.Global == nil && !q.InTest(fn) && q.published(root, instr) {
		return Way{}, true // nobody but fn could hold the lock for it
	}
	obj, ok := q.shared(instr, obj)
	if !ok {
		return Way{}, false
	}
	q.busy[fn] = true
	defer delete(q.busy, fn)
	if q.calledFromOutside(fn) && !q.heldBySomeCaller(fn) {
		return Way{}, true
	}
	for _, s := range q.graph.sites[fn] {
		there, ok := q.Rebase(obj, fn, s)
		if !ok {
			continue
		}
		if s.Spawns {
			if q.sharedByGo(s, there) {
				return Way{Calls: []Site{s}}, true
			}
			continue
		}
		if !q.unheldAt(s) {
			continue
		}
		if w, ok := q.enter(s.Instr, there, depth+1); ok {
			w.Calls = append([]Site{s}, w.Calls...)
			return w, true
		}
	}
	return Way{}, false
}

func (q *query) spawned(fn *ssa.Function) bool {
	return slices.ContainsFunc(q.graph.sites[fn], func(s Site) bool { return s.Spawns })
}

// unheldAt reports whether the lock is not held when the call of s is made, as
// far as its function is concerned; of a deferred call that is when the
// function returns.
func (q *query) unheldAt(s Site) bool {
	for _, i := range s.inner {
		if !q.NoneHeld(i, q.lock) || q.joined(i) || q.assumed(i.Parent(), q.lock) {
			return false
		}
	}
	d, ok := s.Instr.(*ssa.Defer)
	if !ok {
		return q.NoneHeld(s.Instr, q.lock) && !q.joined(s.Instr)
	}
	for _, b := range d.Parent().Blocks {
		for _, instr := range b.Instrs {
			if _, ok := instr.(*ssa.RunDefers); ok && (!q.NoneHeld(instr, q.lock) || q.joined(instr)) {
				return false
			}
		}
	}
	return q.NoneHeld(d, q.lock)
}

// heldBySomeCaller reports whether a function that other packages can call may
// be called in this one with the lock held, directly or through an interface.
func (q *query) heldBySomeCaller(fn *ssa.Function) bool {
	for _, s := range q.graph.sites[fn] {
		if !q.InTest(s.Caller) && !s.Spawns && (!q.NoneHeld(s.Instr, q.lock) || q.assumed(s.Caller, q.lock)) {
			return true
		}
	}
	if fn.Signature.Recv() == nil || q.lock.Var == nil {
		return false
	}
	return slices.ContainsFunc(q.graph.invoked[fn.Name()], func(i ssa.CallInstruction) bool {
		return !q.InTest(i.Parent()) && (q.heldFor(i) || q.ownsLock(i.Parent()) && q.assumed(i.Parent(), q.lock))
	})
}

// ownsLock reports whether fn is a method of the type that has the lock.
func (q *query) ownsLock(fn *ssa.Function) bool {
	fn = access.Outermost(fn)
	recv := fn.Signature.Recv()
	if recv == nil {
		return false
	}
	tn := contract.TypeName(recv.Type())
	if tn == nil {
		return false
	}
	st, ok := tn.Type().Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range st.Fields() {
		if f.Origin() == q.lock.Var {
			return true
		}
	}
	return false
}

// heldFor reports whether the lock may be held for the method that is invoked
// at i. A lock of the object that the receiver is a part of is not the
// receiver's own, though it may have the same name.
func (q *query) heldFor(i ssa.CallInstruction) bool {
	recv := q.paths.Of(i.Common().Value)
	return slices.ContainsFunc(q.HeldBefore(i), func(h lockset.Held) bool {
		owner, ok := h.Path.Parent()
		return CouldBe(h.Path, q.lock) && !(ok && recv != owner && recv.HasPrefix(owner))
	})
}

// NoneHeld reports whether no lock that could be l may be held when instr
// begins.
func (j *Judge) NoneHeld(instr ssa.Instruction, l contract.Lock) bool {
	return l.Var == nil || !slices.ContainsFunc(j.HeldBefore(instr), func(h lockset.Held) bool { return CouldBe(h.Path, l) })
}

// CouldBe reports whether the lock at p could be l.
func CouldBe(p access.Path, l contract.Lock) bool {
	v, known := Holder(p)
	return v == l.Var || !known || l.Shared
}

// Holder returns the variable that holds the lock at p. It is not known, and
// known is false, if the variable holds a pointer, so that the lock can have
// other names; a local variable is known and nil.
func Holder(p access.Path) (v *types.Var, known bool) {
	deref := p.Last().Kind == access.Deref
	if deref {
		p, _ = p.Parent()
	}
	if f := p.Last().Field; f != nil {
		return f, !deref
	}
	if p.Len() == 0 {
		switch r := p.Root(); r.Kind {
		case access.Global:
			return r.Var, !deref
		case access.Local:
			return nil, !deref
		}
	}
	return nil, false
}

// assumed reports whether fn itself says that it is called with the lock
// held, or is said to be special in a way that is not understood.
func (j *Judge) assumed(fn *ssa.Function, l contract.Lock) bool {
	fn = access.Outermost(fn)
	obj, _ := fn.Object().(*types.Func)
	if f := j.contracts.Func(obj); f != nil {
		is := func(cond contract.Condition) bool { return cond.Var == l.Var || cond.Shared }
		if f.Ignore || slices.ContainsFunc(f.Requires, is) || slices.ContainsFunc(f.Releases, is) || slices.ContainsFunc(f.Acquires, is) {
			return true
		}
	}
	remarkable, ok := j.remarkable[fn]
	if !ok {
		remarkable = Remarkable(fn)
		j.remarkable[fn] = remarkable
	}
	return remarkable
}

// Remarkable reports whether the name or the comment of a declared function speaks
// of locks or goroutines: its callers may know more than is seen.
func Remarkable(fn *ssa.Function) bool {
	if specialName.MatchString(fn.Name()) {
		return true
	}
	decl, _ := fn.Syntax().(*ast.FuncDecl)
	return decl != nil && specialDoc.MatchString(decl.Doc.Text())
}

var (
	specialName = pattern.New(`(?:^|[A-Za-z0-9_])Locked(?:$|[A-Z0-9_])|(?:^|[a-z0-9_])(?:Unlocked|Lock|NoLock|Held|Holding|Unsafe|Racy|Unguarded|Synced)(?:$|[A-Z0-9_])|^(?:locked|unlocked|lock|unlock|nolock|unsafe|racy)`)
	// specialDoc is in comments that say something about locks or goroutines
	// which is not read as a contract.
	specialDoc = pattern.New(`(?i)\b(?:un)?lock(?:s|ed|ing)?\b|\w*mu\b|mutex|\bh[eo]ld(?:s|ing)?\b|concurren|\bonly\b[^.]*goroutine|(?:same|single|one|main|owning|loop|that|this|caller.?s|calling) goroutine|(?:from|by|on|in|of) the [^.]*goroutine|\brac(?:e|y|es)\b|single[- ]thread|not safe|unsafe|safely|\bassum(?:es|ing)\b|before|\b(?:only|until)\b[^.]*\bafter\b|\bafter\b[^.]*\b(?:ended|done|finished|stopped|closed)\b|initiali[sz]|constructor|exclusive|unpublished|for (?:testing|tests|debugging)\b`)
)

// calledFromOutside reports whether other packages can call fn while holding
// none of the locks that they cannot name: it is exported, or a method of a
// type of which other packages may have values in an interface.
func (q *query) calledFromOutside(fn *ssa.Function) bool {
	if q.nameable(q.lock) || fn.Parent() != nil || !token.IsExported(fn.Name()) || q.InTest(fn) || q.graph.values[fn] || Prepares(fn) {
		return false
	}
	recv := fn.Signature.Recv()
	if recv == nil {
		return fn.Pkg.Pkg.Name() != "main"
	}
	tn := contract.TypeName(recv.Type())
	return tn != nil && (tn.Exported() || q.boxedUnlocked(tn))
}

// nameable reports whether other packages can name the lock.
func (j *Judge) nameable(l contract.Lock) bool {
	return l.Var != nil && l.Var.Exported() && (!l.Var.IsField() || j.graph.exportedFields[l.Var])
}

// boxedUnlocked reports whether values of the type are put into interfaces, and
// never with the lock held: then they could be passed, with the lock held, to
// code that calls back.
func (q *query) boxedUnlocked(tn *types.TypeName) bool {
	boxes := q.graph.boxed[tn]
	return len(boxes) > 0 && !slices.ContainsFunc(boxes, func(i ssa.Instruction) bool { return !q.NoneHeld(i, q.lock) })
}

// Prepares reports whether a function begins the life of an object, by its
// name, or is called by an algorithm of package sort or heap on its data.
func Prepares(fn *ssa.Function) bool {
	switch name := fn.Name(); name {
	case "Len", "Less", "Swap", "Push", "Pop":
		return sortable(fn)
	default:
		return lifecycle.MatchString(name)
	}
}

// sortable reports whether fn is a method of a type that can be sorted.
func sortable(fn *ssa.Function) bool {
	recv := fn.Signature.Recv()
	if recv == nil {
		return false
	}
	for _, name := range []string{"Len", "Less", "Swap"} {
		if m, _, _ := types.LookupFieldOrMethod(recv.Type(), true, fn.Pkg.Pkg, name); m == nil {
			return false
		}
	}
	return true
}

var lifecycle = pattern.New(`^(?:Init|Apply|Setup|SetUp|New|Make|Reset|Open|Clone|Copy|Create|Build|Unmarshal|GobDecode|Decode|Scan|Start|Register|With|Test|Benchmark|Fuzz|Example|init|setup|new|make|open|create|build|register|configure|prepare)(?:$|[A-Z0-9_])|^(?:UnmarshalJSON|UnmarshalText|UnmarshalBinary)$`)

// InTest reports whether fn is in a test file, where nobody uses an object but the
// test itself.
func (j *Judge) InTest(fn *ssa.Function) bool {
	return strings.HasSuffix(j.pass.Fset.Position(fn.Pos()).Filename, "_test.go")
}
