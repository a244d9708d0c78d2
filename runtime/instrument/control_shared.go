package instrument

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// What is taken for shared memory
//
// A scheduler that may switch before every access finds every bug, and no
// program is small enough for it. So what certainly no two goroutines disagree
// about is left out, by what the package itself shows:
//
//   - variables and fields that are never written, but where they are made;
//   - local variables that no function literal shares with another goroutine,
//     or that are not written any more when it is made;
//   - what only a local variable leads to: it was made in this function, and
//     neither the variable nor what it points to is given away;
//   - elements of slices and maps, if no elements of that type are written.
//
// What other packages write is not known, and where pointers come from is not
// followed. Both cost schedules, not truth: an access too few is a point too few.

// sharing knows what is shared in a package.
type sharing struct {
	*checked
	writes   map[*types.Var][]token.Pos // but where they are declared
	elements map[string]bool            // types of elements that are written
	captures map[*types.Var][]*ast.FuncLit
	locals   map[*types.Var]*local
	loops    map[*types.Var][]ast.Node // loops around literals that capture, inside the variable's scope
	ofLoops  map[*types.Var]bool       // declared by a loop
}

// A local is a local variable.
type local struct {
	made  int  // how often something new is assigned
	other bool // something else is assigned, or it is given away
}

func newSharing(c *checked) *sharing {
	s := &sharing{
		checked: c, writes: make(map[*types.Var][]token.Pos), elements: make(map[string]bool),
		captures: make(map[*types.Var][]*ast.FuncLit), locals: make(map[*types.Var]*local), loops: make(map[*types.Var][]ast.Node), ofLoops: make(map[*types.Var]bool),
	}
	s.walk((*sharing).identifier)
	s.walk((*sharing).written)
	return s
}

// walk calls visit for every node, with the nodes around it, the node last.
func (s *sharing) walk(visit func(*sharing, []ast.Node)) {
	for _, file := range s.files {
		var stack []ast.Node
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil {
				stack = stack[:len(stack)-1]
				return true
			}
			stack = append(stack, n)
			visit(s, stack)
			return true
		})
	}
}

// identifier looks at the use of a local variable.
func (s *sharing) identifier(stack []ast.Node) {
	id, ok := stack[len(stack)-1].(*ast.Ident)
	if !ok {
		return
	}
	if v, ok := s.info.Defs[id].(*types.Var); ok && s.isLocal(v) {
		s.assigned(v, id, stack)
		return
	}
	v, ok := s.info.Uses[id].(*types.Var)
	if !ok || !s.isLocal(v) {
		return
	}
	s.capture(v, stack)
	switch v.Type().Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map:
		s.given(v, id, stack)
	}
}

func (s *sharing) isLocal(v *types.Var) bool {
	return !v.IsField() && v.Pkg() == s.pkg && v.Parent() != s.pkg.Scope()
}

// capture notes the function literals around the use of v that may run beside
// others.
func (s *sharing) capture(v *types.Var, stack []ast.Node) {
	var loops []ast.Node
	for i, n := range stack {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if n.Pos() > v.Pos() {
				loops = append(loops, n)
			}
		case *ast.FuncLit:
			if n.Pos() > v.Pos() && !s.isInert(stack[:i+1]) && !slices.Contains(s.captures[v], n) {
				s.captures[v] = append(s.captures[v], n)
				s.loops[v] = append(s.loops[v], loops...)
			}
		}
	}
}

// isInert reports whether a function literal, the last of the stack, runs only
// where it is written: it is called there, or by a function that keeps it not.
func (s *sharing) isInert(stack []ast.Node) bool {
	lit, call := stack[len(stack)-1], (*ast.CallExpr)(nil)
	i := len(stack) - 2
	for ; i >= 0; i-- {
		if _, ok := stack[i].(*ast.ParenExpr); !ok {
			call, _ = stack[i].(*ast.CallExpr)
			break
		}
	}
	if call == nil {
		return false
	}
	if _, ok := stack[i-1].(*ast.GoStmt); ok {
		return false
	}
	return ast.Unparen(call.Fun) == lit || s.callsInert(call)
}

// callsInert reports whether a call keeps nothing of what it is given: it is
// of a function of a package that has no goroutines.
func (s *sharing) callsInert(call *ast.CallExpr) bool {
	fn, _ := calledFunc(s.info, call)
	return fn != nil && fn.Pkg() != nil && isInertPackage(fn.Pkg().Path())
}

// calledFunc is the function or method that is called.
func calledFunc(info *types.Info, call *ast.CallExpr) (fn *types.Func, ok bool) {
	fun := ast.Unparen(call.Fun)
	switch x := fun.(type) {
	case *ast.IndexExpr:
		fun = x.X
	case *ast.IndexListExpr:
		fun = x.X
	}
	switch x := fun.(type) {
	case *ast.Ident:
		fn, ok = info.Uses[x].(*types.Func)
	case *ast.SelectorExpr:
		fn, ok = info.Uses[x.Sel].(*types.Func)
	}
	return fn, ok
}

