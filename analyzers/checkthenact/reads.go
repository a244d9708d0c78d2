package checkthenact

// Which reads each write of a function depends on.
//
// They are found for all writes at once, so that the work grows with the function
// and not with its square. A read matters if the function writes the same variable
// too; what carries such a read is found first, from the reads on, and nothing else is
// looked at afterwards. Then one walk over the tree of dominators keeps what has been
// decided on the way, by the reads that the decisions depend on.
//
// A long function can depend on all that it has done before. Therefore the nearest of
// everything is looked at, up to a limit, and the rest is left out.

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// Limits. maxSources bounds the values that one value is followed to; maxReads
// the reads of one variable by which decisions on the way to a write are made, and
// maxDecisions the decisions by one read, or in one section.
const (
	maxSources   = 256
	maxReads     = 64
	maxDecisions = 64
)

// bases are the reads that the writes of a function depend on.
type bases struct {
	needs      map[int]need       // by the write
	carries    map[ssa.Value]bool // see carriers
	claims     []int              // operations such as CompareAndSwap that some branch depends on
	isFresh    map[condition]bool // what fresh has found
	reassigned map[access.Path]bool
}

// A need is what a write depends on.
type need struct {
	reads []basis // of the variable that is written, in their order
	// within are the decisions on the way to the write that are made in the section
	// of an acquisition, of the sections that the write is in.
	within map[ssa.Instruction]*decisions
}

// A basis is a read that a write depends on, by its value or by decisions on the way
// to it.
type basis struct {
	event
	decisions *decisions // that depend on the read; nil if only the value does
}

// decisions are those on the way to a place, the nearest first.
type decisions struct {
	decision
	outer *decisions
}

// base finds the reads that the writes of f depend on.
func (f *function) base() {
	f.carries = f.carriers()
	if len(f.carries) == 0 {
		return
	}
	f.needs, f.isFresh, f.reassigned = make(map[int]need), make(map[condition]bool), make(map[access.Path]bool)
	w := &walk{
		f: f, tests: make(map[*ssa.If][]int), writes: make(map[*ssa.BasicBlock][]int),
		by: make(map[int]*decisions), reads: make(map[access.Path][]int), within: make(map[ssa.Instruction]*decisions),
	}
	for i, e := range f.events {
		if e.kind.writes() {
			w.writes[e.instr.Block()] = append(w.writes[e.instr.Block()], i)
		}
	}
	for _, b := range f.fn.Blocks {
		br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		for _, i := range f.readsOf(br.Cond) {
			if k := f.events[i].kind; k == atomicOther || k == mapOther {
				f.claims = append(f.claims, i)
			} else {
				w.tests[br] = append(w.tests[br], i)
			}
		}
	}
	for _, b := range f.fn.Blocks {
		if b.Idom() == nil {
			w.visit(b)
		}
	}
}

func (k eventKind) writes() bool {
	switch k {
	case store, update, remove, atomicStore, mapStore, mapDelete:
		return true
	}
	return false
}

// carriers are the values that depend on a read of a variable that the function
// writes, or on an operation such as CompareAndSwap.
func (f *function) carriers() map[ssa.Value]bool {
	written := make(map[access.Path]bool)
	for _, e := range f.events {
		if e.kind.writes() {
			written[e.path] = true
		}
	}
	carries := make(map[ssa.Value]bool)
	var work []ssa.Value
	for _, e := range f.events {
		switch e.kind {
		case load, lookup:
			if !f.locks || !written[e.path] {
				continue
			}
		case atomicLoad, mapLoad:
			if !written[e.path] {
				continue
			}
		case atomicOther, mapOther:
		default:
			continue
		}
		v := e.instr.(ssa.Value)
		carries[v] = true
		work = append(work, v)
	}
	for len(work) > 0 {
		v := work[len(work)-1]
		work = work[:len(work)-1]
		for _, ref := range *v.Referrers() {
			next, ok := ref.(ssa.Value)
			if !ok || carries[next] {
				continue
			}
			if from, _ := step(next); slices.Contains(from, v) {
				carries[next] = true
				work = append(work, next)
			}
		}
	}
	return carries
}

// sources lists v and the values that it depends on, of those that carry a read the
// nearest maxSources. It is empty if v carries none.
func (f *function) sources(v ssa.Value) []ssa.Value {
	if !f.carries[v] {
		return nil
	}
	list, seen := []ssa.Value{v}, map[ssa.Value]bool{v: true}
	for i := 0; i < len(list); i++ {
		from, _ := step(list[i])
		for _, x := range from {
			if len(list) < maxSources && f.carries[x] && !seen[x] {
				seen[x] = true
				list = append(list, x)
			}
		}
	}
	return list
}

// readsOf lists the reads that v depends on.
func (f *function) readsOf(v ssa.Value) []int {
	var found []int
	for _, x := range f.sources(v) {
		if instr, ok := x.(ssa.Instruction); ok {
			if i, ok := f.at[instr]; ok {
				found = append(found, i)
			}
		}
	}
	return found
}

// A walk goes over the blocks of a function, from each to those that it dominates
// immediately, and keeps what has been decided on the way.
type walk struct {
	f      *function
	tests  map[*ssa.If][]int         // the reads that a branch depends on
	writes map[*ssa.BasicBlock][]int // in their order

	by     map[int]*decisions             // by the read that they depend on
	reads  map[access.Path][]int          // those that decisions depend on, the outermost first
	within map[ssa.Instruction]*decisions // in the section of an acquisition
}

func (w *walk) visit(b *ssa.BasicBlock) {
	d, ok := controls(b)
	if ok {
		w.enter(d)
	}
	for _, i := range w.writes[b] {
		w.record(i)
	}
	for _, next := range b.Dominees() {
		w.visit(next)
	}
	if ok {
		w.leave(d)
	}
}

func (w *walk) enter(d decision) {
	for _, i := range w.tests[d.branch] {
		if w.by[i] == nil {
			path := w.f.events[i].path
			w.reads[path] = append(w.reads[path], i)
		}
		w.by[i] = &decisions{d, w.by[i]}
	}
	for _, h := range w.f.held[d.branch] {
		for _, site := range h.Sites {
			w.within[site] = &decisions{d, w.within[site]}
		}
	}
}

func (w *walk) leave(d decision) {
	for _, i := range w.tests[d.branch] {
		w.by[i] = w.by[i].outer
		if w.by[i] == nil {
			path := w.f.events[i].path
			w.reads[path] = w.reads[path][:len(w.reads[path])-1]
		}
	}
	for _, h := range w.f.held[d.branch] {
		for _, site := range h.Sites {
			w.within[site] = w.within[site].outer
		}
	}
}

// record takes note of what the write i depends on.
func (w *walk) record(i int) {
	e := w.f.events[i]
	reads := w.reads[e.path]
	found := slices.Clone(reads[max(0, len(reads)-maxReads):])
	if e.value != nil {
		for _, r := range w.f.readsOf(e.value) {
			if w.f.events[r].path == e.path {
				found = append(found, r)
			}
		}
	}
	if len(found) == 0 {
		return
	}
	slices.Sort(found)
	n := need{within: make(map[ssa.Instruction]*decisions)}
	for _, r := range slices.Compact(found) {
		n.reads = append(n.reads, basis{w.f.events[r], w.by[r]})
	}
	for _, h := range e.held {
		for _, site := range h.Sites {
			if d := w.within[site]; d != nil {
				n.within[site] = d
			}
		}
	}
	w.f.needs[i] = n
}
