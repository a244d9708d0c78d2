// Package course teaches with programs that break. It loads the lessons, runs
// their programs through the checks and the detectors, and judges whether what
// was observed is what the lesson says.
//
// A lesson is a folder NN-topic:
//
//	lesson.json          titles, and what must and must not be observed
//	text.en.md …         the text, one file for each language, each written natively
//	broken/ fixed/       the program and its mended twin, or
//	CASE/broken/ …       several of them
//
// A lesson is only as good as its last run: what it claims is written down in
// lesson.json, and [Judge] compares that with what this machine showed just now.
package course

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-go/lockstep/analyzers/message"
)

// A Lesson is one lesson of the course.
type Lesson struct {
	Number int
	Name   string // its folder, such as "11-lost-update"
	Title  Words
	Text   Words
	Cases  []Case
}

// Words are the same thing said in several languages.
type Words map[message.Lang]string

// In returns the words in the given language, or in English.
func (w Words) In(lang message.Lang) string { return cmp.Or(w[lang], w[message.English]) }

// A Case is one way to go wrong, and its mended twin.
type Case struct {
	Name   string // its folder in the lesson's; "" for the lesson's own
	Title  Words
	Broken Program
	Fixed  Program
}

// A Program is a runnable program of a lesson.
type Program struct {
	Dir    string // its folder in the course's file system
	Source []byte // of its main.go
	Expect Expectation
}

// An Expectation is what a program must show. Whatever it does not list must
// not be found by reading. Of what runs show, it may list less than there is,
// unless Silent: a deadlock is seen by more than one detector.
type Expectation struct {
	Static  []Static  `json:"static"`
	Dynamic []Dynamic `json:"dynamic"`
	Output  *Output   `json:"output"`
	// Never are rules that no run may show.
	Never []string `json:"never"`
	// Silent says that no run may show anything.
	Silent bool `json:"-"`
}

// Static is a finding that reading the program must give.
type Static struct {
	Rule    string `json:"rule"`
	Message string `json:"message"` // its key in the check's catalogue
	At      Place  `json:"at"`
	// ConfirmedBy is the detector whose runs must confirm it; "" if none can.
	ConfirmedBy string `json:"confirmedBy"`
}

// Dynamic is a finding that running the program must give, on every number of
// cores from Cores on.
type Dynamic struct {
	Rule     string  `json:"rule"`
	At       []Place `json:"at"`       // places of operations, all of them in the finding
	Detector string  `json:"detector"` // without which it cannot be seen; "" if any will do
	Cores    int     `json:"cores"`
}

// Output is what some run of the unchanged program must print, on every number
// of cores from Cores on, and if Always, what all such runs must print.
type Output struct {
	Pattern string `json:"pattern"` // a regular expression
	Is      Is     `json:"is"`
	Cores   int    `json:"cores"`
	Always  bool   `json:"always"`
}

// Is says what an output that matches must be.
type Is string

const (
	There Is = "there" // no more than that it matches
	Less  Is = "less"  // of the pattern's two groups, the first is a smaller number than the second
	Equal Is = "equal" // of the pattern's two groups, both are the same number
)

// A Place is a line of main.go. Code is part of that line, so that an edit of
// the program cannot leave the expectation pointing at something else.
type Place struct {
	Line int    `json:"line"`
	Code string `json:"code"`
}

// Load reads every lesson of fsys, in the order of their numbers.
func Load(fsys fs.FS) ([]*Lesson, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	var lessons []*Lesson
	for _, e := range entries {
		number, _, _ := strings.Cut(e.Name(), "-")
		n, err := strconv.Atoi(number)
		if err != nil || !e.IsDir() {
			continue
		}
		l, err := load(fsys, e.Name(), n)
		if err != nil {
			return nil, fmt.Errorf("lesson %s: %w", e.Name(), err)
		}
		lessons = append(lessons, l)
	}
	slices.SortFunc(lessons, func(a, b *Lesson) int { return cmp.Compare(a.Number, b.Number) })
	return lessons, nil
}

