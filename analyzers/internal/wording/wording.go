// Package wording names places and functions in sentences of checks.
package wording

import (
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Func names a function: a literal by the function that it is in.
func Func(fn *ssa.Function) string { return named(fn, (*ssa.Function).Name) }

// FuncBeside names a function in a sentence that names others as well: as Func
// does, or with the receiver if one of them has the same name without.
func FuncBeside(fn *ssa.Function, others ...*ssa.Function) string {
	name := Func(fn)
	if slices.ContainsFunc(others, func(other *ssa.Function) bool { return other != fn && Func(other) == name }) {
		return named(fn, func(fn *ssa.Function) string { return fn.RelString(fn.Pkg.Pkg) })
	}
	return name
}

func named(fn *ssa.Function, name func(*ssa.Function) string) string {
	prefix := ""
	for fn.Parent() != nil {
		fn, prefix = fn.Parent(), "the function literal in "
	}
	// The SSA form numbers the init functions of a package.
	text, _, _ := strings.Cut(name(fn), "#")
	return prefix + text
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
