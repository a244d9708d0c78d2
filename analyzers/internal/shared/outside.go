package shared

import (
	"go/types"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
	"github.com/lockstep-go/lockstep/analyzers/internal/outside"
)

// This file is about accesses within functions of other packages, of which package
// outside knows.

// A Far is an access within a function of another package.
type Far struct {
	Func  string // the function called, as a message names it
	Place string // file and line of the access
	Field string // what is accessed, behind the argument: ".n"; or the name of a variable
}

// behind is the step of a path from a pointer or map to what it refers to. The
// exploration does not know which object that is, but it is the same for all that come
// by the same path, as long as nobody writes the pointer, which would be a race too.
const behind = "<*>"

// outside records what a function of another package accesses; the arguments are values
// of the activation f.
func (c *collector) outside(id goroutine.PointID, p goroutine.Point, f *goroutine.Frame, common *ssa.CallCommon) {
	e := c.x.Outside(common)
	if e == nil {
		return
	}
	fn := common.StaticCallee()
	for _, a := range e.Accesses {
		m := memory{x: c.x, far: Far{Func: fn.Name(), Place: a.Place}}
		var addr ssa.Value
		if a.Param < 0 {
			m.at, m.known = goroutine.Target{Obj: c.global(fn.Pkg.Pkg, a.Global)}, true
			m.far.Field = fn.Pkg.Pkg.Name() + "." + a.Global
			if v := fn.Pkg.Pkg.Scope().Lookup(a.Global); v != nil {
				m.typ = v.Type()
			}
		} else if a.Param < len(common.Args) {
			addr = common.Args[a.Param]
			targets, known := c.x.PointsTo(f, addr)
			if m.typ, m.known = addr.Type(), known && len(targets) == 1; m.known {
				m.at = targets[0]
			}
		}
		for _, step := range a.Steps {
			m.step(step)
		}
		if !m.known || !c.x.Certain(p.Frame) {
			continue
		}
		kind := Memory
		if a.Map {
			kind = Map
		}
		if made := c.accessAt(id, p, m.at, addr, "", kind, a.Write, false); made != nil {
			made.Far = m.far
		}
	}
}

// A memory is a place that steps lead to.
type memory struct {
	x     *goroutine.Exploration
	at    goroutine.Target
	known bool
	typ   types.Type // that at has or leads to, nil if that is not known
	far   Far
}

func (m *memory) step(step string) {
	if step == outside.Deref {
		held, known := m.x.Holds(m.at)
		switch {
		case !known || len(held) > 1:
			m.known = false
		case len(held) == 1:
			m.at = held[0]
		default:
			m.at.Path += behind
		}
		return
	}
	m.far.Field += "." + step
	if m.typ == nil {
		m.at.Path += goroutine.Path("." + step) // its name stands for its index
		return
	}
	f, i := outside.Field(m.typ, step)
	if f == nil {
		m.known = false
		return
	}
	m.at.Path, m.typ = m.at.Path+goroutine.Path("."+strconv.Itoa(i)), f.Type()
}

// global is the object of a package-level variable of another package.
func (c *collector) global(pkg *types.Package, name string) *goroutine.Object {
	if c.globals == nil {
		c.globals = make(map[string]*goroutine.Object)
		for _, o := range c.x.Objects() {
			if g, ok := o.Value.(*ssa.Global); ok && o.Kind == goroutine.Global && g.Pkg != nil {
				c.globals[g.Pkg.Pkg.Path()+"."+g.Name()] = o
			}
		}
	}
	key := pkg.Path() + "." + name
	o := c.globals[key]
	if o == nil {
		o = &goroutine.Object{Kind: goroutine.Global}
		c.globals[key] = o
		c.far = append(c.far, o)
	}
	return o
}
