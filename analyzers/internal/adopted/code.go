package adopted

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/astutil"

	"github.com/lockstep-go/lockstep/analyzers/internal/pattern"
)

// codeAt is the code that a diagnostic marks, as the user would write it in a
// sentence: function literals are shortened. It is "" for syntax that is
// neither an expression nor a go statement.
func codeAt(pass *analysis.Pass, pos, end token.Pos) string {
	if end < pos {
		end = pos // without an end, the innermost syntax at pos is meant
	}
	for _, file := range pass.Files {
		if pos < file.FileStart || file.FileEnd <= pos {
			continue
		}
		path, _ := astutil.PathEnclosingInterval(file, pos, end)
		for _, n := range path {
			switch n := n.(type) {
			case ast.Expr:
				return types.ExprString(n)
			case *ast.GoStmt:
				return "go " + types.ExprString(n.Call)
			case ast.Stmt, ast.Decl:
				return ""
			}
		}
	}
	return ""
}

var importPath = pattern.New(`([^\s/()\[\]{}*~,]+/)+`)

// withoutPaths writes the types in text with the names of their packages
// alone: "*example.com/bank.Account" becomes "*bank.Account".
func withoutPaths(text string) string { return importPath.ReplaceAllString(text, "") }
