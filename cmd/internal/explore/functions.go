package explore

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"sync"

	"github.com/lockstep-go/lockstep/runtime/evidence"
)

// functions names the functions that lines of source files are in, as the runtime
// names them: the scheduler knows places only.
type functions struct {
	source func(file string) ([]byte, error)
	// pkg is the import path of the package of a file, "main" for main packages.
	pkg func(file string) string

	mu    sync.Mutex // guards what is below
	files map[string][]function
}

// A function is one of a file, with the lines that it is on.
type function struct {
	name     string
	from, to int
}

// name sets the functions of frames that lack one.
func (fs *functions) name(list []evidence.Evidence) {
	for i := range list {
		for j := range list[i].Operations {
			o := &list[i].Operations[j]
			for _, stack := range []evidence.Stack{o.Stack, o.Goroutine.Created} {
				for k := range stack {
					if f := &stack[k]; f.Func == "" && f.User {
						f.Func = fs.at(f.File, f.Line)
					}
				}
			}
		}
	}
}

// at is the innermost function that a line is in, "" if it is not known.
func (fs *functions) at(file string, line int) string {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	list, ok := fs.files[file]
	if !ok {
		if fs.files == nil {
			fs.files = make(map[string][]function)
		}
		if src, err := fs.source(file); err == nil {
			list = functionsOf(src, fs.pkg(file))
		}
		fs.files[file] = list
	}
	for _, f := range slices.Backward(list) { // inner ones come later
		if f.from <= line && line <= f.to {
			return f.name
		}
	}
	return ""
}

// functionsOf lists the functions of a file with their literals, outer ones before
// those in them. The line where a literal begins is not in it, unless it ends there
// too: "go func() {" is a statement of the function around.
func functionsOf(src []byte, pkg string) (list []function) {
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if file == nil {
		return nil
	}
	line := func(p token.Pos) int { return fset.Position(p).Line }
	var literals func(n ast.Node, name, infix string)
	literals = func(n ast.Node, name, infix string) {
		count := 0
		ast.Inspect(n, func(n ast.Node) bool {
			lit, ok := n.(*ast.FuncLit)
			if !ok {
				return true
			}
			count++
			inner := name + infix + strconv.Itoa(count)
			from, to := line(lit.Body.Lbrace), line(lit.Body.Rbrace)
			if to > from {
				from++
			}
			list = append(list, function{inner, from, to})
			literals(lit.Body, inner, ".")
			return false
		})
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			name := pkg + "." + receiver(f) + f.Name.Name
			list = append(list, function{name, line(f.Pos()), line(f.End())})
			literals(f.Body, name, ".func")
		} else {
			literals(d, pkg, ".glob..func")
		}
	}
	return list
}

// receiver is what comes before a method's name: "(*T)." or "T.".
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	t, before, after := ast.Unparen(f.Recv.List[0].Type), "", "."
	if star, ok := t.(*ast.StarExpr); ok {
		t, before, after = ast.Unparen(star.X), "(*", ")."
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		t, after = x.X, "[...]"+after
	case *ast.IndexListExpr:
		t, after = x.X, "[...]"+after
	}
	if id, ok := t.(*ast.Ident); ok {
		return before + id.Name + after
	}
	return ""
}
