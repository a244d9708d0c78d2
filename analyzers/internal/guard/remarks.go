package guard

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/pattern"
	"github.com/lockstep-go/lockstep/analyzers/internal/syntax"
)

type fileLine struct {
	file string
	line int
}

// findRemarks lists the lines that have, or are right below, a comment which
// speaks of locks or goroutines: whoever wrote it knew what they did. If it says
// that something is safe or needs no lock, it may be about everything that
// follows in the function.
func (j *Judge) findRemarks() map[fileLine]bool {
	lines := make(map[fileLine]bool)
	for _, file := range j.pass.Files {
		docs := make(map[*ast.CommentGroup]bool)
		var bodies []*ast.BlockStmt
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				docs[d.Doc] = true
				if d.Body != nil {
					bodies = append(bodies, d.Body)
				}
			case *ast.GenDecl:
				docs[d.Doc] = true
			}
		}
		for _, g := range file.Comments {
			text := strings.Join(strings.Fields(g.Text()), " ")
			if docs[g] || !remark.MatchString(text) || strings.HasPrefix(text, "want ") {
				continue
			}
			from, to := j.pass.Fset.Position(g.Pos()), j.pass.Fset.Position(g.End())
			last := to.Line + 1
			if noNeed.MatchString(text) {
				i := slices.IndexFunc(bodies, func(b *ast.BlockStmt) bool { return b.Pos() <= g.Pos() && g.End() <= b.End() })
				if i >= 0 {
					last = j.pass.Fset.Position(bodies[i].End()).Line
				}
			}
			for l := from.Line; l <= last; l++ {
				lines[fileLine{from.Filename, l}] = true
			}
		}
	}
	return lines
}

var (
	remark = pattern.New(`(?i)lock|\w*mu\b|mutex|\brac(?:e|y|es)\b|concurren|goroutine|single[- ]thread|exclusive|unpublished|synchroni|\bsafe(?:ly)?\b|atomic|shared`)
	noNeed = pattern.New(`(?i)\bsafe(?:ly)?\b|(?:without|no) (?:need |holding |taking |acquiring |further )?(?:for |to )?(?:the |a |any )?(?:\w+\.)?(?:lock|mutex|mu)|(?:not|n't|no longer) (?:need|have|necessary|required)[^.]*(?:lock|mutex|mu\b)|(?:exclusive|sole) (?:access|owner)|nobody else|no one else|no other goroutine`)
)

// Excused reports whether a comment at instr says that it is all right.
func (j *Judge) Excused(instr ssa.Instruction) bool {
	pos := instr.Pos()
	if !pos.IsValid() {
		return true
	}
	p := j.pass.Fset.Position(pos)
	return j.remarks[fileLine{p.Filename, p.Line}] || j.contracts.Forced(pos)
}

// Generated reports whether instr is in a file that a program has written, in
// which nobody can mend anything.
func (j *Judge) Generated(instr ssa.Instruction) bool {
	file, _ := syntax.Decl(j.pass.Files, instr.Pos())
	return file != nil && ast.IsGenerated(file)
}

// Remarked reports whether the comment of a field or variable speaks of locks or
// goroutines: whoever wrote it knew how the variable is used.
func (j *Judge) Remarked(v *types.Var) bool {
	if known, ok := j.remarked[v.Pos()]; ok {
		return known
	}
	path := syntax.Enclosing(j.pass.Files, v.Pos())
	i := slices.IndexFunc(path, func(n ast.Node) bool { _, ok := n.(*ast.FieldList); return ok })
	if i >= 0 {
		// The fields beside v are asked about next, and can be thousands.
		around := slices.ContainsFunc(path[i:], remarked)
		for _, f := range path[i].(*ast.FieldList).List {
			for _, name := range f.Names {
				j.remarked[name.Pos()] = around || remarked(f)
			}
		}
	}
	known := slices.ContainsFunc(path, remarked)
	j.remarked[v.Pos()] = known
	return known
}

// remarked reports whether n is a declaration whose comment speaks of locks or
// goroutines.
func remarked(n ast.Node) bool {
	var docs []*ast.CommentGroup
	switch n := n.(type) {
	case *ast.Field:
		docs = []*ast.CommentGroup{n.Doc, n.Comment}
	case *ast.ValueSpec:
		docs = []*ast.CommentGroup{n.Doc, n.Comment}
	}
	return slices.ContainsFunc(docs, func(g *ast.CommentGroup) bool { return g != nil && remark.MatchString(g.Text()) })
}
