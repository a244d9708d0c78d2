package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/fatih/color"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// Text is for people. The first line of every finding is
//
//	path:line:col: message (rule)
//
// which editors understand. Below it follow the source with every place that
// explains the finding, how the bug was seen to happen, and what would mend it.
func (formats) Text() Format { return Format{Name: "text", Render: renderText} }

func renderText(w io.Writer, fs []*finding.Finding, o Options) error {
	t := &textRenderer{w: bufio.NewWriter(w), o: o, style: newStyle(o.Color), files: make(map[string][]string)}
	for i, f := range fs {
		if i > 0 {
			fmt.Fprintln(t.w)
		}
		t.finding(f)
	}
	return t.w.Flush()
}

type textRenderer struct {
	w     *bufio.Writer // keeps the first error until Flush
	o     Options
	style style
	files map[string][]string
}

func (t *textRenderer) finding(f *finding.Finding) {
	start := f.Range.Start
	start.File = printable(t.o.path(start.File))
	fmt.Fprintf(t.w, "%s %s %s\n", t.style.place(start.String()+":"), t.style.message(printable(f.Message)), t.style.dim("("+f.Rule+")"))
	for _, group := range groupByFile(f) {
		if group.file != f.Range.Start.File && len(t.lines(group.file)) > 0 {
			fmt.Fprintf(t.w, "  %s\n", t.style.place(printable(t.o.path(group.file))))
		}
		t.excerpt(group)
	}
	if wit := f.Witness; wit != nil {
		t.witness(f, wit)
	}
	if len(f.Fixes) > 0 && f.Fixes[0].Message != "" {
		fmt.Fprintf(t.w, "  %s\n", t.o.text("report-fix", "fix", printable(f.Fixes[0].Message)))
	}
}

func (t *textRenderer) witness(f *finding.Finding, wit *finding.Witness) {
	line := t.o.text("report-seen", "seen", strconv.Itoa(wit.Seen), "runs", strconv.Itoa(wit.Runs))
	if len(wit.Cores) > 0 {
		line = t.o.text("report-seen-at", "seen", strconv.Itoa(wit.Seen), "runs", strconv.Itoa(wit.Runs), "cores", t.cores(wit.Cores))
	}
	if f.Source == finding.Both {
		line = t.style.confirmed(t.o.text("report-confirmed")) + " " + line
	}
	if len(wit.Replay) > 0 {
		line += t.o.text("report-again", "command", printable(shellCommand(wit.Replay)))
	}
	fmt.Fprintf(t.w, "  %s\n", line)
}

// cores says "1 core", "2 cores", "2, 4 and 8 cores".
func (t *textRenderer) cores(cores []int) string {
	var words []string
	for _, n := range cores {
		words = append(words, strconv.Itoa(n))
	}
	last := words[len(words)-1]
	switch {
	case len(words) > 1:
		return t.o.text("report-cores-list", "head", strings.Join(words[:len(words)-1], ", "), "last", last)
	case cores[0] == 1:
		return t.o.text("report-cores-one")
	}
	return t.o.text("report-cores", "n", last)
}

// shellCommand writes a command so that it can be pasted into a shell.
func shellCommand(argv []string) string {
	words := make([]string, len(argv))
	for i, arg := range argv {
		// A tilde means something at the beginning only, and behind "=" to some shells.
		plain := arg != "" && arg[0] != '~' && !(strings.Contains(arg, "=") && strings.Contains(arg, "~")) && strings.IndexFunc(arg, func(r rune) bool {
			return !(r == '_' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || strings.ContainsRune("./=,:@%+^~", r))
		}) < 0
		if !plain {
			arg = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
		words[i] = arg
	}
	return strings.Join(words, " ")
}

// lines are the lines of a file, nil if it cannot be read.
func (t *textRenderer) lines(file string) []string {
	lines, ok := t.files[file]
	if !ok {
		if t.o.Source != nil && file != "" {
			if data, err := t.o.Source(file); err == nil {
				lines = strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
			}
		}
		t.files[file] = lines
	}
	return lines
}

// A fileMarks is what a finding points at in one file.
type fileMarks struct {
	file  string
	marks []mark
}

// A mark is one place to underline.
type mark struct {
	rng     finding.Range
	label   string
	primary bool
}

// groupByFile collects the places of a finding by file, the primary place's
// file first, and within a file in the order of the source.
func groupByFile(f *finding.Finding) []*fileMarks {
	groups := []*fileMarks{{file: f.Range.Start.File, marks: []mark{{rng: f.Range, primary: true}}}}
	for _, rel := range f.Related {
		i := slices.IndexFunc(groups, func(g *fileMarks) bool { return g.file == rel.Range.Start.File })
		if i < 0 {
			groups = append(groups, &fileMarks{file: rel.Range.Start.File})
			i = len(groups) - 1
		}
		groups[i].add(mark{rng: rel.Range, label: rel.Message})
	}
	for _, g := range groups {
		slices.SortStableFunc(g.marks, func(a, b mark) int { return a.rng.Start.Compare(b.rng.Start) })
	}
	return groups
}

// add adds m, or, where the primary place has no label yet, makes m's its own.
func (g *fileMarks) add(m mark) {
	for i := range g.marks {
		if have := &g.marks[i]; have.primary && have.label == "" && have.rng.Start == m.rng.Start {
			have.label = m.label
			return
		}
	}
	g.marks = append(g.marks, m)
}

// style colours parts of the text. Its colours are its own: package color's
// switch for the whole process is never touched.
type style struct {
	place, message, dim, caret, label, confirmed func(a ...any) string
}

func newStyle(on bool) style {
	paint := func(attrs ...color.Attribute) func(a ...any) string {
		c := color.New(attrs...)
		if on {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c.Sprint
	}
	return style{
		place:     paint(color.Bold),
		message:   paint(color.FgRed, color.Bold),
		dim:       paint(color.Faint),
		caret:     paint(color.FgRed, color.Bold),
		label:     paint(color.FgCyan),
		confirmed: paint(color.FgGreen, color.Bold),
	}
}
