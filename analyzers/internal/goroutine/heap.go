package goroutine

import (
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// This file is the memory model of an exploration: which objects exist, what
// a pointer may point to, and the solver that propagates pointers.
//
// The solver is inclusion-based (Andersen) and does not look at the order of
// statements, but it is cloned per activation: every [Frame] has nodes of its
// own, so two calls of one constructor make two objects. Fields are told
// apart; the elements of a slice, array or map share one content node, though
// an address keeps the constant index it was made with.

// An ObjectKind says what an object stands for.
type ObjectKind uint8

const (
	Allocated ObjectKind = iota // made by an instruction of a frame
	Global                      // a package-level variable
	Function                    // a function, or a closure with its bindings
	Boxed                       // the value inside an interface value
	Unknown                     // what a parameter of the root or an external call gives
	Contents                    // what a cell that was written outside the exploration holds
)

// An Object is a piece of memory, or a function value.
type Object struct {
	Kind   ObjectKind
	Frame  *Frame          // the activation that made it; nil for globals
	Value  ssa.Value       // the instruction, global, function or parameter
	Site   ssa.Instruction // where it is made, if anywhere
	Type   types.Type      // of the memory, or of the boxed value
	Parent Target          // for Contents: the cell that holds the pointer to it

	order  int
	leaked bool // code outside the package may reach it
}

// open reports whether memory of o may have been written before the
// exploration began.
func (o *Object) open() bool { return o.Kind == Unknown || o.Kind == Contents || o.Kind == Global }

// A Path leads from an object to a part of it: ".2" selects a field, "[7]" an
// element at a constant index, "[]" an element at an index that is not
// constant, "[*]" every element.
type Path string

// AnyElement is p with one element at an unknown index instead of all.
func (p Path) AnyElement() Path { return Path(strings.ReplaceAll(string(p), "[*]", "[]")) }

// A Target is what a pointer points to: a part of an object and, for a slice,
// the window of the array that it covers.
type Target struct {
	Obj  *Object
	Path Path
	// Lo is the index of a slice's first element, or -1 if it is not constant.
	Lo int32
	// Hi is one more than the index of its last element; 0 means the whole.
	Hi int32
}

func (t Target) plus(step string) Target {
	return Target{Obj: t.Obj, Path: t.Path + Path(step)}
}

// maxSteps bounds a path; longer ones lose their tail and alias each other.
const maxSteps = 24

func (t Target) tooLong() bool {
	return strings.Count(string(t.Path), ".")+strings.Count(string(t.Path), "[") > maxSteps
}

// contentPath forgets indices, since all elements share one content node.
func contentPath(p Path) Path {
	s := string(p)
	if !strings.Contains(s, "[") {
		return p
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteByte(s[i])
		if s[i] == '[' {
			for s[i] != ']' {
				i++
			}
			b.WriteByte(']')
		}
	}
	return Path(b.String())
}

type valueKey struct {
	frame *Frame
	value ssa.Value
	leaf  string
}

type cellKey struct {
	obj  *Object
	path Path
}

// A node is a pointer variable of the constraint system.
type node struct {
	set   map[Target]bool
	list  []Target
	flows []*node
	each  []func(Target)
	from  []*node // pointers that are made from this one: to a part, or what it points to holds
	many  bool    // there are more targets than those of list: what it points to is not known
}

// maxTargets bounds a points-to set. A pointer with more targets than this
// tells nothing that a report could rest on.
const maxTargets = 24

type pending struct {
	n *node
	t Target
}

// heap holds the constraint system of an exploration.
type heap struct {
	values  map[valueKey]*node
	cells   map[cellKey]*node
	cellsOf map[*Object][]cellKey // in order of creation
	globals map[*ssa.Global]*Object
	funcs   map[*ssa.Function]*Object
	objects []*Object
	work    []pending
	steps   int
	leafs   map[types.Type][]string
	// loads are the cells that were read, with the type read.
	loads     map[cellKey]types.Type
	loadOrder []cellKey
}

func newHeap() *heap {
	return &heap{
		values:  make(map[valueKey]*node),
		cells:   make(map[cellKey]*node),
		cellsOf: make(map[*Object][]cellKey),
		globals: make(map[*ssa.Global]*Object),
		funcs:   make(map[*ssa.Function]*Object),
		leafs:   make(map[types.Type][]string),
		loads:   make(map[cellKey]types.Type),
	}
}

func (h *heap) object(o *Object) *Object {
	o.order = len(h.objects)
	h.objects = append(h.objects, o)
	return o
}

func (h *heap) add(n *node, t Target) {
	if n.set[t] {
		return
	}
	if len(n.list) >= maxTargets {
		h.lose(n)
		return
	}
	if n.set == nil {
		n.set = make(map[Target]bool)
	}
	n.set[t] = true
	n.list = append(n.list, t)
	h.work = append(h.work, pending{n, t})
}

// lose says that not all that n points to is known, and so not all that the
// pointers that come from it do.
func (h *heap) lose(n *node) {
	for work := []*node{n}; len(work) > 0; {
		n, work = work[len(work)-1], work[:len(work)-1]
		if !n.many {
			n.many = true
			work = append(append(work, n.flows...), n.from...)
		}
	}
}

func (h *heap) flow(from, to *node) {
	if from == to {
		return
	}
	if from.many {
		h.lose(to)
	}
	for _, f := range from.flows {
		if f == to {
			return
		}
	}
	from.flows = append(from.flows, to)
	for _, t := range from.list {
		h.add(to, t)
	}
}

func (h *heap) forEach(n *node, fn func(Target)) {
	n.each = append(n.each, fn)
	for i := 0; i < len(n.list); i++ {
		fn(n.list[i])
	}
}

// derive is forEach for an fn that gives dst, a pointer made from n, its targets.
func (h *heap) derive(n, dst *node, fn func(Target)) {
	n.from = append(n.from, dst)
	if n.many {
		h.lose(dst)
	}
	h.forEach(n, fn)
}

// maxWork bounds the propagation of one exploration, in steps.
const maxWork = 400_000

// solve propagates until nothing changes, or the budget is spent.
func (h *heap) solve() bool {
	for len(h.work) > 0 {
		p := h.work[len(h.work)-1]
		h.work = h.work[:len(h.work)-1]
		for _, to := range p.n.flows {
			h.add(to, p.t)
		}
		for i := 0; i < len(p.n.each); i++ {
			p.n.each[i](p.t)
		}
		if h.steps += 1 + len(p.n.flows) + len(p.n.each); h.steps > maxWork {
			return false
		}
	}
	return true
}

// cell is the node of what the memory at t holds.
func (h *heap) cell(t Target, leaf string) *node {
	key := cellKey{t.Obj, contentPath(t.Path + Path(leaf))}
	n := h.cells[key]
	if n == nil {
		n = new(node)
		h.cells[key] = n
		h.cellsOf[t.Obj] = append(h.cellsOf[t.Obj], key)
	}
	return n
}

// read is cell for a load of the given leaf type, which memory that was
// written before the exploration began must satisfy too.
func (h *heap) read(t Target, leaf string, typ types.Type) *node {
	n := h.cell(t, leaf)
	if t.Obj.open() {
		key := cellKey{t.Obj, contentPath(t.Path + Path(leaf))}
		if _, ok := h.loads[key]; !ok && typ != nil {
			h.loads[key] = typ
			h.loadOrder = append(h.loadOrder, key)
		}
	}
	return n
}

// Holds lists what the memory at t may point to, as far as the exploration uses it;
// known is false if the list is not complete. It is empty where the exploration
// neither reads nor writes.
func (x *Exploration) Holds(t Target) (targets []Target, known bool) {
	if n := x.heap.cells[cellKey{t.Obj, contentPath(t.Path)}]; n != nil {
		return n.list, !n.many
	}
	return nil, true
}

// maxOpen bounds chains of unknown memory: p.next.next.next.
const maxOpen = 4

// seed gives a first content to cells of open objects that are read but never
// written in the exploration. It reports whether there was any.
func (h *heap) seed() bool {
	seeded := false
	for i := 0; i < len(h.loadOrder); i++ {
		key := h.loadOrder[i]
		n := h.cells[key]
		if n == nil || len(n.list) > 0 {
			continue
		}
		depth := 0
		for o := key.obj; o.Kind == Contents; o = o.Parent.Obj {
			depth++
		}
		if depth >= maxOpen {
			h.lose(n)
			continue
		}
		o := h.object(&Object{
			Kind:   Contents,
			Value:  key.obj.Value,
			Frame:  key.obj.Frame,
			Site:   key.obj.Site,
			Type:   pointee(h.loads[key]),
			Parent: Target{Obj: key.obj, Path: key.path},
		})
		h.add(n, Target{Obj: o})
		seeded = true
	}
	return seeded
}

// loseEmpty says of pointers that get targets from one place and none from another,
// where something must come from too, that not all they point to is known. The
// other is empty because what it reads was written before the exploration
// began, in memory that the exploration writes as well; see seed.
func (h *heap) loseEmpty() {
	empty := func(n *node) {
		if len(n.list) > 0 {
			return
		}
		for _, to := range n.flows {
			if len(to.list) > 0 {
				h.lose(to)
			}
		}
	}
	for _, n := range h.values {
		empty(n)
	}
	for _, n := range h.cells {
		empty(n)
	}
}

// pointee is the type of the memory that a value of type t refers to.
func pointee(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// maxLeaves bounds the pointers of one struct value that are followed.
const maxLeaves = 40

// leaves lists the parts of a value of type t that can hold a pointer, a
// channel, a map, a slice, a function or an interface.
func (h *heap) leaves(t types.Type) []string {
	if l, ok := h.leafs[t]; ok {
		return l
	}
	l := appendLeaves(nil, "", t, 0)
	h.leafs[t] = l
	return l
}

func appendLeaves(out []string, prefix string, t types.Type, depth int) []string {
	if len(out) >= maxLeaves || depth > 8 {
		return out
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Kind() == types.UnsafePointer {
			out = append(out, prefix)
		}
	case *types.Pointer, *types.Chan, *types.Map, *types.Signature, *types.Slice, *types.Interface:
		out = append(out, prefix)
	case *types.Struct:
		for i := range u.NumFields() {
			out = appendLeaves(out, prefix+"."+strconv.Itoa(i), u.Field(i).Type(), depth+1)
		}
	case *types.Array:
		out = appendLeaves(out, prefix+"[]", u.Elem(), depth+1)
	case *types.Tuple:
		for i := range u.Len() {
			out = appendLeaves(out, prefix+"#"+strconv.Itoa(i), u.At(i).Type(), depth+1)
		}
	}
	return out
}

// leafType is the type of the part of t that a leaf leads to.
func leafType(t types.Type, leaf string) types.Type {
	for leaf != "" {
		end := 1 + strings.IndexAny(leaf[1:]+".", ".[#")
		step := leaf[:end]
		leaf = leaf[end:]
		switch u := t.Underlying().(type) {
		case *types.Struct:
			i, _ := strconv.Atoi(step[1:])
			t = u.Field(i).Type()
		case *types.Array:
			t = u.Elem()
		case *types.Tuple:
			i, _ := strconv.Atoi(step[1:])
			t = u.At(i).Type()
		default:
			return nil
		}
	}
	return t
}
