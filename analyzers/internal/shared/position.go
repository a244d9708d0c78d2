package shared

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// position is where the source has an access. Go's SSA form gives a plain
// mention of a variable no position, so it is found again in the syntax: the
// mention of the variable next to the instruction that uses the value, or the
// first behind the instructions before it.
func (r *Result) position(instr ssa.Instruction, addr ssa.Value) token.Pos {
	if pos := instr.Pos(); pos.IsValid() {
		return pos
	}
	v := variableOf(addr)
	if load, ok := instr.(*ssa.UnOp); ok && v != nil {
		mentions := r.mentions(v)
		if refs := load.Referrers(); refs != nil {
			for _, ref := range *refs {
				if ref.Pos().IsValid() && ref.Parent() == instr.Parent() {
					if pos := nearest(mentions, ref.Pos()); pos.IsValid() {
						return pos
					}
				}
			}
		}
		if before := posBefore(instr); before.IsValid() {
			for _, pos := range mentions {
				if pos > before {
					return pos
				}
			}
		}
	}
	if load, ok := instr.(ssa.Value); ok && load.Referrers() != nil {
		for _, ref := range *load.Referrers() {
			if ref.Pos().IsValid() {
				return ref.Pos()
			}
		}
	}
	if pos := posBefore(instr); pos.IsValid() {
		return pos
	}
	return instr.Parent().Pos()
}

// posBefore is the position of the last instruction before instr that has one.
func posBefore(instr ssa.Instruction) token.Pos {
	b := instr.Block()
	last := token.NoPos
	for _, other := range b.Instrs {
		if other == instr {
			break
		}
		switch other.(type) {
		case *ssa.Alloc, *ssa.Phi:
			continue
		}
		if other.Pos().IsValid() {
			last = other.Pos()
			if g, ok := other.(*ssa.Go); ok {
				if mc, ok := g.Call.Value.(*ssa.MakeClosure); ok {
					last = endOf(mc.Fn.(*ssa.Function))
				}
			}
		}
	}
	if !last.IsValid() && b.Idom() != nil && len(b.Idom().Instrs) > 0 {
		d := b.Idom().Instrs
		return posBefore(d[len(d)-1])
	}
	return last
}

func endOf(fn *ssa.Function) token.Pos {
	if s := fn.Syntax(); s != nil {
		return s.End()
	}
	return fn.Pos()
}

func nearest(mentions []token.Pos, to token.Pos) token.Pos {
	best := token.NoPos
	dist := func(p token.Pos) token.Pos {
		if p < to {
			return to - p
		}
		return p - to
	}
	for _, p := range mentions {
		if best == token.NoPos || dist(p) < dist(best) {
			best = p
		}
	}
	return best
}

// variableOf is the variable whose own memory addr is.
func variableOf(addr ssa.Value) *types.Var {
	switch v := addr.(type) {
	case *ssa.Global:
		obj, _ := v.Object().(*types.Var)
		return obj
	case *ssa.Alloc:
		return varAt(v.Parent(), v.Pos(), v.Comment)
	case *ssa.FreeVar:
		return varAt(v.Parent(), v.Pos(), v.Name())
	}
	return nil
}

// varAt finds the variable of a name declared at pos, in the functions
// around fn.
func varAt(fn *ssa.Function, pos token.Pos, name string) *types.Var {
	obj, ok := access.Outermost(fn).Object().(*types.Func)
	if !ok || !pos.IsValid() {
		return nil
	}
	scope := obj.Scope()
	if scope == nil {
		return nil
	}
	inner := scope.Innermost(pos)
	if inner == nil {
		inner = scope
	}
	for s := inner; s != nil; s = s.Parent() {
		if o := s.Lookup(name); o != nil && o.Pos() == pos {
			v, _ := o.(*types.Var)
			return v
		}
	}
	return nil
}

// mentions lists where the package mentions each variable, assignments to it
// aside.
func (r *Result) mentions(v *types.Var) []token.Pos {
	if r.used == nil {
		r.used = make(map[*types.Var][]token.Pos)
		for _, file := range r.pass.Files {
			assigned := make(map[*ast.Ident]bool)
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.AssignStmt:
					if n.Tok == token.ASSIGN {
						for _, l := range n.Lhs {
							if id, ok := l.(*ast.Ident); ok {
								assigned[id] = true
							}
						}
					}
				case *ast.Ident:
					if u, ok := r.pass.TypesInfo.Uses[n].(*types.Var); ok && !assigned[n] {
						r.used[u] = append(r.used[u], n.Pos())
					}
				}
				return true
			})
		}
	}
	return r.used[v]
}
