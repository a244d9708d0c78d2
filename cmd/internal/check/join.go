package check

import (
	"path/filepath"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// join compares the facts of all packages, for the analyzers whose facts can be
// compared: what only several packages together show.
func join(opts Options) []*finding.Finding {
	var found []*finding.Finding
	for _, a := range opts.Analyzers {
		for _, typ := range a.FactTypes {
			if _, ok := typ.(diagnostic.Joiner); ok {
				found = append(found, joinFacts(opts, a, typ)...)
			}
		}
	}
	return found
}

func joinFacts(opts Options, a *analysis.Analyzer, typ analysis.Fact) []*finding.Finding {
	var facts []diagnostic.Joiner
	for _, f := range opts.Facts.All() {
		if reflect.TypeOf(f.Fact) == reflect.TypeOf(typ) {
			facts = append(facts, f.Fact.(diagnostic.Joiner))
		}
	}
	if len(facts) == 0 {
		return nil
	}
	var found []*finding.Finding
	for _, j := range facts[0].Join(facts) {
		f := &finding.Finding{
			Rule: a.Name, Category: j.Category, Source: finding.Static, Package: j.Package,
			Message: j.Catalogue.Text(opts.Lang, j.Message), MessageKey: string(j.Message.Key), MessageArgs: j.Message.Args,
			Range: placeRange(opts, j.Place), Function: j.Function, Confidence: finding.High,
			Subject: finding.Subject{Kind: finding.SubjectKind(diagnostic.Lock), Name: j.Subject},
		}
		for _, p := range j.Operations {
			f.Operations = append(f.Operations, placeRange(opts, p).Start)
		}
		for _, rel := range j.Related {
			f.Related = append(f.Related, finding.Related{
				Role: finding.Role(rel.Role), Range: placeRange(opts, rel.Place), Message: j.Catalogue.Text(opts.Lang, rel.Message),
			})
		}
		found = append(found, f)
	}
	return found
}

func placeRange(opts Options, p diagnostic.Place) finding.Range {
	file := p.File
	if file != "" && !filepath.IsAbs(file) {
		file = filepath.Join(opts.Dir, file)
	}
	r := finding.Range{Start: finding.Position{File: file, Line: p.Line, Column: p.Column}}
	if p.EndLine > 0 {
		r.End = finding.Position{File: file, Line: p.EndLine, Column: p.EndCol}
	}
	return r
}
