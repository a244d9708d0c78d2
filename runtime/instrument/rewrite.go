package instrument

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// A Swap replaces names of one package by the same names of another.
type Swap struct {
	From  string   // import path
	Names []string // exported types or functions
	To    string   // import path
	As    string   // name for it in the file, which no program uses
}

// A Call is put at the beginning of a function: it is deferred.
type Call struct {
	Func string // such as "main"
	Path string // import path of the package that has the function to defer
	As   string // name for it in the file
	Name string // of that function, which has no parameters
}

// An edit replaces the bytes from begin to end.
type edit struct {
	begin, end int
	text       string
}

// rewrite applies swaps and calls to a Go file. No line moves: imports are
// added behind the package clause, on its line. swapped counts the names that
// were replaced by each swap; called says that a call was put in. The result is
// nil if nothing changed.
//
// A file is all that is looked at, and syntax is enough: a name belongs to an
// import unless the file declares it in an inner scope, since Go forbids a
// package to declare at package level what one of its files imports.
func rewrite(name string, src []byte, swaps []Swap, calls []Call) (out []byte, swapped []int, called bool, err error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.ParseComments)
	if err != nil {
		return nil, nil, false, err
	}
	r := &rewriter{file: file, offset: func(p token.Pos) int { return fset.File(p).Offset(p) }}
	swapped = make([]int, len(swaps))
	for i, s := range swaps {
		swapped[i] = r.swap(s)
	}
	for _, c := range calls {
		called = r.deferCall(c) || called
	}
	return r.apply(src), swapped, called, nil
}

type rewriter struct {
	file    *ast.File
	offset  func(token.Pos) int
	edits   []edit
	imports []string // import declarations to add
	uses    []string // declarations that keep former imports in use
}

// swap replaces the uses of s and counts them.
func (r *rewriter) swap(s Swap) int {
	n := 0
	for _, local := range r.localNames(s.From) {
		before := n
		var last string
		replace := func(from, to token.Pos, name string) {
			r.edits = append(r.edits, edit{r.offset(from), r.offset(to), s.As + "." + name})
			last = name
			n++
		}
		if local == "." {
			r.dotUses(s.Names, replace)
		} else {
			r.qualifiedUses(local, s.Names, replace)
		}
		if n > before { // the import may have no other use
			r.uses = append(r.uses, keepInUse(s.From, local, last))
		}
	}
	if n > 0 {
		r.addImport(s.As, s.To)
	}
	return n
}

// keepInUse is a declaration that uses the import of path by its local name.
func keepInUse(path, local, name string) string {
	if local != "." {
		name = local + "." + name
	}
	if path == "sync" {
		return "type _ = " + name
	}
	return "var _ = " + name
}

// localNames are the names by which the file imports path.
func (r *rewriter) localNames(path string) (names []string) {
	for _, spec := range r.file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err != nil || p != path {
			continue
		}
		name := path[strings.LastIndexByte(path, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name != "_" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func (r *rewriter) qualifiedUses(local string, names []string, replace func(from, to token.Pos, name string)) {
	ast.Inspect(r.file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || !slices.Contains(names, sel.Sel.Name) {
			return true
		}
		// An identifier that the parser resolved is declared in the file.
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == local && x.Obj == nil {
			replace(x.Pos(), sel.End(), sel.Sel.Name)
		}
		return true
	})
}

// dotUses finds uses of names of a package that is imported with a dot.
func (r *rewriter) dotUses(names []string, replace func(from, to token.Pos, name string)) {
	other := make(map[*ast.Ident]bool) // identifiers that name something else
	ast.Inspect(r.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			other[n.Sel] = true
		case *ast.KeyValueExpr: // a field, since no map has a type for its key
			if key, ok := n.Key.(*ast.Ident); ok {
				other[key] = true
			}
		case *ast.Field:
			for _, name := range n.Names {
				other[name] = true
			}
		case *ast.FuncDecl:
			other[n.Name] = true
		case *ast.BranchStmt:
			other[n.Label] = true
		case *ast.LabeledStmt:
			other[n.Label] = true
		case *ast.Ident:
			if n.Obj == nil && !other[n] && slices.Contains(names, n.Name) {
				replace(n.Pos(), n.End(), n.Name)
			}
		}
		return true
	})
}

// deferCall puts c at the beginning of its function, if the file has it.
func (r *rewriter) deferCall(c Call) bool {
	for _, d := range r.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || f.Name.Name != c.Func || f.Body == nil {
			continue
		}
		at := r.offset(f.Body.Lbrace) + 1
		r.edits = append(r.edits, edit{at, at, " defer " + c.As + "." + c.Name + "();"})
		r.addImport(c.As, c.Path)
		return true
	}
	return false
}

func (r *rewriter) addImport(as, path string) {
	decl := fmt.Sprintf("import %s %q", as, path)
	if !slices.Contains(r.imports, decl) {
		r.imports = append(r.imports, decl)
	}
}

// apply returns the edited file, nil if there is nothing to edit.
func (r *rewriter) apply(src []byte) []byte {
	if len(r.edits) == 0 {
		return nil
	}
	at := r.offset(r.file.Name.End())
	r.edits = append(r.edits, edit{at, at, "; " + strings.Join(r.imports, "; ")})
	slices.SortStableFunc(r.edits, func(a, b edit) int { return cmp.Compare(a.begin, b.begin) })
	out := make([]byte, 0, len(src)+64*len(r.edits))
	last := 0
	for _, e := range r.edits {
		out = append(out, src[last:e.begin]...)
		out = append(out, e.text...)
		last = e.end
	}
	out = append(out, src[last:]...)
	for _, u := range r.uses { // behind everything, where no line can move
		out = append(out, "\n"+u...)
	}
	if len(r.uses) > 0 {
		out = append(out, '\n')
	}
	return out
}

// reimport changes the import paths of a Go file.
func reimport(name string, src []byte, paths map[string]string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	r := &rewriter{file: file, offset: func(p token.Pos) int { return fset.File(p).Offset(p) }}
	out, last := make([]byte, 0, len(src)), 0
	for _, spec := range file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if to, ok := paths[p]; err == nil && ok {
			out = append(out, src[last:r.offset(spec.Path.Pos())]...)
			out = append(out, strconv.Quote(to)...)
			last = r.offset(spec.Path.End())
		}
	}
	return append(out, src[last:]...), nil
}
