// Package fix applies the suggested fixes of findings to source files.
//
// A fix is applied as a whole or not at all, also when it spans files. Planning
// is pure; [Write] alone touches a file, and replaces it in one step, so that a
// file is always either the old one or the new one.
package fix

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/format"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// A Reason says why a fix is not part of a plan. It is the key of a message.
type Reason string

const (
	NoFix      Reason = "no-fix"       // the finding suggests none
	NotYours   Reason = "not-yours"    // it edits a file that the caller does not allow
	Overlaps   Reason = "overlaps"     // it edits what an earlier fix edits
	Unreadable Reason = "unreadable"   // a file cannot be read, or is shorter than when it was analysed
	Invalid    Reason = "invalid-code" // the result would not be Go
)

// A Plan is what applying fixes will change.
type Plan struct {
	Changes []Change           // in the order of file names
	Fixed   []*finding.Finding // whose fix is part of the plan
	Skipped []Skipped          // all others, in the order given
}

// A Change is the replacement of one file's content.
type Change struct {
	File     string
	Old, New []byte
}

// A Skipped is a finding that the plan does not mend.
type Skipped struct {
	Finding *finding.Finding
	Reason  Reason
}

// New plans the first fix of every finding, in order: of two fixes that overlap
// the earlier is taken. Equal edits, such as the same import added twice, do
// not overlap. read returns a file's content; allow says whether a file may be changed.
// The new files are formatted as gofmt does, but keep the line ends of Windows.
func New(fs []*finding.Finding, read func(string) ([]byte, error), allow func(file string) bool) *Plan {
	p := &planner{read: read, allow: allow, files: make(map[string]*file)}
	skipped := make(map[*finding.Finding]Reason)
	for _, f := range fs {
		if reason := p.add(f); reason != "" {
			skipped[f] = reason
		}
	}
	// What does not format is given up, with every fix that had a part in it,
	// and so on until all that is left does.
	for {
		changes, bad := p.changes()
		if bad == "" {
			plan := &Plan{Changes: changes, Fixed: p.accepted}
			for _, f := range fs {
				if reason, ok := skipped[f]; ok {
					plan.Skipped = append(plan.Skipped, Skipped{f, reason})
				}
			}
			return plan
		}
		for _, f := range p.drop(bad) {
			skipped[f] = Invalid
		}
	}
}

type planner struct {
	read     func(string) ([]byte, error)
	allow    func(string) bool
	files    map[string]*file
	accepted []*finding.Finding
}

type file struct {
	old   []byte
	edits []finding.Edit // sorted, without overlap
}

// add accepts the first fix of f, or says why not.
func (p *planner) add(f *finding.Finding) Reason {
	if len(f.Fixes) == 0 || len(f.Fixes[0].Edits) == 0 {
		return NoFix
	}
	edits := f.Fixes[0].Edits
	for i, e := range edits {
		if !p.allow(e.File) {
			return NotYours
		}
		file, err := p.file(e.File)
		if err != nil || e.Offset < 0 || e.Length < 0 || e.Offset+e.Length > len(file.old) {
			return Unreadable
		}
		if slices.ContainsFunc(file.edits, func(have finding.Edit) bool { return overlap(have, e) }) ||
			slices.ContainsFunc(edits[:i], func(have finding.Edit) bool { return overlap(have, e) }) {
			return Overlaps
		}
	}
	for _, e := range edits {
		p.files[e.File].insert(e)
	}
	p.accepted = append(p.accepted, f)
	return ""
}

func (p *planner) file(name string) (*file, error) {
	if f, ok := p.files[name]; ok {
		return f, nil
	}
	data, err := p.read(name)
	if err != nil {
		return nil, err
	}
	p.files[name] = &file{old: data}
	return p.files[name], nil
}

// overlap reports whether two different edits cannot both be applied. Two
// insertions at one place overlap: nothing says which comes first.
func overlap(a, b finding.Edit) bool {
	if a.File != b.File || a == b {
		return false
	}
	if a.Length == 0 && b.Length == 0 {
		return a.Offset == b.Offset
	}
	return a.Offset < b.Offset+b.Length && b.Offset < a.Offset+a.Length
}

func (f *file) insert(e finding.Edit) {
	if !slices.Contains(f.edits, e) {
		f.edits = append(f.edits, e)
		slices.SortFunc(f.edits, func(a, b finding.Edit) int {
			// An insertion goes before what is replaced at the same place.
			return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Length, b.Length))
		})
	}
}

// changes applies the edits, or names a file whose result is not Go.
func (p *planner) changes() (changes []Change, bad string) {
	for _, name := range slices.Sorted(maps.Keys(p.files)) {
		f := p.files[name]
		if len(f.edits) == 0 {
			continue
		}
		var buf bytes.Buffer
		at := 0
		for _, e := range f.edits {
			buf.Write(f.old[at:e.Offset])
			buf.WriteString(e.New)
			at = e.Offset + e.Length
		}
		buf.Write(f.old[at:])
		formatted, err := format.Source(buf.Bytes())
		if err != nil {
			return nil, name
		}
		if endsLinesWithCRLF(f.old) {
			formatted = bytes.ReplaceAll(formatted, []byte("\n"), []byte("\r\n"))
		}
		if !bytes.Equal(formatted, f.old) {
			changes = append(changes, Change{File: name, Old: f.old, New: formatted})
		}
	}
	return changes, ""
}

// endsLinesWithCRLF reports whether every line of src ends as on Windows.
func endsLinesWithCRLF(src []byte) bool {
	n := bytes.Count(src, []byte("\r\n"))
	return n > 0 && n == bytes.Count(src, []byte("\n"))
}

// drop takes back every fix that edits the file, and returns them.
func (p *planner) drop(name string) []*finding.Finding {
	edits := func(f *finding.Finding) bool {
		return slices.ContainsFunc(f.Fixes[0].Edits, func(e finding.Edit) bool { return e.File == name })
	}
	var dropped, kept []*finding.Finding
	for _, f := range p.accepted {
		if edits(f) {
			dropped = append(dropped, f)
		} else {
			kept = append(kept, f)
		}
	}
	p.accepted = kept
	for _, f := range p.files {
		f.edits = nil
	}
	for _, f := range kept {
		for _, e := range f.Fixes[0].Edits {
			p.files[e.File].insert(e)
		}
	}
	return dropped
}

// Diff is the change as a unified diff between files of the given names.
func (c Change) Diff(oldName, newName string) []byte {
	d := diff.Diff(oldName, c.Old, newName, c.New)
	// The first line, "diff old new", is none that patch or git apply needs.
	if i := bytes.IndexByte(d, '\n'); i >= 0 && bytes.HasPrefix(d, []byte("diff ")) {
		d = d[i+1:]
	}
	return d
}

// ErrChanged says that a file is no longer the one that was analysed.
var ErrChanged = errors.New("the file changed since it was analysed")

// Write replaces the file in one step. A file that changed since the plan was
// made is left alone.
func Write(c Change) (err error) {
	// Replacing a symbolic link would leave its target as it was.
	name, err := filepath.EvalSymlinks(c.File)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	now, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, c.Old) {
		return fmt.Errorf("%s: %w", c.File, ErrChanged)
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), ".lockstep-fix-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(tmp.Name())
		}
	}()
	_, err = tmp.Write(c.New)
	if err == nil {
		err = tmp.Chmod(info.Mode().Perm())
	}
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	return err
}