func isInertPackage(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	switch first {
	case "bufio", "bytes", "cmp", "container", "encoding", "errors", "fmt", "io", "iter", "maps", "math", "os", "path",
		"regexp", "slices", "sort", "strconv", "strings", "text", "unicode":
		return path != "io/pipe"
	}
	return false
}

// assigned looks at what is assigned to v: id is on the left, or is declared.
func (s *sharing) assigned(v *types.Var, id *ast.Ident, stack []ast.Node) {
	l := s.local(v)
	var value ast.Expr
	switch p := stack[len(stack)-2].(type) {
	case *ast.AssignStmt:
		if i := slices.Index(p.Lhs, ast.Expr(id)); i >= 0 && len(p.Lhs) == len(p.Rhs) {
			value = p.Rhs[i]
		}
	case *ast.ValueSpec:
		if len(p.Values) == 0 {
			l.made++
			return
		}
		if i := slices.Index(p.Names, id); i >= 0 && len(p.Names) == len(p.Values) {
			value = p.Values[i]
		}
	}
	if value != nil && s.isNew(value, v) {
		l.made++
	} else {
		l.other = true
	}
}

func (s *sharing) local(v *types.Var) *local {
	l := s.locals[v]
	if l == nil {
		l = new(local)
		s.locals[v] = l
	}
	return l
}

// isNew reports whether x makes something, or is what v was, with more or less
// of it.
func (s *sharing) isNew(x ast.Expr, v *types.Var) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.UnaryExpr:
		_, ok := ast.Unparen(x.X).(*ast.CompositeLit)
		return ok && x.Op == token.AND
	case *ast.SliceExpr:
		return s.isVar(x.X, v)
	case *ast.CallExpr:
		switch b := s.builtin(x); b {
		case "make", "new":
			return true
		case "append":
			return s.isVar(x.Args[0], v) || s.isNew(x.Args[0], v)
		}
		tv := s.info.Types[x.Fun]
		return tv.IsType() && s.info.Types[x.Args[0]].IsNil()
	}
	return s.info.Types[x].IsNil()
}

func (s *sharing) isVar(x ast.Expr, v *types.Var) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	return ok && s.info.Uses[id] == v
}

// builtin is the name of the builtin that is called, or "".
func (s *sharing) builtin(call *ast.CallExpr) string {
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if b, ok := s.info.Uses[id].(*types.Builtin); ok {
			return b.Name()
		}
	}
	return ""
}

// given notes whether the use of v gives away what it points to.
func (s *sharing) given(v *types.Var, id *ast.Ident, stack []ast.Node) {
	i := len(stack) - 2
	var x ast.Expr = id
	for ; i > 0; i-- {
		p, ok := stack[i].(*ast.ParenExpr)
		if !ok {
			break
		}
		x = p
	}
	switch p := stack[i].(type) {
	case *ast.SelectorExpr:
		sel := s.info.Selections[p]
		if sel != nil && sel.Kind() == types.FieldVal {
			return
		}
		if fn, ok := s.info.Uses[p.Sel].(*types.Func); ok && fn.Pkg() != nil && isInertPackage(fn.Pkg().Path()) {
			return
		}
	case *ast.IndexExpr:
		return
	case *ast.StarExpr, *ast.BinaryExpr, *ast.RangeStmt, *ast.ReturnStmt:
		return
	case *ast.SliceExpr:
		if a, ok := stack[i-1].(*ast.AssignStmt); ok && len(a.Lhs) == 1 && s.isVar(a.Lhs[0], v) {
			return
		}
	case *ast.AssignStmt:
		if slices.Contains(p.Lhs, x) {
			s.assigned(v, id, append(slices.Clone(stack[:i+1]), id))
			return
		}
	case *ast.CallExpr:
		switch s.builtin(p) {
		case "len", "cap", "copy", "delete", "clear", "print", "println":
			return
		case "append":
			if a, ok := stack[i-1].(*ast.AssignStmt); ok && x == p.Args[0] && s.isVar(a.Lhs[0], v) {
				return
			}
		case "":
			if s.callsInert(p) {
				return
			}
		}
	}
	s.local(v).other = true
}

// isOwn reports whether only v leads to what it points to.
func (s *sharing) isOwn(v *types.Var) bool {
	l := s.locals[v]
	return l != nil && l.made > 0 && !l.other && len(s.captures[v]) == 0
}

// own reports whether x is reached from a variable of which isOwn holds, over
// elements only.
func (s *sharing) own(x ast.Expr) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		v, ok := s.info.Uses[x].(*types.Var)
		return ok && s.isOwn(v)
	case *ast.IndexExpr:
		return s.own(x.X)
	}
	return false
}

