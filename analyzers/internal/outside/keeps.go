package outside

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// keeps reports whether something that can lead to a lock, a channel or a function
// and to which the parameters of fn lead may be found elsewhere when fn has returned:
// in other memory, or in a result. Where a function literal captures a parameter the
// answer is yes.
func (s *summariser) keeps(fn *ssa.Function) bool {
	if kept, ok := s.kept[fn]; ok {
		return kept
	}
	s.kept[fn] = true // for recursive calls
	k := &keeper{summariser: s, from: make(map[ssa.Value]bool)}
	for _, p := range fn.Params {
		if s.leads(p.Type()) {
			k.add(p)
		}
	}
	for len(k.work) > 0 && !k.found {
		v := k.work[len(k.work)-1]
		k.work = k.work[:len(k.work)-1]
		if refs := v.Referrers(); refs != nil {
			for _, ref := range *refs {
				k.use(ref, v)
			}
		}
	}
	s.kept[fn] = k.found
	return k.found
}

// A keeper follows what comes from the parameters of a function.
type keeper struct {
	*summariser
	from  map[ssa.Value]bool
	work  []ssa.Value
	found bool // something is kept
}

func (k *keeper) add(v ssa.Value) {
	if !k.from[v] {
		k.from[v] = true
		k.work = append(k.work, v)
	}
}

// use follows the use of v by an instruction.
func (k *keeper) use(instr ssa.Instruction, v ssa.Value) {
	switch instr := instr.(type) {
	case *ssa.DebugRef, *ssa.BinOp, *ssa.If, *ssa.RunDefers, *ssa.Jump, *ssa.Panic:
	case *ssa.Store:
		if instr.Val != v {
			return
		}
		if local, ok := instr.Addr.(*ssa.Alloc); ok {
			k.add(local)
		} else {
			k.found = true
		}
	case *ssa.MapUpdate:
		k.found = k.found || instr.Key == v || instr.Value == v
	case ssa.CallInstruction:
		k.call(instr)
	case *ssa.UnOp:
		if instr.Op == token.MUL && k.leads(instr.Type()) {
			k.add(instr)
		}
	case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Field, *ssa.Index, *ssa.Lookup, *ssa.Extract, *ssa.Range, *ssa.Next, *ssa.Phi, *ssa.Slice,
		*ssa.ChangeType, *ssa.ChangeInterface, *ssa.Convert, *ssa.MakeInterface, *ssa.TypeAssert, *ssa.SliceToArrayPointer:
		if val := instr.(ssa.Value); k.leads(val.Type()) {
			k.add(val)
		}
	default: // a result, a function literal, another goroutine
		k.found = true
	}
}

func (k *keeper) call(call ssa.CallInstruction) {
	common := call.Common()
	if b, ok := common.Value.(*ssa.Builtin); ok {
		switch b.Name() {
		case "append":
			k.add(call.Value())
		case "copy":
			k.found = k.found || k.from[common.Args[1]]
		}
		return
	}
	fn := common.StaticCallee()
	switch {
	case fn != nil && fn.Blocks != nil && fn.Parent() == nil:
		k.found = k.found || k.keeps(fn)
	case !k.outside.Quiet(common):
		k.found = true
	}
	if v := call.Value(); v != nil && k.leads(v.Type()) {
		k.add(v)
	}
}

// leads reports whether a value of type t can lead to a lock, a channel or a function.
func (s *summariser) leads(t types.Type) bool {
	lead, ok := s.leading[t]
	if !ok {
		lead = leads(t, make(map[*types.Named]bool))
		s.leading[t] = lead
	}
	return lead
}

// maxTypes bounds the types that are looked at; instances of generic types may lead
// to others without end.
const maxTypes = 300

func leads(t types.Type, seen map[*types.Named]bool) bool {
	switch u := types.Unalias(t).(type) {
	case *types.Named:
		pkg := u.Obj().Pkg()
		if pkg == nil || seen[u] { // error
			return false
		}
		if len(seen) > maxTypes {
			return true
		}
		seen[u] = true
		return pkg.Path() == "sync" || pkg.Path() == "sync/atomic" || leads(u.Underlying(), seen)
	case *types.TypeParam, *types.Chan, *types.Signature, *types.Interface:
		return true
	case *types.Map:
		return leads(u.Key(), seen) || leads(u.Elem(), seen)
	case interface{ Elem() types.Type }: // a pointer, slice or array
		return leads(u.Elem(), seen)
	case *types.Struct:
		for f := range u.Fields() {
			if leads(f.Type(), seen) {
				return true
			}
		}
	case *types.Tuple:
		for v := range u.Variables() {
			if leads(v.Type(), seen) {
				return true
			}
		}
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	}
	return false
}
