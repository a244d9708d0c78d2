package datarace

import (
	"go/ast"
	"go/token"
	"go/types"
	"go/version"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
	"github.com/lockstep-go/lockstep/analyzers/internal/shared"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
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
	if first.Use.Type != "" && second.Use.Type == first.Use.Type {
		return unsafeObject(first.Use, second.Use), true
	}
	if first.Far.Func != "" || second.Far.Func != "" {
		return elsewhere(first.Far, second.Far), true
	}
	if key, ok := s.declared(r.v, first, second); ok {
		return message.New(key, "variable", name, "place", s.place(declaration(r.v)), "func", wording.Func(r.v.Object.Value.Parent())), true
	}
	switch {
	case heldForReading(x, first):
		return message.New("form-read-lock"), true
	case appends(first.Instr) && !first.Atomic:
		return message.New("form-append", "variable", name), true
	case first.Kind == shared.Map:
		return message.New("form-map"), true
	}
	return message.Message{}, false
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
				return "form-captured-error", true
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