func load(fsys fs.FS, name string, number int) (*Lesson, error) {
	data, err := fs.ReadFile(fsys, path.Join(name, "lesson.json"))
	if err != nil {
		return nil, err
	}
	var file lessonFile
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("lesson.json: %w", err)
	}
	l := &Lesson{Number: number, Name: name, Title: file.Title}
	if l.Text, err = loadText(fsys, name); err != nil {
		return nil, err
	}
	if len(file.Cases) == 0 {
		return nil, errors.New("lesson.json: no cases")
	}
	for _, cf := range file.Cases {
		c, err := cf.load(fsys, name)
		if err != nil {
			return nil, err
		}
		l.Cases = append(l.Cases, c)
	}
	return l, nil
}

// A lessonFile is lesson.json.
type lessonFile struct {
	Title Words      `json:"title"`
	Cases []caseFile `json:"cases"`
}

type caseFile struct {
	Name   string      `json:"name"`
	Title  Words       `json:"title"`
	Broken Expectation `json:"broken"`
	Fixed  Expectation `json:"fixed"`
}

func (cf caseFile) load(fsys fs.FS, lesson string) (c Case, err error) {
	if len(cf.Broken.Static)+len(cf.Broken.Dynamic) == 0 {
		return c, fmt.Errorf("lesson.json: case %q: the broken program is not expected to show anything", cf.Name)
	}
	if len(cf.Fixed.Static)+len(cf.Fixed.Dynamic) > 0 {
		return c, fmt.Errorf("lesson.json: case %q: the fixed program must be silent", cf.Name)
	}
	cf.Fixed.Silent = true
	c = Case{Name: cf.Name, Title: cf.Title}
	if c.Broken, err = loadProgram(fsys, path.Join(lesson, cf.Name, "broken"), cf.Broken); err != nil {
		return c, err
	}
	c.Fixed, err = loadProgram(fsys, path.Join(lesson, cf.Name, "fixed"), cf.Fixed)
	return c, err
}

// loadText reads text.LANG.md for every language there is; English must be.
func loadText(fsys fs.FS, name string) (Words, error) {
	files, err := fs.Glob(fsys, path.Join(name, "text.*.md"))
	if err != nil {
		return nil, err
	}
	text := make(Words)
	for _, file := range files {
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, err
		}
		lang := strings.TrimSuffix(strings.TrimPrefix(path.Base(file), "text."), ".md")
		text[message.Lang(lang)] = string(data)
	}
	if text[message.English] == "" {
		return nil, fmt.Errorf("no text.%s.md", message.English)
	}
	return text, nil
}

func loadProgram(fsys fs.FS, dir string, expect Expectation) (Program, error) {
	source, err := fs.ReadFile(fsys, path.Join(dir, "main.go"))
	if err != nil {
		return Program{}, err
	}
	p := Program{Dir: dir, Source: source, Expect: expect}
	if err := p.validate(); err != nil {
		return Program{}, fmt.Errorf("lesson.json: %s: %w", dir, err)
	}
	return p, nil
}

// validate finds expectations that could never be met, or that no longer fit
// the program.
func (p Program) validate() error {
	lines := strings.Split(string(p.Source), "\n")
	place := func(at Place) error {
		if at.Line < 1 || at.Line > len(lines) || at.Code == "" || !strings.Contains(lines[at.Line-1], at.Code) {
			return fmt.Errorf("main.go:%d is not %q", at.Line, at.Code)
		}
		return nil
	}
	for _, s := range p.Expect.Static {
		if s.Rule == "" || s.Message == "" {
			return errors.New("a static expectation wants a rule and a message")
		}
		if err := place(s.At); err != nil {
			return err
		}
	}
	for _, d := range p.Expect.Dynamic {
		if d.Rule == "" || d.Cores < 1 {
			return errors.New("a dynamic expectation wants a rule, and cores from 1 on")
		}
		for _, at := range d.At {
			if err := place(at); err != nil {
				return err
			}
		}
	}
	if out := p.Expect.Output; out != nil {
		re, err := regexp.Compile(out.Pattern)
		if err != nil {
			return err
		}
		groups, ok := map[Is]int{There: 0, Less: 2, Equal: 2}[out.Is]
		if !ok || re.NumSubexp() != groups || out.Cores < 1 {
			return fmt.Errorf("an output expectation is %q (no group in its pattern), %q or %q (two groups), and cores from 1 on", There, Less, Equal)
		}
	}
	return nil
}
