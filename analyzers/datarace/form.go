package datarace

import (
	"go/ast"
	"go/token"
	"go/types"
	"go/version"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
	"github.com/lockstep-go/lockstep/analyzers/internal/shared"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file knows the forms in which most races are written, and what to do
// about each.

// form returns what is to be said of a race behind its description; ok is false
// if it is of no special form. first is the write.
func (s *search) form(x *goroutine.Exploration, r *race, first, second *shared.Access, name string) (_ message.Message, ok bool) {
	if s.parallelTests(x, r) {
		return message.New("form-parallel-tests"), true
	}
	if h, ok := x.OwnLock(first.Point, second.Point); ok {
		return message.New("form-own-lock", "lock", h.Name), true
	}
	if first.Use.Type != "" && second.Use.Type == first.Use.Type {
		return unsafeObject(first.Use, second.Use), true
	}
	if first.Far.Func != "" || second.Far.Func != "" {
		return elsewhere(first.Far, second.Far), true
	}
	if key, ok := s.declared(r.v, first, second); key == capturedErrorKey {
		return s.capturedError(x, r, first, second, name)
	} else if ok {
		return message.New(key, "variable", name, "place", s.place(declaration(r.v)), "func", funcName(r.v.Object.Value)), true
	}
	switch {
	case heldForReading(x, first):
		return message.New("form-read-lock"), true
	case appends(first.Instr) && !first.Atomic:
		return message.New("form-append", "variable", name), true
	case first.Kind == shared.Map:
		return message.New("form-map"), true
	}
	for _, a := range []*shared.Access{first, second} {
		if key, field, at := published(r.v, r.thread.Spawn, a); at != nil {
			return message.New(key, "field", field, "place", s.place(at.Pos())), true
		}
	}
	return message.Message{}, false
}

// published returns the instruction by which others got an object before a, in the
// function that makes the object, set one of its fields for the first time.
func published(v *shared.Variable, spawn ssa.Instruction, a *shared.Access) (key message.Key, fieldName string, at ssa.Instruction) {
	object, ok := v.Object.Value.(*ssa.Alloc)
	st, isStore := a.Instr.(*ssa.Store)
	if !ok || !isStore || v.Object.Kind != goroutine.Allocated || a.Instr.Parent() != object.Parent() {
		return "", "", nil
	}
	field, ok := st.Addr.(*ssa.FieldAddr)
	if !ok {
		return "", "", nil
	}
	for _, b := range object.Parent().Blocks {
		for _, instr := range b.Instrs {
			how := message.Key("")
			switch i := instr.(type) {
			case *ssa.Store:
				if _, local := i.Addr.(*ssa.Alloc); i.Val == object && !local {
					how = "form-published-store"
				} else if f, ok := i.Addr.(*ssa.FieldAddr); ok && f.Field == field.Field && types.Identical(f.X.Type(), field.X.Type()) && control.Dominates(i, st) && at == nil {
					return "", "", nil // it is not the first time
				}
			case *ssa.MapUpdate:
				if i.Value == object {
					how = "form-published-store"
				}
			case *ssa.Send:
				if i.X == object {
					how = "form-published-send"
				}
			}
			if instr == spawn && given(object, spawn) {
				how = "form-published-go"
			}
			if how != "" && control.Dominates(instr, st) && (at == nil || control.Dominates(instr, at)) {
				key, at = how, instr
			}
		}
	}
	return key, access.FieldVar(field.X.Type(), field.Field).Name(), at
}

// unsafeObject is what to say of two uses of an object that is not safe for
// concurrent use.
func unsafeObject(first, second syncapi.Use) message.Message {
	if first.Method == second.Method {
		return message.New("form-object", "type", first.Type, "method", first.Method)
	}
	return message.New("form-objects", "type", first.Type, "method", first.Method, "other", second.Method)
}

// elsewhere is what to say of accesses of which one at least is within a function of
// another package.
func elsewhere(first, second shared.Far) message.Message {
	switch {
	case first.Func == "":
		return message.New("form-far-second", "func", second.Func, "place", second.Place)
	case second.Func == "", first == second:
		return message.New("form-far-first", "func", first.Func, "place", first.Place)
	}
	return message.New("form-far", "func", first.Func, "place", first.Place, "other", second.Func, "otherplace", second.Place)
}

// parallelTests reports whether the goroutines are subtests of one test.
func (s *search) parallelTests(x *goroutine.Exploration, r *race) bool {
	call, ok := r.thread.Spawn.(ssa.CallInstruction)
	if !ok {
		return false
	}
	op, ok := x.Operation(call)
	return ok && op.Kind == syncapi.TestRun
}

// declared tells from the declaration of a variable that a function literal
// captures what kind of variable it is.
func (s *search) declared(v *shared.Variable, first, second *shared.Access) (message.Key, bool) {
	alloc, ok := v.Object.Value.(*ssa.Alloc)
	if !ok || first.Path != "" || first.Kind != shared.Memory || !captured(alloc, first.Instr) && !captured(alloc, second.Instr) {
		return "", false
	}
	child := ast.Node(nil)
	for _, n := range syntax.Enclosing(s.files, alloc.Pos()) {
		switch n := n.(type) {
		case *ast.FuncType:
			if n.Results != nil && n.Results.Pos() <= alloc.Pos() && alloc.Pos() < n.Results.End() {
				return "form-result", true
			}
			return "", false
		case *ast.ForStmt:
			if child == n.Init && s.oldLoops(n.Pos()) {
				return "form-loop-variable", true
			}
		case *ast.RangeStmt:
			if (child == n.Key || child == n.Value) && s.oldLoops(n.Pos()) {
				return "form-loop-variable", true
			}
		case *ast.BlockStmt, *ast.FuncDecl, *ast.FuncLit:
			if types.Implements(alloc.Type().Underlying().(*types.Pointer).Elem(), errorType) {
				return capturedErrorKey, true
			}
			return "", false
		}
		child = n
	}
	return "", false
}

var errorType = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)

