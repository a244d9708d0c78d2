package datarace

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/shared"
)

// name is the variable as the source writes it at one of the accesses, or,
// where no access names it, its type and kind.
func name(v *shared.Variable, accesses ...*shared.Access) string {
	for _, a := range accesses {
		text := exprText(a.Addr, 0)
		if a.Far.Field != "" && (text != "" || a.Addr == nil) {
			return text + a.Far.Field
		}
		if text == "" {
			continue
		}
		if a.Kind == shared.Memory && isSliceElement(a) {
			text += "[…]"
		}
		return text
	}
	if t := v.Object.Type; t != nil {
		return "a shared " + types.TypeString(t, func(*types.Package) string { return "" })
	}
	return "shared memory"
}

// isSliceElement reports whether the access is to elements of the slice that
// its address value is, rather than to what the address points to.
func isSliceElement(a *shared.Access) bool {
	_, ok := a.Addr.Type().Underlying().(*types.Slice)
	return ok
}

// exprText is the source form of an address or value: of the address of a
// variable its name, and likewise of the value loaded from it. It is empty
// for what has no name.
func exprText(v ssa.Value, depth int) string {
	if depth > 8 {
		return ""
	}
	switch v := v.(type) {
	case *ssa.Global:
		return v.Name()
	case *ssa.FreeVar, *ssa.Parameter:
		return v.Name()
	case *ssa.Alloc:
		switch v.Comment {
		case "", "new", "complit", "slicelit", "makeslice", "varargs":
			return heldBy(v)
		}
		return v.Comment
	case *ssa.FieldAddr:
		return selected(exprText(v.X, depth+1), v.X.Type(), v.Field)
	case *ssa.Field:
		return selected(exprText(v.X, depth+1), v.X.Type(), v.Field)
	case *ssa.IndexAddr:
		base := exprText(v.X, depth+1)
		if base == "" {
			return ""
		}
		if c, ok := v.Index.(*ssa.Const); ok {
			return base + "[" + c.Value.ExactString() + "]"
		}
		return base + "[…]"
	case *ssa.Lookup:
		if base := exprText(v.X, depth+1); base != "" {
			return base + "[…]"
		}
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return exprText(v.X, depth+1)
		}
	case *ssa.ChangeType:
		return exprText(v.X, depth+1)
	case *ssa.Slice:
		return exprText(v.X, depth+1)
	case *ssa.MakeChan, *ssa.MakeMap, *ssa.MakeSlice:
		return heldBy(v)
	case *ssa.Phi:
		if !strings.Contains(v.Comment, ".") && v.Comment != "" {
			return v.Comment
		}
	}
	return ""
}

// heldBy is the variable that an allocated value is first stored in.
func heldBy(v ssa.Value) string {
	if v.Referrers() == nil {
		return ""
	}
	for _, ref := range *v.Referrers() {
		if st, ok := ref.(*ssa.Store); ok && st.Val == v {
			if alloc, ok := st.Addr.(*ssa.Alloc); ok {
				return alloc.Comment
			}
		}
	}
	return ""
}

func selected(base string, t types.Type, field int) string {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || base == "" {
		return base
	}
	return base + "." + st.Field(field).Name()
}
