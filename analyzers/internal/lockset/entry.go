package lockset

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// A callSite is a place in the package from which a function is called.
type callSite struct {
	instr  ssa.Instruction // in the caller
	caller *ssa.Function
	call   *ssa.CallCommon // as it would be written without method values
	spawns bool            // a new goroutine makes the call
}

// inferEntries finds what is held at the entry of the functions whose callers
// are all known. What callers hold depends on what is held at their own entry,
// so this goes round until nothing changes, starting from "everything".
func (e *engine) inferEntries(fns []*ssa.Function) {
	if !e.anyLocks() {
		return
	}
	sites, open := e.callSites(fns)
	in := &inference{engine: e, top: make(map[*ssa.Function]bool), calls: make(map[*ssa.BasicBlock]heldCalls)}
	var known []*ssa.Function
	for _, fn := range fns {
		if len(sites[fn]) > 0 && !open[fn] {
			known = append(known, fn)
			in.top[fn] = true
		}
	}
	for range maxRounds {
		changed := false
		for _, fn := range known {
			entry, ok := in.entryOf(fn, sites[fn])
			info := e.funcs[fn]
			if ok && (in.top[fn] || len(entry) != len(info.entry)) {
				info.entry, changed = entry, true
				delete(in.top, fn)
			}
		}
		if !changed {
			return
		}
	}
	for _, fn := range known { // not finished: nothing is sure
		e.funcs[fn].entry = nil
	}
}

const maxRounds = 20

// An inference is what is known while entries are being inferred.
type inference struct {
	*engine
	top   map[*ssa.Function]bool // of which nothing is known yet
	calls map[*ssa.BasicBlock]heldCalls
}

// heldCalls are the locks that must be held at the calls of a block, and where it
// runs deferred ones, if those of entry are held when its function is entered.
type heldCalls struct {
	entry []Lock
	must  map[ssa.Instruction][]Lock
}

func (e *engine) anyLocks() bool {
	for _, info := range e.funcs {
		if info.acts != nil {
			return true
		}
	}
	return false
}

// entryOf intersects what the callers of fn hold. Callers of which nothing is
// known yet are left out; ok is false if there are no others.
func (in *inference) entryOf(fn *ssa.Function, sites []callSite) (entry []Lock, ok bool) {
	for _, site := range sites {
		if in.top[site.caller] && site.caller != fn {
			continue
		}
		if in.top[site.caller] && !site.spawns {
			continue // calls itself
		}
		var held []Lock
		if !site.spawns {
			held = in.inCalleeTerms(in.heldAtCall(site), fn, site)
		}
		if ok {
			entry = intersect(entry, held)
		} else {
			entry, ok = held, true
		}
		if len(entry) == 0 {
			return nil, true
		}
	}
	return entry, ok
}

// heldAtCall returns what must be held when the call is made; of a deferred
// call that is when the function returns.
func (in *inference) heldAtCall(site callSite) []Lock {
	info := in.funcs[site.caller]
	if info.in == nil {
		return info.entry
	}
	d, deferred := site.instr.(*ssa.Defer)
	if !deferred {
		return in.heldAt(site.instr)
	}
	var held []Lock
	first := true
	for _, b := range site.caller.Blocks {
		for _, a := range info.acts[b.Index] {
			if a.kind != actDefers {
				continue
			}
			now := in.heldAtDefer(d, info, b, in.heldAt(a.instr))
			if first {
				held, first = now, false
			} else {
				held = intersect(held, now)
			}
		}
	}
	return held
}

// heldAt returns what must be held at a call, or where deferred calls are run.
func (in *inference) heldAt(instr ssa.Instruction) []Lock {
	b, entry := instr.Block(), in.funcs[instr.Parent()].entry
	known, ok := in.calls[b]
	if !ok || !slices.Equal(known.entry, entry) {
		known = heldCalls{entry: entry, must: make(map[ssa.Instruction][]Lock)}
		in.walkBlock(b, func(i ssa.Instruction, s Set) {
			switch i.(type) {
			case ssa.CallInstruction, *ssa.RunDefers, *ssa.Panic:
				if must := s.Must(); must != nil {
					known.must[i] = must
				}
			}
		})
		in.calls[b] = known
	}
	return known.must[instr]
}

// heldAtDefer takes from the locks held at the end of b those that deferred
// calls release before it is d's turn: those of defer statements behind it.
func (e *engine) heldAtDefer(d *ssa.Defer, info *funcInfo, b *ssa.BasicBlock, held []Lock) []Lock {
	for _, acts := range info.acts {
		for _, a := range acts {
			if a.kind != actDefer || a.deferred == nil || a.instr == d || !after(a.instr, d) {
				continue
			}
			s := state{}
			for _, l := range held {
				s = s.with(level{Lock: l, n: 1})
			}
			for _, s := range e.step(a.deferred, s, returning, nil) {
				held = slices.DeleteFunc(slices.Clone(held), func(l Lock) bool {
					lv, _ := s.level(l)
					return lv.n <= 0
				})
			}
		}
	}
	return held
}

