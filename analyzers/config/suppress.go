package config

import (
	"go/ast"
	"go/token"
	"strings"
)

// Directive is the comment that suppresses findings of one rule:
//
//	//lockstep:ignore RULE reason
//
// Behind code it covers its own line, on a line of its own the next line that
// is not part of the same comment, and in a declaration's doc comment the whole
// declaration. RULE may be a comma-separated list. The
// reason is not optional: a directive without one suppresses nothing.
const Directive = "//lockstep:ignore"

// An Ignore is one suppression directive.
type Ignore struct {
	Pos    token.Pos
	Rules  []string
	Reason string

	file     *token.File
	group    *ast.CommentGroup
	from, to int // lines covered, inclusive
}

// Suppressions are the directives of one package.
type Suppressions struct {
	ignores []*Ignore
}

// All lists the directives in source order, those without a reason included.
func (s *Suppressions) All() []*Ignore { return s.ignores }

// Match returns the directive that suppresses a finding of the rule at pos,
// or nil.
func (s *Suppressions) Match(fset *token.FileSet, rule string, pos token.Pos) *Ignore {
	file := fset.File(pos)
	if file == nil {
		return nil
	}
	line := file.Line(pos)
	for _, ig := range s.ignores {
		if ig.file == file && ig.from <= line && line <= ig.to && ig.Reason != "" && ig.covers(rule) {
			return ig
		}
	}
	return nil
}

func (ig *Ignore) covers(rule string) bool {
	for _, r := range ig.Rules {
		if r == rule {
			return true
		}
	}
	return false
}

func collect(fset *token.FileSet, files []*ast.File) *Suppressions {
	s := new(Suppressions)
	for _, f := range files {
		var own []*Ignore
		for _, group := range f.Comments {
			for _, c := range group.List {
				if ig := parseIgnore(fset, c); ig != nil {
					ig.group = group
					own = append(own, ig)
				}
			}
		}
		if own != nil {
			place(fset, f, own)
			s.ignores = append(s.ignores, own...)
		}
	}
	return s
}

func parseIgnore(fset *token.FileSet, c *ast.Comment) *Ignore {
	rest, ok := strings.CutPrefix(c.Text, Directive)
	if !ok || (rest != "" && rest[0] != ' ' && rest[0] != '\t') {
		return nil
	}
	ig := &Ignore{Pos: c.Pos(), file: fset.File(c.Pos())}
	if fields := strings.Fields(rest); len(fields) > 0 {
		ig.Rules = strings.Split(fields[0], ",")
		ig.Reason = strings.Join(fields[1:], " ")
	}
	return ig
}

// place sets the lines that each directive of the file covers.
func place(fset *token.FileSet, f *ast.File, ignores []*Ignore) {
	code := codeLines(fset, f)
	for _, ig := range ignores {
		line := ig.file.Line(ig.Pos)
		if code[line] {
			ig.from, ig.to = line, line
		} else {
			ig.from, ig.to = line, ig.file.Line(ig.group.End()-1)+1
		}
		for _, decl := range f.Decls {
			if doc := docOf(decl); doc != nil && doc.Pos() <= ig.Pos && ig.Pos < doc.End() {
				ig.to = ig.file.Line(decl.End())
			}
		}
	}
}

// codeLines is the set of lines on which some syntax other than a comment
// begins or ends.
func codeLines(fset *token.FileSet, f *ast.File) map[int]bool {
	lines := make(map[int]bool)
	file := fset.File(f.FileStart)
	ast.Inspect(f, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.File:
			return true
		case *ast.CommentGroup, *ast.Comment:
			return false
		}
		lines[file.Line(n.Pos())] = true
		lines[file.Line(n.End()-1)] = true
		return true
	})
	return lines
}

func docOf(decl ast.Decl) *ast.CommentGroup {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		return d.Doc
	case *ast.GenDecl:
		return d.Doc
	}
	return nil
}
