package instrument

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/tools/go/ast/astutil"
)

// How a file is put under control
//
// The text of a node is the text in the file, in which the texts of its
// children are put in: editor.node and editor.plain. A node that becomes
// something else has a method of its own, which puts the texts of its parts
// together. So everything nests: a receive in the function literal that is an
// argument of a go statement in a select's case.
//
// No line moves. The newlines between two parts are kept (editor.gap), behind
// a bracket, comma or semicolon where they mean nothing. Where a part moves to another line, as
// the channels of a select do, it gets a line directive, and what follows it
// another one.

// Names of imports in files under control. No program uses them.
const (
	asControl = "lockstep_ctl"
	asTest    = "lockstep_ctlt"
)

// A span is a part of a file.
type span struct{ from, to token.Pos }

// An editor rewrites one file.
type editor struct {
	*checked
	file *ast.File
	src  []byte
	base int // of the positions

	prefix  map[*ast.BlockStmt]string // what to put behind opening braces
	suffix  map[*ast.BlockStmt]string // what to put before closing braces
	commaOK map[ast.Expr]ast.Expr     // receives whose second result is wanted, and what it is assigned to
	gotos   map[types.Object]bool     // labels that goto names
	breaks  map[*ast.BranchStmt]string
	shared  *sharing
	unnamed map[*ast.FuncDecl]span // tests whose parameter gets a name, and where
	silent  bool                   // accesses are no points here

	functions, lockers map[string]operation

	imports map[string]string // import paths by local names
	keep    map[string]string // declarations that use imports, by their names
	native  []Native
}

// rewrite rewrites a unit.
func (u *unit) rewrite(im *imports) *rewriting {
	r := &rewriting{Files: make(map[string][]byte)}
	c, native := u.check(im)
	if native != nil {
		r.Native = append(r.Native, *native)
		return r
	}
	shared, functions, lockers := newSharing(c), functions(), lockers()
	for i, file := range c.files {
		e := &editor{
			checked: c, file: file, src: u.files[i].src, base: c.fset.File(file.FileStart).Base(),
			prefix: make(map[*ast.BlockStmt]string), suffix: make(map[*ast.BlockStmt]string), commaOK: make(map[ast.Expr]ast.Expr), gotos: make(map[types.Object]bool),
			breaks: make(map[*ast.BranchStmt]string), unnamed: make(map[*ast.FuncDecl]span), shared: shared,
			imports: make(map[string]string), keep: make(map[string]string),
			functions: functions, lockers: lockers,
		}
		out, reason := e.rewriteSafely(), u.files[i].native
		switch {
		case out != nil && reason != "":
			r.Native = append(r.Native, Native{File: u.files[i].name, Reason: reason})
			continue
		case out != nil:
			r.Files[u.files[i].name] = out
		}
		r.Native = append(r.Native, e.native...)
	}
	return r
}

// rewriteSafely leaves a file as it is that it cannot rewrite: types may be missing
// around cgo.
func (e *editor) rewriteSafely() (out []byte) {
	defer func() {
		if r := recover(); r != nil {
			e.native = append(e.native, Native{File: e.filename(), Reason: fmt.Sprint("internal error: ", r)})
			out = nil
		}
	}()
	return e.rewrite()
}

// rewrite returns the changed file, or nil if nothing changes.
func (e *editor) rewrite() []byte {
	e.prepare()
	var b strings.Builder
	name := e.offset(e.file.Name.End())
	at := name
	for _, d := range e.file.Decls {
		b.Write(e.src[at:e.offset(d.Pos())])
		b.WriteString(e.node(d))
		at = e.offset(d.End())
	}
	b.Write(e.src[at:])
	if b.String() == string(e.src[name:]) {
		return nil
	}
	head := e.withVersion(string(e.src[:name]))
	for _, as := range slices.Sorted(maps.Keys(e.imports)) {
		if strings.Contains(b.String(), as+".") { // else what needed it was left as it is after all
			head += fmt.Sprintf("; import %s %q", as, e.imports[as])
		}
	}
	for _, as := range slices.Sorted(maps.Keys(e.keep)) { // behind everything, where no line can move
		b.WriteString("\n" + e.keep[as])
	}
	return []byte(head + b.String() + "\n")
}

// prepare looks at what has to be known of a node before it is reached.
func (e *editor) prepare() {
	ast.Inspect(e.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			e.prepareFunc(n)
		case *ast.AssignStmt:
			if len(n.Lhs) == 2 && len(n.Rhs) == 1 {
				e.wantOK(n.Rhs[0], n.Lhs[1])
			}
		case *ast.ValueSpec:
			if len(n.Names) == 2 && len(n.Values) == 1 {
				e.wantOK(n.Values[0], n.Names[1])
			}
		case *ast.BranchStmt:
			if n.Tok == token.GOTO {
				e.gotos[e.info.Uses[n.Label]] = true
			}
		}
		return true
	})
}