// after reports whether a may be executed after b.
func after(a, b ssa.Instruction) bool {
	if a.Block() == b.Block() {
		return a.Pos() > b.Pos()
	}
	return !a.Block().Dominates(b.Block())
}

// inCalleeTerms expresses locks of the caller in terms of the callee.
func (e *engine) inCalleeTerms(held []Lock, fn *ssa.Function, site callSite) []Lock {
	var out []Lock
	for _, l := range held {
		p := l.Path
		if root := p.Root(); root.Kind == access.Global {
			out = append(out, l)
			continue
		} else if f := root.Func(); f != nil && f != fn && enclosedBy(fn, f) {
			out = append(out, l)
			continue
		}
		for i, param := range fn.Params {
			if i >= len(site.call.Args) {
				break
			}
			if q, ok := e.paths.Replace(p, e.paths.Of(site.call.Args[i]), e.paths.Of(param)); ok {
				out = append(out, Lock{Path: q, Mode: l.Mode})
				break
			}
		}
	}
	return out
}

func enclosedBy(fn, outer *ssa.Function) bool {
	for p := fn.Parent(); p != nil; p = p.Parent() {
		if p == outer {
			return true
		}
	}
	return false
}

// callSites finds the calls of each function, and the functions that may also
// be called from elsewhere: exported ones, and those used as values that are
// not followed.
func (e *engine) callSites(fns []*ssa.Function) (sites map[*ssa.Function][]callSite, open map[*ssa.Function]bool) {
	sites, open = e.seenCalls(fns, false)
	for _, fn := range fns {
		if fn.Parent() == nil && (token.IsExported(fn.Name()) || fn.Name() == "main" || fn.Name() == "init") {
			open[fn] = true
		}
	}
	return sites, open
}

// seenCalls finds the calls of each function, and the functions that go as values,
// or through interfaces, where calls of them are not followed. Whether a function
// value that is called later, in another goroutine, is followed is for later to say.
func (e *engine) seenCalls(fns []*ssa.Function, later bool) (sites map[*ssa.Function][]callSite, open map[*ssa.Function]bool) {
	sites = make(map[*ssa.Function][]callSite)
	open = make(map[*ssa.Function]bool)
	invoked := make(map[string]bool) // names of methods called through interfaces
	var ops []*ssa.Value
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if call, ok := instr.(ssa.CallInstruction); ok {
					e.addCallSite(sites, open, call)
					if call.Common().IsInvoke() {
						invoked[call.Common().Method.Name()] = true
					}
				}
				ops = instr.Operands(ops[:0])
				e.openValues(open, instr, ops, later)
			}
		}
	}
	for _, fn := range fns {
		if fn.Signature.Recv() != nil && invoked[fn.Name()] {
			open[fn] = true
		}
	}
	return sites, open
}

func (e *engine) addCallSite(sites map[*ssa.Function][]callSite, open map[*ssa.Function]bool, instr ssa.CallInstruction) {
	_, spawns := instr.(*ssa.Go)
	common := instr.Common()
	if op, ok := syncapi.Classify(common, e.paths); ok {
		if op.Callback != nil {
			if fn, call := e.callee(&ssa.CallCommon{Value: op.Callback}); fn != nil {
				sites[fn] = append(sites[fn], callSite{instr, instr.Parent(), call, spawns || op.Async})
			}
		}
		return
	}
	if fn, call := e.callee(common); fn != nil {
		sites[fn] = append(sites[fn], callSite{instr, instr.Parent(), call, spawns})
	}
}

// openValues marks the functions among the operands of instr that are used as
// values and are not followed.
func (e *engine) openValues(open map[*ssa.Function]bool, instr ssa.Instruction, ops []*ssa.Value, later bool) {
	for _, op := range ops {
		switch v := (*op).(type) {
		case *ssa.MakeClosure:
			// Followed from where it is made.
		case *ssa.Function:
			if mc, ok := instr.(*ssa.MakeClosure); ok && mc.Fn == v {
				if fn, _ := e.callee(&ssa.CallCommon{Value: mc}); fn != nil && !e.followedTo(mc, later) {
					open[fn] = true
				}
				continue
			}
			fn := access.Declared(v)
			if e.funcs[fn] == nil {
				continue
			}
			if call, ok := instr.(ssa.CallInstruction); ok {
				if call.Common().Value == v && !slices.Contains(call.Common().Args, ssa.Value(v)) {
					continue
				}
				if op, ok := syncapi.Classify(call.Common(), e.paths); ok && op.Callback == v {
					continue
				}
			}
			if st, ok := instr.(*ssa.Store); ok {
				if alloc, ok := st.Addr.(*ssa.Alloc); ok && e.loadsFollowed(alloc, v, later) {
					continue
				}
			}
			open[fn] = true
		}
	}
}
