package syncmisuse

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// checkCopy reports the acquisition of a lock in a copy: of the receiver or
// a parameter passed by value, of an element, of another variable. That the lock is
// copied is go vet's to report (copylocks); here it is shown what comes of it.
func (c *checker) checkCopy(call ssa.CallInstruction, op syncapi.Op) {
	switch op.Kind {
	case syncapi.Lock, syncapi.RLock, syncapi.TryLock, syncapi.TryRLock:
	default:
		return
	}
	alloc := variableOf(op.On)
	if alloc == nil {
		return
	}
	if _, ok := alloc.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct); !ok {
		return
	}
	from := copiedFrom(alloc)
	if from == "" {
		return
	}
	c.report(call, from, "func", wording.Func(call.Parent()), "lock", c.receiver(call, op), "var", alloc.Comment)
}

// variableOf returns the local variable that v is the address of, or of a
// field in.
func variableOf(v ssa.Value) *ssa.Alloc {
	for {
		switch x := v.(type) {
		case *ssa.Alloc:
			return x
		case *ssa.FieldAddr:
			v = x.X
		default:
			return nil
		}
	}
}

// copiedFrom tells, as the key of a message, what is assigned as a whole to the variable if that
// is a copy of something that goes on to exist; "" if not.
func copiedFrom(alloc *ssa.Alloc) message.Key {
	key := message.Key("")
	for _, ref := range *alloc.Referrers() {
		st, ok := ref.(*ssa.Store)
		if !ok || st.Addr != alloc {
			continue
		}
		switch v := st.Val.(type) {
		case *ssa.Parameter:
			key = "copied-parameter"
			if recv := v.Parent().Signature.Recv(); recv != nil && v == v.Parent().Params[0] {
				key = "copied-receiver"
			}
		case *ssa.UnOp:
			if v.Op != token.MUL {
				return ""
			}
			if a, ok := v.X.(*ssa.Alloc); ok && a.Comment == "complit" {
				return ""
			}
			key = "copied-variable"
		default:
			return "" // new, or not known
		}
	}
	return key
}