// wantOK notes that the second result of a receive, if x is one, is assigned
// to ok.
func (e *editor) wantOK(x, ok ast.Expr) {
	if u, is := ast.Unparen(x).(*ast.UnaryExpr); is && u.Op == token.ARROW {
		e.commaOK[u] = ok
	}
}

// takesBool reports whether a bool can be assigned to x. What a receive says
// is untyped, and can be assigned to any boolean type.
func (e *editor) takesBool(x ast.Expr) bool {
	t := e.info.TypeOf(x)
	return t == nil || types.AssignableTo(types.Typ[types.Bool], t)
}

// prepareFunc makes the functions know that the program or test begins.
func (e *editor) prepareFunc(f *ast.FuncDecl) {
	if f.Recv != nil || f.Body == nil {
		return
	}
	sig := e.info.Defs[f.Name].Type().(*types.Signature)
	switch {
	case e.main && f.Name.Name == "main":
		e.prefix[f.Body] = " defer " + e.control("AtEnd") + "();"
	case e.tests && strings.HasSuffix(e.filename(), "_test.go") && isTest(f.Name.Name, sig):
		param, name := f.Type.Params.List[0], "lockstep_t"
		if len(param.Names) == 1 && param.Names[0].Name != "_" {
			name = param.Names[0].Name
		} else {
			e.unnamed[f] = span{param.Pos(), param.Type.Pos()}
		}
		e.prefix[f.Body] = fmt.Sprintf(" defer %s(%s, %s)();", e.testing("Test"), name, e.at(f.Name.Pos(), f.Name.Name))
	}
}

// isTest reports whether the go command runs a function as a test.
func isTest(name string, sig *types.Signature) bool {
	rest, ok := strings.CutPrefix(name, "Test")
	if r, _ := utf8.DecodeRuneInString(rest); !ok || unicode.IsLower(r) || sig.TypeParams() != nil || sig.Params().Len() != 1 || sig.Results().Len() != 0 {
		return false
	}
	return types.TypeString(sig.Params().At(0).Type(), nil) == "*testing.T"
}

// control names a function of package control.
func (e *editor) control(name string) string {
	e.imports[asControl] = e.home + "/control"
	return asControl + "." + name
}

// testing names a function of package controltest.
func (e *editor) testing(name string) string {
	e.imports[asTest] = e.home + "/controltest"
	return asTest + "." + name
}

func (e *editor) offset(p token.Pos) int { return int(p) - e.base }

func (e *editor) filename() string { return e.fset.File(e.file.FileStart).Name() }

// text is the unchanged text between two positions.
func (e *editor) text(from, to token.Pos) string { return string(e.src[e.offset(from):e.offset(to)]) }

// gap is the newlines between two positions.
func (e *editor) gap(from, to token.Pos) string {
	return strings.Repeat("\n", strings.Count(e.text(from, to), "\n"))
}

func (e *editor) line(p token.Pos) int { return e.fset.PositionFor(p, false).Line }

// place is a line directive: what follows is what is at p in the file.
func (e *editor) place(p token.Pos) string {
	pos := e.fset.Position(p)
	return fmt.Sprintf("/*line :%d:%d*/", pos.Line, max(pos.Column, 1))
}

// at is the constant that tells of an operation: where it is, and the text of
// what it is on.
func (e *editor) at(p token.Pos, text string) string {
	const most = 40
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > most {
		cut := most - len("…")
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + "…"
	}
	pos := e.fset.Position(p)
	if !filepath.IsAbs(pos.Filename) {
		pos.Filename = filepath.Join(e.dir, pos.Filename)
	}
	return strconv.Quote(fmt.Sprintf("%s:%d:%d\t%s", pos.Filename, pos.Line, max(pos.Column, 1), text))
}

// source is the text of an expression as it is, for [editor.at].
func (e *editor) source(x ast.Node) string { return e.text(x.Pos(), x.End()) }

// leave notes that what is at p stays native.
func (e *editor) leave(p token.Pos, reason string) {
	pos := e.fset.Position(p)
	if n := (Native{pos.Filename, pos.Line, pos.Column, reason}); !slices.Contains(e.native, n) {
		e.native = append(e.native, n)
	}
}

// predeclared reports whether the names mean at p what Go declares.
func (e *editor) predeclared(p token.Pos, names ...string) bool {
	scope := e.pkg.Scope().Innermost(p)
	for _, name := range names {
		if scope == nil {
			return false
		}
		if _, obj := scope.LookupParent(name, p); obj != types.Universe.Lookup(name) {
			return false
		}
	}
	return true
}

