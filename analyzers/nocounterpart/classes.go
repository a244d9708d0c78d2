package nocounterpart

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// This file sorts the channels and wait groups of a package into classes: two
// expressions are of one class if one may be assigned to the other, by an
// assignment, a call or its result, a capture, or a channel of channels.
//
// Classes are found by unification, without regard to order or to which object
// a field belongs to: all objects of a type share its fields. So a class holds
// at least what a channel may do, mostly more; "nobody receives" is then certain
// of every channel of the class. What is held in a pointer, slice, array or map
// is of the class of the pointer, slice, array or map.
//
// A class escapes if the package does not see all that happens to it: it is
// made into an interface, given to or obtained from other packages, a parameter
// of a function that is used as a value, or something that this file does not
// know. Nothing is said of a class that escapes.

// A class is what may be one channel or wait group.
type class struct {
	parent  *class
	content *class // what is sent through the channel
	escaped bool
	// shared is set if more than one goroutine may come to the channel.
	shared bool
	// named is set if a field, parameter or package-level variable holds it.
	named    bool
	compared bool // with nil
	made     chain[*ssa.MakeChan]
	ops      chain[op]
	name     string
}

// A chain is a list to which another is appended at no cost for its length: thousands
// of values can be united with one class.
type chain[T any] struct{ first, last *link[T] }

type link[T any] struct {
	value T
	next  *link[T]
}

func (c *chain[T]) add(value T) {
	l := &link[T]{value: value}
	c.join(chain[T]{l, l})
}

// join appends other, which is not to be used afterwards.
func (c *chain[T]) join(other chain[T]) {
	switch {
	case other.first == nil:
	case c.first == nil:
		*c = other
	default:
		c.last.next, c.last = other.first, other.last
	}
}

// one reports whether the chain holds one value.
func (c *chain[T]) one() bool { return c.first != nil && c.first == c.last }

// values visits what the chain holds, in order.
func (c *chain[T]) values(yield func(T) bool) {
	for l := c.first; l != nil; l = l.next {
		if !yield(l.value) {
			return
		}
	}
}

type opKind uint8

const (
	send opKind = iota
	receive
	closes
	add
	done
	wait
	kinds // how many there are
)

// An op is one operation.
type op struct {
	kind   opKind
	instr  ssa.Instruction
	pos    token.Pos
	choice *ssa.Select // that it is a case of
}

func (c *class) root() *class {
	for c.parent != nil {
		if c.parent.parent != nil {
			c.parent = c.parent.parent // the next time, the way is half as long
		}
		c = c.parent
	}
	return c
}

// counts says how many operations there are of each kind.
func (c *class) counts() (n [kinds]int) {
	for o := range c.ops.values {
		n[o.kind]++
	}
	return n
}

// unbuffered reports whether all channels of the class are made without room.
func (c *class) unbuffered() bool {
	for m := range c.made.values {
		k, ok := m.Size.(*ssa.Const)
		if !ok || constant.Sign(k.Value) != 0 {
			return false
		}
	}
	return c.made.first != nil
}

func unite(a, b *class) {
	if a == nil || b == nil {
		return
	}
	a, b = a.root(), b.root()
	if a == b {
		return
	}
	b.parent = a
	a.shared = a.shared || b.shared
	a.named = a.named || b.named
	a.compared = a.compared || b.compared
	a.made.join(b.made)
	a.ops.join(b.ops)
	if a.name == "" {
		a.name = b.name
	}
	if a.content == nil {
		a.content = b.content
	} else {
		unite(a.content, b.content)
	}
	if a.escaped || b.escaped {
		a.escaped = false
		escape(a)
	}
}

// escape notes that the uses of a class are not all seen, nor are those of what
// is sent through it.
func escape(c *class) {
	for c != nil {
		if c = c.root(); c.escaped {
			return
		}
		c.escaped = true
		c = c.content
	}
}

func contentOf(c *class) *class {
	if c = c.root(); c.content == nil {
		c.content = &class{escaped: c.escaped}
	}
	return c.content
}

// carried is the type of the channel or wait group that t is or leads to, nil if
// it is none.
func carried(t types.Type) types.Type {
	for range 5 {
		if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "sync" && n.Obj().Name() == "WaitGroup" {
			return n
		}
		switch u := t.Underlying().(type) {
		case *types.Chan:
			return u
		case *types.Pointer:
			t = u.Elem()
		case *types.Slice:
			t = u.Elem()
		case *types.Array:
			t = u.Elem()
		case *types.Map:
			t = u.Elem()
		default:
			return nil
		}
	}
	return nil
}

