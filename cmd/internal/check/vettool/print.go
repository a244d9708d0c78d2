package vettool

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/check"
	"github.com/lockstep-go/lockstep/cmd/internal/check/fix"
)

// The JSON form is that of go vet -json: package ID to analyzer to either a
// list of diagnostics or an error. The go command itself reads it.

type jsonDiagnostic struct {
	Category       string        `json:"category,omitempty"`
	Posn           string        `json:"posn"`
	End            string        `json:"end"`
	Message        string        `json:"message"`
	SuggestedFixes []jsonFix     `json:"suggested_fixes,omitempty"`
	Related        []jsonRelated `json:"related,omitempty"`
}

type jsonFix struct {
	Message string     `json:"message"`
	Edits   []jsonEdit `json:"edits"`
}

type jsonEdit struct {
	Filename string `json:"filename"`
	Start    int    `json:"start"`
	End      int    `json:"end"`
	New      string `json:"new"`
}

type jsonRelated struct {
	Posn    string `json:"posn"`
	End     string `json:"end"`
	Message string `json:"message"`
}

// printJSON gives an analyzer that failed as a diagnostic of the package clause.
// The format has {"error": …} for it, but at the first of those the go command
// drops whatever diagnostics of the package it has not come to.
func printJSON(w io.Writer, id string, pkg *packages.Package, unit *check.Unit) error {
	fset := pkg.Fset
	results := make(map[string]any)
	for _, r := range unit.Reports {
		var list []jsonDiagnostic
		for _, d := range r.Diagnostics {
			list = append(list, toJSON(fset, d))
		}
		if list != nil {
			results[r.Analyzer.Name] = list
		}
	}
	for _, p := range unit.Problems {
		clause := pkg.Syntax[0]
		results[p.Analyzer] = []jsonDiagnostic{toJSON(fset, analysis.Diagnostic{Pos: clause.Package, End: clause.Name.End(), Message: p.Message})}
	}
	tree := make(map[string]any)
	if len(results) > 0 {
		tree[id] = results
	}
	data, err := json.MarshalIndent(tree, "", "\t")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", data)
	return err
}

func toJSON(fset *token.FileSet, d analysis.Diagnostic) jsonDiagnostic {
	at := func(pos, fallback token.Pos) string {
		if !pos.IsValid() {
			pos = fallback
		}
		return fset.Position(pos).String()
	}
	j := jsonDiagnostic{Category: d.Category, Posn: at(d.Pos, d.Pos), End: at(d.End, d.Pos), Message: d.Message}
	for _, rel := range d.Related {
		j.Related = append(j.Related, jsonRelated{Posn: at(rel.Pos, rel.Pos), End: at(rel.End, rel.Pos), Message: rel.Message})
	}
	for _, f := range d.SuggestedFixes {
		jf := jsonFix{Message: f.Message, Edits: []jsonEdit{}}
		for _, e := range f.TextEdits {
			file := fset.File(e.Pos)
			end := e.End
			if !end.IsValid() {
				end = e.Pos
			}
			jf.Edits = append(jf.Edits, jsonEdit{Filename: file.Name(), Start: file.Offset(e.Pos), End: file.Offset(end), New: string(e.NewText)})
		}
		j.SuggestedFixes = append(j.SuggestedFixes, jf)
	}
	return j
}

// printPlain prints as go vet does, with lines of context around each place if
// context is not negative, and returns the exit status.
func printPlain(w io.Writer, fset *token.FileSet, context int, unit *check.Unit) (code int) {
	for _, p := range unit.Problems {
		fmt.Fprintln(w, p.Message)
		code = 1
	}
	place := func(pos, end token.Pos, text string) {
		start := fset.Position(pos)
		fmt.Fprintf(w, "%s: %s\n", start, text)
		if context < 0 {
			return
		}
		last := start.Line
		if end.IsValid() {
			last = fset.Position(end).Line
		}
		data, _ := os.ReadFile(start.Filename) // without it there is no context
		for i, line := range strings.Split(string(data), "\n") {
			if n := i + 1; start.Line-context <= n && n <= last+context && data != nil {
				fmt.Fprintf(w, "%d\t%s\n", n, line)
			}
		}
	}
	for _, r := range unit.Reports {
		for _, d := range r.Diagnostics {
			code = 1
			place(d.Pos, d.End, d.Message)
			for _, rel := range d.Related {
				place(rel.Pos, rel.End, "\t"+rel.Message)
			}
		}
	}
	return code
}

// fixes applies the first fix of every finding, or prints what it would change.
// The go command wants changed files in an archive, to replace them when all
// packages are done.
func fixes(cfg *unitConfig, pkg *packages.Package, unit *check.Unit, diff bool, stdout io.Writer) (code int, err error) {
	generated := make(map[string]bool)
	for _, file := range pkg.Syntax {
		generated[pkg.Fset.File(file.FileStart).Name()] = ast.IsGenerated(file)
	}
	// Files elsewhere are what cgo and the like made.
	own := func(file string) bool { return filepath.Dir(file) == filepath.Clean(cfg.Dir) && !generated[file] }
	plan := fix.New(unit.Findings, os.ReadFile, own)
	for _, s := range plan.Skipped {
		if s.Reason == fix.Overlaps {
			code, err = 1, errors.New(catalogue.Text(message.English, message.New("overlaps", "package", cfg.ID)))
		}
	}
	switch {
	case diff:
		for _, c := range plan.Changes {
			if _, werr := stdout.Write(c.Diff(c.File+" (old)", c.File+" (new)")); werr != nil {
				return 1, werr
			}
		}
	case cfg.FixArchive != "":
		if werr := writeArchive(cfg, plan); werr != nil {
			return 1, werr
		}
	default:
		for _, c := range plan.Changes {
			if werr := fix.Write(c); werr != nil {
				code, err = 1, errors.Join(err, werr)
			}
		}
	}
	return code, err
}

func writeArchive(cfg *unitConfig, plan *fix.Plan) (err error) {
	f, err := os.Create(cfg.FixArchive)
	if err != nil {
		return err
	}
	zw := zip.NewWriter(f)
	err = zw.SetComment(cfg.ID)
	for _, c := range plan.Changes {
		if err == nil {
			var w io.Writer
			if w, err = zw.Create(c.File); err == nil {
				_, err = w.Write(c.New)
			}
		}
	}
	return errors.Join(err, zw.Close(), f.Close())
}
