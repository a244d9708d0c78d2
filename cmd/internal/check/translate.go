package check

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// A translator turns diagnostics into findings.
type translator struct {
	opts  Options
	lines map[string][]string // file to its lines
}

func newTranslator(opts Options) *translator {
	return &translator{opts: opts, lines: make(map[string][]string)}
}

func (t *translator) translate(out *output) []*finding.Finding {
	p := &places{dir: out.pkg.Dir, fset: out.pkg.Fset, files: out.pkg.Syntax, originals: out.pkg.GoFiles}
	var fs []*finding.Finding
	for _, r := range out.reports {
		if r.result == nil {
			for _, d := range r.plain {
				if !out.doubts(d.Pos) {
					fs = append(fs, p.plain(r.analyzer, d))
				}
			}
			continue
		}
		for _, d := range r.result.Diagnostics {
			if !out.doubts(append(slices.Clone(d.Operations), d.Pos)...) {
				fs = append(fs, p.typed(r.analyzer, r.result, d))
			}
		}
	}
	for _, f := range fs {
		f.Source = finding.Static
		f.Package = out.pkg.PkgPath
	}
	return fs
}

// doubts reports whether one of the positions is in a function that nothing is
// to be reported of.
func (out *output) doubts(positions ...token.Pos) bool {
	for _, fn := range out.doubtful {
		for _, pos := range positions {
			if fn.Pos() <= pos && pos < fn.End() {
				return true
			}
		}
	}
	return false
}

// finish sorts the findings, drops what two variants of a package both gave,
// and gives each its fingerprint.
func (t *translator) finish(fs []*finding.Finding) []*finding.Finding {
	finding.Sort(fs)
	type key struct {
		rule, category, message string
		at                      finding.Position
	}
	seen := make(map[key]bool)
	fs = slices.DeleteFunc(fs, func(f *finding.Finding) bool {
		k := key{f.Rule, f.Category, f.Message, f.Range.Start}
		dup := seen[k]
		seen[k] = true
		return dup
	})
	ordinals := make(map[string]int)
	for _, f := range fs {
		line := t.line(f.Range.Start)
		first := finding.Fingerprint(f, line, 0)
		f.Fingerprint = finding.Fingerprint(f, line, ordinals[first])
		ordinals[first]++
	}
	return fs
}

// line is the text of the line at pos, or "" if the file cannot be read.
func (t *translator) line(pos finding.Position) string {
	lines, ok := t.lines[pos.File]
	if !ok {
		if data, err := os.ReadFile(pos.File); err == nil {
			lines = strings.Split(string(data), "\n")
		}
		t.lines[pos.File] = lines
	}
	if pos.Line < 1 || pos.Line > len(lines) {
		return ""
	}
	return lines[pos.Line-1]
}

// places turns positions of one package into places in files.
type places struct {
	dir       string
	fset      *token.FileSet
	files     []*ast.File
	originals []string // files as the user wrote them, before cgo
}

func (p *places) typed(a *analysis.Analyzer, r *diagnostic.Result, d diagnostic.Diagnostic) *finding.Finding {
	f := &finding.Finding{
		Rule:        a.Name,
		Category:    d.Category,
		Message:     r.Text(d.Message),
		MessageKey:  string(d.Message.Key),
		MessageArgs: d.Message.Args,
		Range:       p.rng(d.Pos, d.End),
		Function:    d.Function,
		Confidence:  finding.Confidence(d.Confidence),
		Subject: finding.Subject{
			Kind: finding.SubjectKind(d.Subject.Kind),
			Name: d.Subject.Name,
			Decl: p.pos(d.Subject.Decl),
		},
	}
	if f.Function == "" {
		f.Function = p.function(d.Pos)
	}
	for _, op := range d.Operations {
		f.Operations = append(f.Operations, p.pos(op))
	}
	if start := f.Range.Start; !slices.Contains(f.Operations, start) {
		f.Operations = append([]finding.Position{start}, f.Operations...)
	}
	for _, rel := range d.Related {
		f.Related = append(f.Related, finding.Related{
			Role:    finding.Role(rel.Role),
			Range:   p.rng(rel.Pos, rel.End),
			Message: r.Text(rel.Message),
		})
	}
	for _, fix := range d.Fixes {
		if edits, ok := p.edits(fix.Edits); ok {
			f.Fixes = append(f.Fixes, finding.Fix{Message: r.Text(fix.Message), Edits: edits})
		}
	}
	return f
}