// node is the text of n, with everything in it under control.
func (e *editor) node(n ast.Node) string {
	switch n := n.(type) {
	case *ast.GenDecl:
		if n.Tok == token.IMPORT || n.Tok == token.CONST {
			return e.source(n)
		}
	case *ast.LabeledStmt:
		return e.labeled(n)
	case *ast.SendStmt:
		return e.send(n)
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			return e.receive(n)
		}
	case *ast.GoStmt:
		return e.goStmt(n)
	case *ast.DeferStmt:
		return e.deferStmt(n)
	case *ast.SelectStmt:
		return e.selectStmt(n, nil)
	case *ast.RangeStmt:
		return e.rangeStmt(n, false)
	case *ast.CallExpr:
		return e.call(n)
	case *ast.SelectorExpr:
		return e.selector(n)
	case *ast.Ident:
		return e.ident(n)
	case *ast.BranchStmt:
		if label, ok := e.breaks[n]; ok {
			return e.text(n.Pos(), n.Label.Pos()) + label
		}
	case *ast.ForStmt:
		e.atLoop(n.Body, n.Cond)
	case *ast.IfStmt:
		if other, ok := n.Else.(*ast.IfStmt); ok {
			if before, _ := e.accesses(other); before != "" {
				return e.inside(n, n.Pos(), other.Pos()) + "{ " + before + e.node(other) + " }"
			}
		}
	case *ast.FuncDecl:
		return e.funcDecl(n)
	}
	return e.plain(n)
}

// plain is the text of n, which stays what it is, with everything in it under control.
func (e *editor) plain(n ast.Node) string { return e.inside(n, n.Pos(), n.End()) }

// inside is the part of plain between two positions.
func (e *editor) inside(n ast.Node, from, to token.Pos) string {
	var b strings.Builder
	at := from
	if block, ok := n.(*ast.BlockStmt); ok && from == n.Pos() {
		at = block.Lbrace + 1
		b.WriteString("{" + e.prefix[block])
	}
	for _, child := range children(n) {
		if child.Pos() < at || child.End() > to {
			continue
		}
		b.WriteString(e.text(at, child.Pos()))
		if s, ok := child.(ast.Stmt); ok && inList(n, s) {
			b.WriteString(e.statement(s))
		} else {
			b.WriteString(e.node(child))
		}
		at = child.End()
	}
	if block, ok := n.(*ast.BlockStmt); ok && to == n.End() && e.suffix[block] != "" {
		b.WriteString(e.text(at, block.Rbrace) + e.suffix[block])
		at = block.Rbrace
	}
	b.WriteString(e.text(at, to))
	return b.String()
}

// inList reports whether a child is one of a list of statements.
func inList(parent ast.Node, s ast.Stmt) bool {
	switch parent := parent.(type) {
	case *ast.BlockStmt:
		switch s.(type) {
		case *ast.CaseClause, *ast.CommClause:
			return false
		}
		return true
	case *ast.CaseClause:
		return true
	case *ast.CommClause:
		return s != parent.Comm
	}
	return false
}

// children are the nodes right below n that can hold an operation, in their
// order in the file.
func children(n ast.Node) []ast.Node {
	var list []ast.Node
	ast.Inspect(n, func(c ast.Node) bool {
		switch c.(type) {
		case nil, *ast.CommentGroup, *ast.FieldList, *ast.FuncType:
			return false
		}
		if c == n {
			return true
		}
		list = append(list, c)
		return false
	})
	slices.SortStableFunc(list, func(a, b ast.Node) int { return cmp.Compare(a.Pos(), b.Pos()) })
	return list
}

// statement is the text of a statement of a list, where statements can be added.
func (e *editor) statement(s ast.Stmt) string {
	before, after := e.accesses(s)
	before += e.unordered(s)
	switch s := s.(type) {
	case *ast.IncDecStmt, *ast.AssignStmt:
		if text, ok := e.update(s); ok {
			return text
		}
	case *ast.RangeStmt:
		return before + e.rangeStmt(s, true)
	case *ast.LabeledStmt:
		if e.gotos[e.info.Defs[s.Label]] && !isBreakable(s.Stmt) { // the point is for those who come by goto, too
			return e.text(s.Pos(), s.Stmt.Pos()) + before + e.node(s.Stmt) + after
		}
	}
	return before + e.node(s) + after
}

// isBreakable reports whether break can leave a statement, which then has to stay
// right behind its label.
func isBreakable(s ast.Stmt) bool {
	switch s.(type) {
	case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		return true
	}
	return false
}

// funcDecl is the text of a function. In some there are no points at
// accesses: where there is one goroutine only, or where a call may be one too many.
func (e *editor) funcDecl(f *ast.FuncDecl) string {
	e.silent = isInit(f)
	if f.Doc != nil {
		for _, c := range f.Doc.List {
			e.silent = e.silent || c.Text == "//go:nosplit" || c.Text == "//go:norace"
		}
	}
	defer func() { e.silent = false }()
	if name, ok := e.unnamed[f]; ok {
		return e.text(f.Pos(), name.from) + "lockstep_t " + e.inside(f, name.to, f.End())
	}
	return e.plain(f)
}

func (e *editor) labeled(s *ast.LabeledStmt) string {
	label := e.text(s.Pos(), s.Stmt.Pos())
	if sel, ok := s.Stmt.(*ast.SelectStmt); ok {
		return e.selectStmt(sel, s)
	}
	return label + e.node(s.Stmt)
}

// path encloses from..to in the file, innermost first.
func (e *editor) path(from, to token.Pos) []ast.Node {
	path, _ := astutil.PathEnclosingInterval(e.file, from, to)
	return path
}
