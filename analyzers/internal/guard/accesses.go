package guard

import (
	"go/ast"
	"go/token"
	"go/types"
	"iter"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
)

// A Use is what an access does.
type Use uint8

const (
	NoUse Use = iota
	Reads
	Calls // a method of the variable, which may read or write
	Writes
)

// An Access is one access of a variable.
type Access struct {
	Var    *types.Var
	Instr  ssa.Instruction // makes the address, or loads the field of a value
	Use    Use
	Object access.Path // that a field belongs to, as an address
}

// ByVariable yields the variables of accesses in the order of their first ones,
// each with its own.
func ByVariable(all []Access) iter.Seq2[*types.Var, []Access] {
	byVar := make(map[*types.Var][]Access)
	var order []*types.Var
	for _, a := range all {
		if byVar[a.Var] == nil {
			order = append(order, a.Var)
		}
		byVar[a.Var] = append(byVar[a.Var], a)
	}
	return func(yield func(*types.Var, []Access) bool) {
		for _, v := range order {
			if !yield(v, byVar[v]) {
				return
			}
		}
	}
}

// Accesses lists the accesses of the fields and package-level variables that
// are wanted, in source order. An access that reads and writes, such as n++, is
// one that writes.
func (j *Judge) Accesses(wanted func(*types.Var) bool) []Access {
	var all []Access
	add := func(a Access) {
		if n := len(all) - 1; n >= 0 && all[n].Var == a.Var && all[n].Instr.Pos() == a.Instr.Pos() && all[n].Instr.Parent() == a.Instr.Parent() {
			all[n].Use = max(all[n].Use, a.Use)
			return
		}
		all = append(all, a)
	}
	for _, fn := range j.funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch i := instr.(type) {
				case *ssa.FieldAddr:
					if v := access.FieldVar(i.X.Type(), i.Field); wanted(v) {
						add(Access{v, i, j.useOf(i, 0), j.paths.Of(i.X)})
					}
				case *ssa.Field:
					if v := access.FieldVar(i.X.Type(), i.Field); wanted(v) {
						if obj := j.paths.Of(i.X); obj.Root().Kind != access.OtherValue {
							add(Access{v, i, Reads, obj})
						}
					}
				default:
					for _, op := range instr.Operands(nil) {
						g, ok := (*op).(*ssa.Global)
						if !ok {
							continue
						}
						if v, _ := g.Object().(*types.Var); v != nil && wanted(v) {
							add(Access{v, instr, j.useBy(instr, g, 0), j.paths.OfVar(v)})
						}
					}
				}
			}
		}
	}
	return all
}

// useOf tells what is done with the variable at addr; NoUse if it is only
// handed on, and what becomes of it is not seen.
func (j *Judge) useOf(addr ssa.Value, depth int) Use {
	most := NoUse
	for _, ref := range *addr.Referrers() {
		most = max(most, j.useBy(ref, addr, depth))
	}
	return most
}

func (j *Judge) useBy(instr ssa.Instruction, addr ssa.Value, depth int) Use {
	if depth > 6 {
		return NoUse
	}
	switch i := instr.(type) {
	case *ssa.Store:
		if i.Addr == addr {
			return Writes
		}
	case *ssa.UnOp:
		if i.Op == token.MUL {
			if writesThrough(i) {
				return Writes
			}
			return Reads
		}
	case *ssa.FieldAddr:
		return j.useOf(i, depth+1)
	case *ssa.IndexAddr:
		return j.useOf(i, depth+1)
	case *ssa.Call:
		if _, ok := syncapi.Classify(&i.Call, j.paths); ok {
			return NoUse
		}
		if recv := i.Call.Signature().Recv(); recv != nil && len(i.Call.Args) > 0 && i.Call.Args[0] == addr {
			return Calls
		}
	case *ssa.Slice:
		return Reads
	}
	return NoUse
}

// ChangesContent reports whether an access writes into the map or slice that the
// variable holds.
func ChangesContent(a Access) bool {
	if load, ok := a.Instr.(*ssa.UnOp); ok && load.Op == token.MUL {
		return writesThrough(load)
	}
	addr, ok := a.Instr.(ssa.Value)
	return ok && slices.ContainsFunc(*addr.Referrers(), func(ref ssa.Instruction) bool {
		load, ok := ref.(*ssa.UnOp)
		return ok && load.Op == token.MUL && writesThrough(load)
	})
}

// writesThrough reports whether the map or slice that was loaded is written.
func writesThrough(v ssa.Value) bool {
	switch v.Type().Underlying().(type) {
	case *types.Map:
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.MapUpdate:
				if ref.Map == v {
					return true
				}
			case *ssa.Call:
				if b, ok := ref.Call.Value.(*ssa.Builtin); ok && (b.Name() == "delete" || b.Name() == "clear") {
					return true
				}
			}
		}
	case *types.Slice:
		for _, ref := range *v.Referrers() {
			if ia, ok := ref.(*ssa.IndexAddr); ok {
				for _, r := range *ia.Referrers() {
					if st, ok := r.(*ssa.Store); ok && st.Addr == ia {
						return true
					}
				}
			}
		}
	}
	return false
}

// Text is the variable as the source writes it at the access.
func (j *Judge) Text(a Access) string {
	for _, n := range syntax.Enclosing(j.pass.Files, a.Instr.Pos()) {
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == a.Var.Name() {
			return types.ExprString(sel)
		}
	}
	return a.Var.Name()
}