func carries(v ssa.Value) bool { return v != nil && carried(v.Type()) != nil }

// A census is what the package does with its channels and wait groups.
type census struct {
	pkg      *types.Package
	paths    *access.Paths
	exported map[*types.Var]bool
	inside   map[*ssa.Function]bool
	made     map[*ssa.Function]bool // function literals
	open     map[*ssa.Function]bool // called from where it is not seen
	called   map[*ssa.Function]bool
	values   map[ssa.Value]*class
	vars     map[*types.Var]*class
	results  map[*ssa.Function][]*class
	built    map[*types.Struct]bool // an object of it is made in the package
	all      []*class
}

func (cs *census) fresh() *class {
	c := new(class)
	cs.all = append(cs.all, c)
	return c
}

func (cs *census) variable(v *types.Var) *class {
	v = v.Origin()
	c := cs.vars[v]
	if c == nil {
		c = cs.fresh()
		c.name, c.named, c.shared = v.Name(), true, true
		if cs.exported[v] || v.Pkg() != cs.pkg || v.Exported() && cs.pkg.Name() != "main" {
			escape(c)
		}
		cs.vars[v] = c
	}
	return c
}

// of is the class of a value, nil for the constant nil.
func (cs *census) of(v ssa.Value) *class {
	switch v := v.(type) {
	case *ssa.Const:
		return nil
	case *ssa.Global:
		if obj, ok := v.Object().(*types.Var); ok {
			return cs.variable(obj)
		}
	case *ssa.FieldAddr:
		return cs.field(v.X.Type(), v.Field)
	case *ssa.Field:
		return cs.field(v.X.Type(), v.Field)
	}
	c := cs.values[v]
	if c == nil {
		c = cs.fresh()
		cs.values[v] = c
		switch v := v.(type) {
		case *ssa.Alloc:
			c.name = v.Comment
		case *ssa.Parameter:
			c.name, c.named = v.Name(), true
		case *ssa.FreeVar:
			c.name, c.shared = v.Name(), true
		}
		if ch, ok := carried(v.Type()).(*types.Chan); ok {
			if _, ok := types.Unalias(ch.Elem()).(*types.TypeParam); ok {
				escape(contentOf(c))
			}
		}
	}
	return c
}

// field is the class of a field. That of an object that the package only gets
// from elsewhere is filled there.
func (cs *census) field(t types.Type, i int) *class {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s := t.Underlying().(*types.Struct)
	c := cs.variable(s.Field(i))
	if !cs.built[s] {
		escape(c)
	}
	return c
}

// result is the class of a result of a function of the package.
func (cs *census) result(fn *ssa.Function, i int) *class {
	rs := cs.results[fn]
	if rs == nil {
		rs = make([]*class, fn.Signature.Results().Len())
		for j := range rs {
			rs[j] = cs.fresh()
			if cs.open[fn] {
				escape(rs[j])
			}
		}
		cs.results[fn] = rs
	}
	return rs[i]
}

func (cs *census) addOp(c *class, o op) {
	if c != nil {
		c = c.root()
		c.ops.add(o)
	}
}

// waitGroup adds an operation on a wait group.
func (cs *census) waitGroup(o syncapi.Op, instr ssa.Instruction) {
	var c *class
	switch {
	case len(o.Promotion) > 0:
		for _, s := range o.Promotion {
			if s.Field != nil && carried(s.Field.Type()) != nil {
				c = cs.variable(s.Field)
			}
		}
	case o.On != nil && carries(o.On):
		c = cs.of(o.On)
	}
	switch o.Kind {
	case syncapi.WaitGroupAdd:
		cs.addOp(c, op{kind: add, instr: instr, pos: instr.Pos()})
		if len(o.Args) != 1 {
			escape(c)
			return
		}
		if k, ok := o.Args[0].(*ssa.Const); !ok || constant.Sign(k.Value) < 0 {
			cs.addOp(c, op{kind: done, instr: instr, pos: instr.Pos()})
		}
	case syncapi.WaitGroupGo:
		cs.addOp(c, op{kind: done, instr: instr, pos: instr.Pos()})
	case syncapi.WaitGroupDone:
		cs.addOp(c, op{kind: done, instr: instr, pos: instr.Pos()})
	case syncapi.WaitGroupWait:
		cs.addOp(c, op{kind: wait, instr: instr, pos: instr.Pos()})
	}
}
