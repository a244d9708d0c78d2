// Package report shows findings: as text for people, as JSON for programs.
//
// A format is one file with one method of [formats]; see there. Renderers are
// pure functions: they read source files and word sentences only through their
// [Options], and write only to their writer.
package report

import (
	"cmp"
	"io"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// A Format renders findings.
type Format struct {
	Name   string // as in -format=NAME
	Render func(w io.Writer, fs []*finding.Finding, o Options) error
}

// Options are what a renderer needs beside the findings.
type Options struct {
	// Text words a sentence of the renderers, by key with named arguments.
	// Their keys begin with "report-".
	Text func(key string, args map[string]string) string
	// Source returns the content of a source file. If it is nil or fails, the
	// excerpt is left out, the finding is not.
	Source func(file string) ([]byte, error)
	// Dir is the folder that paths are shown relative to; "" leaves them absolute.
	Dir string
	// Color allows terminal colours, in formats that have them.
	Color bool
}

// formats is the set of formats. A file adds one by declaring an exported
// method on it that takes nothing and returns a Format; the method set is the
// registry, so that there is no list to forget and no state to mutate.
type formats struct{}

// Formats lists every format in the order of names.
func Formats() []Format {
	v := reflect.ValueOf(formats{})
	all := make([]Format, 0, v.NumMethod())
	for _, method := range v.Methods() {
		all = append(all, method.Interface().(func() Format)())
	}
	slices.SortFunc(all, func(a, b Format) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// Lookup returns the format of the given name.
func Lookup(name string) (f Format, ok bool) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// path is the name under which a file is shown: relative to the working
// directory if that is shorter, as the go command does it.
func (o Options) path(file string) string {
	if o.Dir == "" {
		return file
	}
	if rel, err := filepath.Rel(o.Dir, file); err == nil && len(rel) < len(file) {
		return rel
	}
	return file
}

func (o Options) text(key string, pairs ...string) string {
	args := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	if o.Text == nil {
		return key
	}
	return o.Text(key, args)
}
