// Package wording names places and functions in sentences of checks.
package wording

import (
	"go/token"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Func names a function: a literal by the function that it is in.
func Func(fn *ssa.Function) string {
	if fn.Parent() == nil {
		return fn.Name()
	}
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return "the function literal in " + fn.Name()
}

// Place is a position as file:line, without the folder.
func Place(fset *token.FileSet, pos token.Pos) string {
	p := fset.Position(pos)
	return filepath.Base(p.Filename) + ":" + strconv.Itoa(p.Line)
}

// Path names the functions that a chain of calls goes through, from the one
// that the first call enters to the one that has the last instruction, as in
// "load, which calls fetch". The first instruction is not in any of them. far, if
// not empty, names the functions of other packages that the last instruction calls.
func Path(chain []ssa.Instruction, far string) string {
	var names []string
	for _, instr := range chain[1:] {
		names = append(names, Func(instr.Parent()))
	}
	if far != "" {
		names = append(names, far)
	}
	return strings.Join(names, ", which calls ")
}
