package explore

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// Detectors know addresses and lines, not names. The functions here read the
// name off the source: what both lines of a race access, and what a call of
// Lock on a line is called on. Where a line leaves more than one answer they
// give none: a wrong name is worse than no name.
//
// There are no types here, only syntax, since what runs may be any module in
// any state. An address taken on one line and written through on another has
// two names and gets none.

// An accessLine is one side of a race: a line of a file, and whether it writes.
type accessLine struct {
	src   []byte
	line  int
	write bool
}

// variableName is the variable that a writes and b accesses, or "". Elements
// of one array, slice or map are not told apart: they are called "x[...]".
func variableName(a, b accessLine) string {
	candidatesA, candidatesB := lineExprs(a.src, a.line).candidates(a.write), lineExprs(b.src, b.line).candidates(b.write)
	for i, names := range candidatesA {
		bases := make(map[string]bool)
		for _, name := range candidatesB[i] {
			bases[baseName(name)] = true
		}
		names = slices.DeleteFunc(names, func(name string) bool { return !bases[baseName(name)] })
		if len(names) == 1 {
			return names[0]
		}
		if len(names) > 1 {
			return "" // more than one answer
		}
	}
	return ""
}

// baseName is the last component of a name, without index.
func baseName(name string) string {
	name = strings.TrimSuffix(name, "[...]")
	return name[strings.LastIndexByte(name, '.')+1:]
}

// mapName is the one map, or what may be one, that line of src uses, or "".
func mapName(src []byte, line int) string {
	var found []string
	inspectLine(src, line, func(n ast.Node, _ *ast.File) {
		var x ast.Expr
		switch n := n.(type) {
		case *ast.IndexExpr:
			x = n.X
		case *ast.RangeStmt:
			x = n.X
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 0 && (f.Name == "delete" || f.Name == "clear" || f.Name == "len") {
				x = n.Args[0]
			}
		}
		if name := exprName(x); name != "" && !slices.Contains(found, name) {
			found = append(found, name)
		}
	})
	if len(found) == 1 {
		return found[0]
	}
	return ""
}

// A use says what a line does with an expression.
type use int

const (
	written  use = iota
	read         // as a whole
	passed       // on the way to a part of it: "a" in a.b
	receives     // the call of a method, which may access it: "a" in a.b()
	uses
)

// exprs are the names of the expressions of one line by use.
type exprs [uses]map[string]bool

func (e *exprs) add(x ast.Expr, how ...use) {
	name := exprName(x)
	if name == "" {
		return
	}
	for _, u := range how {
		if e[u] == nil {
			e[u] = make(map[string]bool)
		}
		e[u][name] = true
	}
}

// candidates lists what an access of the line may be to, the likeliest first.
func (e *exprs) candidates(write bool) [3][]string {
	if write {
		return [3][]string{e.names(written), e.names(written), e.names(receives)}
	}
	return [3][]string{e.names(read), e.names(read, passed, receives), e.names(receives)}
}

func (e *exprs) names(how ...use) []string {
	all := make(map[string]bool)
	for _, u := range how {
		maps.Copy(all, e[u])
	}
	return slices.Sorted(maps.Keys(all))
}

// lineExprs collects the expressions on a line of src.
func lineExprs(src []byte, line int) *exprs {
	e := &exprs{}
	said := make(map[ast.Expr][]use) // by the enclosing node; none is no use at all
	inspectLine(src, line, func(n ast.Node, file *ast.File) {
		sayUses(said, n)
		x, ok := n.(ast.Expr)
		if !ok {
			return
		}
		how, ok := said[x]
		if !ok {
			how = []use{read}
		}
		if isVariable(x, file) {
			e.add(x, how...)
		}
		if part := way(x); part != nil {
			if _, ok := said[part]; !ok {
				said[part] = []use{passed}
			}
		}
	})
	return e
}

// sayUses says how the expressions in n are used, where it is not just read.
func sayUses(said map[ast.Expr][]use, n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, x := range n.Lhs {
			said[x] = []use{written}
			if n.Tok != token.ASSIGN && n.Tok != token.DEFINE {
				said[x] = []use{written, read}
			}
		}
	case *ast.IncDecStmt:
		said[n.X] = []use{written, read}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			said[n.X] = []use{written, read}
		}
	case *ast.RangeStmt:
		said[n.Key], said[n.Value] = []use{written}, []use{written}
	case *ast.CallExpr:
		said[n.Fun] = nil
		switch f := n.Fun.(type) {
		case *ast.SelectorExpr:
			said[f.X] = []use{receives}
		case *ast.Ident:
			if len(n.Args) > 0 && (f.Name == "delete" || f.Name == "clear" || f.Name == "copy" || f.Name == "close") {
				said[n.Args[0]] = []use{written, read}
			}
		}
	case *ast.KeyValueExpr:
		if _, ok := n.Key.(*ast.Ident); ok {
			said[n.Key] = nil // of a struct; that of a map is lost
		}
	case *ast.CompositeLit:
		said[n.Type] = nil
	case *ast.SelectorExpr:
		said[n.Sel] = nil
	case *ast.Field:
		for _, name := range n.Names {
			said[name] = nil
		}
		said[n.Type] = nil
	}
}

