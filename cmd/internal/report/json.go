package report

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// JSON is one object with all findings, described by json.schema.json beside
// this file. A field may be added without a new version; one is never removed,
// renamed or given another meaning without.
func (formats) JSON() Format { return Format{Name: "json", Render: renderJSON} }

const jsonVersion = 1

type jsonReport struct {
	Version  int           `json:"version"`
	Findings []jsonFinding `json:"findings"`
}

type jsonFinding struct {
	Rule        string            `json:"rule"`
	Category    string            `json:"category,omitempty"`
	Message     string            `json:"message"`
	MessageKey  string            `json:"messageKey,omitempty"`
	MessageArgs map[string]string `json:"messageArgs,omitempty"`
	Location    jsonLocation      `json:"location"`
	Function    string            `json:"function,omitempty"`
	Package     string            `json:"package,omitempty"`
	Source      string            `json:"source"`
	Confidence  string            `json:"confidence"`
	Subject     *jsonSubject      `json:"subject,omitempty"`
	Related     []jsonRelated     `json:"related,omitempty"`
	Operations  []jsonPosition    `json:"operations,omitempty"`
	Witness     *jsonWitness      `json:"witness,omitempty"`
	Fixes       []jsonFix         `json:"fixes,omitempty"`
	Fingerprint string            `json:"fingerprint"`
}

type jsonLocation struct {
	File  string     `json:"file"`
	Start jsonPoint  `json:"start"`
	End   *jsonPoint `json:"end,omitempty"`
}

type jsonPoint struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

type jsonPosition struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

type jsonSubject struct {
	Kind     string        `json:"kind"`
	Name     string        `json:"name"`
	Declared *jsonPosition `json:"declared,omitempty"`
}

type jsonRelated struct {
	Role     string       `json:"role,omitempty"`
	Message  string       `json:"message"`
	Location jsonLocation `json:"location"`
}

type jsonWitness struct {
	Seen     int        `json:"seen"`
	Runs     int        `json:"runs"`
	Cores    []int      `json:"cores"`
	Rates    []jsonRate `json:"rates,omitempty"`
	Detector string     `json:"detector"`
	Schedule string     `json:"schedule,omitempty"`
	Replay   []string   `json:"replay,omitempty"`
	Log      string     `json:"log,omitempty"`
}

type jsonRate struct {
	Cores int `json:"cores"`
	Seen  int `json:"seen"`
	Runs  int `json:"runs"`
}

type jsonFix struct {
	Message string     `json:"message"`
	Edits   []jsonEdit `json:"edits"`
}

type jsonEdit struct {
	File   string `json:"file"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	New    string `json:"new"`
}

func renderJSON(w io.Writer, fs []*finding.Finding, o Options) error {
	r := jsonReport{Version: jsonVersion, Findings: make([]jsonFinding, 0, len(fs))}
	for _, f := range fs {
		r.Findings = append(r.Findings, o.jsonFinding(f))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "\t")
	return enc.Encode(r)
}

func (o Options) jsonFinding(f *finding.Finding) jsonFinding {
	j := jsonFinding{
		Rule:        f.Rule,
		Category:    f.Category,
		Message:     f.Message,
		MessageKey:  f.MessageKey,
		MessageArgs: f.MessageArgs,
		Location:    o.jsonLocation(f.Range),
		Function:    f.Function,
		Package:     f.Package,
		Source:      string(f.Source),
		Confidence:  string(f.Confidence),
		Fingerprint: f.Fingerprint,
	}
	if f.Subject.Kind != "" {
		j.Subject = &jsonSubject{Kind: string(f.Subject.Kind), Name: f.Subject.Name}
		if f.Subject.Decl.IsValid() {
			decl := o.jsonPosition(f.Subject.Decl)
			j.Subject.Declared = &decl
		}
	}
	for _, rel := range f.Related {
		j.Related = append(j.Related, jsonRelated{Role: string(rel.Role), Message: rel.Message, Location: o.jsonLocation(rel.Range)})
	}
	for _, op := range f.Operations {
		j.Operations = append(j.Operations, o.jsonPosition(op))
	}
	if w := f.Witness; w != nil {
		j.Witness = &jsonWitness{
			Seen: w.Seen, Runs: w.Runs, Cores: append([]int{}, w.Cores...), Detector: w.Detector,
			Schedule: w.Schedule, Replay: w.Replay, Log: w.Log,
		}
		for _, r := range w.Rates {
			j.Witness.Rates = append(j.Witness.Rates, jsonRate(r))
		}
	}
	for _, fix := range f.Fixes {
		jf := jsonFix{Message: fix.Message, Edits: make([]jsonEdit, 0, len(fix.Edits))}
		for _, e := range fix.Edits {
			jf.Edits = append(jf.Edits, jsonEdit{File: o.slashPath(e.File), Offset: e.Offset, Length: e.Length, New: e.New})
		}
		j.Fixes = append(j.Fixes, jf)
	}
	return j
}

func (o Options) jsonLocation(r finding.Range) jsonLocation {
	l := jsonLocation{File: o.slashPath(r.Start.File), Start: jsonPoint{r.Start.Line, r.Start.Column}}
	if r.End.Line > 0 {
		l.End = &jsonPoint{r.End.Line, r.End.Column}
	}
	return l
}

func (o Options) jsonPosition(p finding.Position) jsonPosition {
	return jsonPosition{File: o.slashPath(p.File), Line: p.Line, Column: p.Column}
}

// slashPath is path with forward slashes on every system.
func (o Options) slashPath(file string) string { return filepath.ToSlash(o.path(file)) }

// Witnesses lists, of the findings in a report that was written as JSON, the
// schedules that show them; "" where there is none.
func Witnesses(data []byte) ([]string, error) {
	var r jsonReport
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, err
	}
	if r.Version != jsonVersion {
		return nil, fmt.Errorf("version %d is not known", r.Version)
	}
	var list []string
	for _, f := range r.Findings {
		text := ""
		if f.Witness != nil {
			text = f.Witness.Schedule
		}
		list = append(list, text)
	}
	return list, nil
}