// captured reports whether instr is in a function literal within the function of
// the variable.
func captured(alloc *ssa.Alloc, instr ssa.Instruction) bool { return instr.Parent() != alloc.Parent() }

// oldLoops reports whether the file at pos is of a version of Go in which all
// iterations of a loop share its variables.
func (s *search) oldLoops(pos token.Pos) bool {
	for _, f := range s.files {
		if f.FileStart <= pos && pos < f.FileEnd {
			v := s.info.FileVersions[f]
			return v != "" && version.Compare(v, "go1.22") < 0
		}
	}
	return false
}

// heldForReading reports whether a write is made under RLock.
func heldForReading(x *goroutine.Exploration, a *shared.Access) bool {
	for _, h := range x.Held(a.Point) {
		if h.Read {
			return true
		}
	}
	return false
}

// appends reports whether instr calls append or assigns what it returns.
func appends(instr ssa.Instruction) bool {
	v, _ := instr.(ssa.Value)
	if st, ok := instr.(*ssa.Store); ok {
		v = st.Val
	}
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	b, ok := call.Call.Value.(*ssa.Builtin)
	return ok && b.Name() == "append"
}

// given reports whether a goroutine is started with an object, as an argument or in a
// variable that it captures.
func given(object *ssa.Alloc, spawn ssa.Instruction) bool {
	call, ok := spawn.(ssa.CallInstruction)
	if !ok {
		return false
	}
	values := call.Common().Args
	for _, v := range append(values[:len(values):len(values)], call.Common().Value) {
		if mc, ok := v.(*ssa.MakeClosure); ok {
			values = append(values[:len(values):len(values)], mc.Bindings...)
		}
	}
	return slices.ContainsFunc(values, func(v ssa.Value) bool {
		if v == object {
			return true
		}
		cell, ok := v.(*ssa.Alloc)
		return ok && slices.ContainsFunc(*cell.Referrers(), func(ref ssa.Instruction) bool {
			st, ok := ref.(*ssa.Store)
			return ok && st.Addr == cell && st.Val == object
		})
	})
}