// way is the expression that is read on the way to x, or nil.
func way(x ast.Expr) ast.Expr {
	switch x := x.(type) {
	case *ast.SelectorExpr:
		return x.X
	case *ast.IndexExpr:
		return x.X
	case *ast.SliceExpr:
		return x.X
	case *ast.StarExpr:
		return x.X
	}
	return nil
}

// isVariable reports whether x can stand for a variable of the user's, as far
// as its syntax tells.
func isVariable(x ast.Expr, file *ast.File) bool {
	if id, ok := x.(*ast.Ident); ok {
		return id.Name != "_" && types.Universe.Lookup(id.Name) == nil && !isImport(id.Name, file)
	}
	return true
}

func isImport(name string, file *ast.File) bool {
	return slices.ContainsFunc(file.Imports, func(spec *ast.ImportSpec) bool {
		if spec.Name != nil {
			return spec.Name.Name == name
		}
		p := strings.Trim(spec.Path.Value, "\"`")
		return p[strings.LastIndexByte(p, '/')+1:] == name
	})
}

// exprName is the name of the variable that x stands for, or "".
func exprName(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		if x.Name == "_" {
			return ""
		}
		return x.Name
	case *ast.SelectorExpr:
		if name := exprName(x.X); name != "" {
			return name + "." + x.Sel.Name
		}
	case *ast.IndexExpr:
		if name := exprName(x.X); name != "" {
			return name + "[...]"
		}
	case *ast.SliceExpr:
		if name := exprName(x.X); name != "" {
			return name + "[...]"
		}
	case *ast.StarExpr:
		if name := exprName(x.X); name != "" {
			return "*" + name
		}
	case *ast.ParenExpr:
		return exprName(x.X)
	}
	return ""
}

// inspectLine calls f for every node of src that begins on the given line,
// and for statements and field lists around them, outer nodes first.
func inspectLine(src []byte, line int, f func(ast.Node, *ast.File)) {
	if len(src) == 0 || line <= 0 {
		return
	}
	fset := token.NewFileSet()
	// What can be parsed of a broken file is still looked at.
	file, _ := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if file == nil {
		return
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		from, to := fset.Position(n.Pos()).Line, fset.Position(n.End()).Line
		if line < from || line > to {
			return false
		}
		if _, expr := n.(ast.Expr); !expr || from == line {
			f(n, file)
		}
		return true
	})
}

// lockName is what the calls of Lock and its like on a line are called on, if
// that is one thing only, or "".
func lockName(line string) string {
	toks := tokens(line)
	found := ""
	for i, t := range toks {
		if i < 2 || i+1 >= len(toks) || toks[i-1].tok != token.PERIOD || toks[i+1].tok != token.LPAREN {
			continue
		}
		switch t.lit {
		case "Lock", "RLock", "Unlock", "RUnlock":
		default:
			continue
		}
		name := operand(line, toks[:i-1])
		if name == "" || found != "" && found != name {
			return ""
		}
		found = name
	}
	return found
}

// readLock reports whether all that a line locks is locked for reading.
func readLock(line string) bool {
	return strings.Contains(line, ".RLock(") && !strings.Contains(line, ".Lock(")
}

// A lexeme is a token of a line, from offset to end.
type lexeme struct {
	tok         token.Token
	lit         string
	offset, end int
}

func tokens(line string) []lexeme {
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(line))
	var s scanner.Scanner
	s.Init(file, []byte(line), func(token.Position, string) {}, 0)
	var list []lexeme
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return list
		}
		if tok == token.SEMICOLON && lit == "\n" {
			continue
		}
		text := lit
		if text == "" {
			text = tok.String()
		}
		list = append(list, lexeme{tok, lit, file.Offset(pos), min(file.Offset(pos)+len(text), len(line))})
	}
}

// operand is the text of the operand that toks end with: a name with
// selectors, indices and calls, such as "s.shards[i].mu".
func operand(line string, toks []lexeme) string {
	i, want := len(toks), true // want: an operand must come before what was read
	for i > 0 {
		t := toks[i-1]
		switch {
		case t.tok == token.IDENT && want:
			i--
			want = false
			continue
		case t.tok == token.PERIOD && !want:
			i--
			want = true
			continue
		case (t.tok == token.RBRACK || t.tok == token.RPAREN) && want:
			open := opening(toks[:i])
			if open < 0 {
				return ""
			}
			i = open
			want = i > 0 && (toks[i-1].tok == token.IDENT || toks[i-1].tok == token.RBRACK || toks[i-1].tok == token.RPAREN)
			continue
		}
		break
	}
	if want || i == len(toks) {
		return ""
	}
	return line[toks[i].offset:toks[len(toks)-1].end]
}

// opening is the index of the bracket that the last of toks closes, or -1.
func opening(toks []lexeme) int {
	depth := 0
	for i := len(toks) - 1; i >= 0; i-- {
		switch toks[i].tok {
		case token.RBRACK, token.RPAREN:
			depth++
		case token.LBRACK, token.LPAREN:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}