// written looks at a node that writes, or takes an address.
func (s *sharing) written(stack []ast.Node) {
	for _, n := range stack {
		if f, ok := n.(*ast.FuncDecl); ok && isInit(f) {
			return
		}
	}
	switch n := stack[len(stack)-1].(type) {
	case *ast.AssignStmt:
		for _, x := range n.Lhs {
			s.write(x)
		}
	case *ast.IncDecStmt:
		s.write(n.X)
	case *ast.ForStmt:
		if init, ok := n.Init.(*ast.AssignStmt); ok {
			s.loopVariables(init.Lhs...)
		}
	case *ast.RangeStmt:
		s.loopVariables(n.Key, n.Value)
		if n.Tok == token.ASSIGN {
			s.write(n.Key)
			s.write(n.Value)
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			s.write(n.X)
		}
	case *ast.SliceExpr:
		if _, ok := s.info.TypeOf(n.X).Underlying().(*types.Array); ok {
			s.write(n.X)
		}
	case *ast.SelectorExpr:
		if fn, x := s.addressed(n); x != nil && !isSyncPackage(fn.Pkg()) {
			s.write(x)
		}
	case *ast.CallExpr:
		switch s.builtin(n) {
		case "copy", "delete", "clear":
			s.element(s.info.TypeOf(n.Args[0]))
		}
	}
}

func isInit(f *ast.FuncDecl) bool { return f.Recv == nil && f.Name.Name == "init" }

// addressed returns the operand of which a method call takes the address, and
// the method.
func (s *sharing) addressed(sel *ast.SelectorExpr) (*types.Func, ast.Expr) {
	how := s.info.Selections[sel]
	if how == nil || how.Kind() != types.MethodVal {
		return nil, nil
	}
	fn := how.Obj().(*types.Func)
	recv := fn.Signature().Recv().Type()
	if _, pointer := recv.Underlying().(*types.Pointer); !pointer || isPointer(how.Recv()) || how.Indirect() {
		return nil, nil
	}
	return fn, sel.X
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

// write notes that x is written.
func (s *sharing) write(x ast.Expr) {
	switch x := x.(type) {
	case *ast.ParenExpr:
		s.write(x.X)
	case *ast.Ident:
		if v, ok := s.info.Uses[x].(*types.Var); ok {
			s.writes[v] = append(s.writes[v], x.Pos())
		}
	case *ast.SelectorExpr:
		how := s.info.Selections[x]
		if how == nil {
			s.write(x.Sel)
			return
		}
		if !s.own(x.X) {
			if f, ok := how.Obj().(*types.Var); ok {
				s.writes[f.Origin()] = append(s.writes[f.Origin()], x.Pos())
			}
		}
		if !isPointer(how.Recv()) {
			s.write(x.X)
		}
	case *ast.IndexExpr:
		switch t := s.info.TypeOf(x.X).Underlying().(type) {
		case *types.Array:
			s.write(x.X)
		default:
			if !s.own(x.X) {
				s.element(t)
			}
		}
	}
}

// element notes that elements of a type are written.
func (s *sharing) element(t types.Type) { s.elements[elementKey(t)] = true }

func elementKey(t types.Type) string {
	switch t := deref(t).Underlying().(type) {
	case *types.Slice:
		return types.TypeString(t.Elem(), nil)
	case *types.Array:
		return types.TypeString(t.Elem(), nil)
	case *types.Map:
		return types.TypeString(t, nil)
	}
	return ""
}

// isShared reports whether an access to a variable, no field, at p concerns
// other goroutines. perIteration says that each turn of a loop has its own
// variables; else the loop writes them.
func (s *sharing) isShared(v *types.Var, p token.Pos, perIteration bool) bool {
	if !s.isLocal(v) {
		return len(s.writes[v]) > 0
	}
	lits := s.captures[v]
	if len(lits) == 0 || !s.late(v, p) {
		return false
	}
	written := func(w token.Pos) bool { return s.late(v, w) }
	return s.ofLoops[v] && !perIteration || slices.ContainsFunc(s.writes[v], written)
}

// late reports whether a place is not certainly passed before any literal that
// captures v exists.
func (s *sharing) late(v *types.Var, p token.Pos) bool {
	inside := func(n ast.Node) bool { return n.Pos() <= p && p < n.End() }
	for _, lit := range s.captures[v] {
		if p >= lit.Pos() {
			return true
		}
	}
	return slices.ContainsFunc(s.loops[v], inside)
}

// loopVariables notes the variables that a loop declares.
func (s *sharing) loopVariables(declared ...ast.Expr) {
	for _, x := range declared {
		if id, ok := x.(*ast.Ident); ok {
			if v, ok := s.info.Defs[id].(*types.Var); ok {
				s.ofLoops[v] = true
			}
		}
	}
}