// plain translates a diagnostic of an analyzer that is not one of ours.
func (p *places) plain(a *analysis.Analyzer, d analysis.Diagnostic) *finding.Finding {
	f := &finding.Finding{
		Rule:       a.Name,
		Category:   d.Category,
		Message:    d.Message,
		Range:      p.rng(d.Pos, d.End),
		Function:   p.function(d.Pos),
		Confidence: finding.High,
	}
	f.Operations = []finding.Position{f.Range.Start}
	for _, rel := range d.Related {
		f.Related = append(f.Related, finding.Related{Range: p.rng(rel.Pos, rel.End), Message: rel.Message})
	}
	for _, fix := range d.SuggestedFixes {
		if edits, ok := p.edits(fix.TextEdits); ok {
			f.Fixes = append(f.Fixes, finding.Fix{Message: fix.Message, Edits: edits})
		}
	}
	return f
}

// pos is the place that the user knows: //line directives are obeyed.
func (p *places) pos(pos token.Pos) finding.Position {
	if !pos.IsValid() {
		return finding.Position{}
	}
	posn := p.fset.Position(pos)
	if !filepath.IsAbs(posn.Filename) && posn.Filename != "" {
		posn.Filename = filepath.Join(p.dir, posn.Filename)
	}
	return finding.Position{File: posn.Filename, Line: posn.Line, Column: posn.Column}
}

// rng is the range from pos to end. An end that is unknown, not behind the
// start, or in another file (by a //line directive) is left out.
func (p *places) rng(pos, end token.Pos) finding.Range {
	r := finding.Range{Start: p.pos(pos)}
	if end.IsValid() && end > pos {
		if e := p.pos(end); e.File == r.Start.File && r.Start.Compare(e) < 0 {
			r.End = e
		}
	}
	return r
}

// edits translates the edits of a fix into byte offsets of the file itself,
// whatever //line directives say. ok is false if one of them is not in a file that the
// user wrote, such as the output of cgo: then the fix cannot be applied.
func (p *places) edits(edits []analysis.TextEdit) (out []finding.Edit, ok bool) {
	for _, e := range edits {
		file := p.fset.File(e.Pos)
		end := e.End
		if !end.IsValid() {
			end = e.Pos
		}
		if file == nil || end < e.Pos || int(end) > file.Base()+file.Size() || !slices.Contains(p.originals, file.Name()) {
			return nil, false
		}
		offset := file.Offset(e.Pos)
		out = append(out, finding.Edit{File: file.Name(), Offset: offset, Length: file.Offset(end) - offset, New: string(e.NewText)})
	}
	return out, len(out) > 0
}

// function names the function declaration around pos, as in (*T).Close.
func (p *places) function(pos token.Pos) string {
	for _, file := range p.files {
		if pos < file.FileStart || file.FileEnd <= pos {
			continue
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Pos() <= pos && pos < fn.End() {
				return funcName(fn)
			}
		}
	}
	return ""
}

func funcName(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return fn.Name.Name
	}
	typ := ast.Unparen(fn.Recv.List[0].Type)
	star := ""
	if ptr, ok := typ.(*ast.StarExpr); ok {
		star, typ = "*", ast.Unparen(ptr.X)
	}
	switch generic := typ.(type) {
	case *ast.IndexExpr:
		typ = generic.X
	case *ast.IndexListExpr:
		typ = generic.X
	}
	name, ok := typ.(*ast.Ident)
	if !ok {
		return fn.Name.Name
	}
	if star == "" {
		return name.Name + "." + fn.Name.Name
	}
	return "(*" + name.Name + ")." + fn.Name.Name
}
