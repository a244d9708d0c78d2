package course

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-go/lockstep/analyzers/message"
)

//go:embed messages/*.json
var messagesFS embed.FS

var catalogue = message.MustLoad(messagesFS, "messages")

// Languages lists the languages that the course is written in.
func Languages() []message.Lang { return catalogue.Languages() }

// Text words a sentence of the course; pairs are alternating argument names
// and values.
func Text(lang message.Lang, key message.Key, pairs ...string) string {
	return catalogue.Text(lang, message.New(key, pairs...))
}

// Count words a number of things: noun is "cores", "runs", "lessons" or "observations".
func Count(lang message.Lang, noun string, n int) string {
	if n == 1 {
		return Text(lang, message.Key(noun+"-one"))
	}
	return Text(lang, message.Key(noun+"-many"), "n", strconv.Itoa(n))
}

// Text words v.
func (v Verdict) Text(lang message.Lang) string {
	key := string(v.Kind)
	if v.Kind == Printed {
		key += "-" + v.Rule
	}
	if v.State == CannotTell && v.Detail != "" {
		key += "-blind"
	} else {
		key += "-" + string(v.State)
	}
	return Text(lang, message.Key(key),
		"rule", v.Rule, "line", strconv.Itoa(v.Line), "cores", Count(lang, "cores", v.Cores),
		"seen", strconv.Itoa(v.Seen), "runs", Count(lang, "runs", v.Runs), "detail", v.Detail)
}

// List writes a table of contents.
func List(w io.Writer, lessons []*Lesson, lang message.Lang) {
	for _, l := range lessons {
		fmt.Fprintf(w, "%02d  %s\n", l.Number, l.Title.In(lang))
	}
}

// Heading writes the heading of a part of a lesson.
func Heading(w io.Writer, text string) { fmt.Fprintf(w, "\n== %s\n\n", text) }

// Listing writes a program with line numbers.
func Listing(w io.Writer, source []byte) {
	for i, line := range strings.Split(strings.TrimSuffix(string(source), "\n"), "\n") {
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%4d  %s", i+1, strings.ReplaceAll(line, "\t", "    ")), " "))
	}
}

// maxPrinted is how many lines of a program's output are shown: enough for
// what it says itself and for the first line of what the runtime says.
const maxPrinted = 6

// Transcript writes what a plain run on each number of cores printed: the first
// one that printed what the lesson is about, if any did.
func Transcript(w io.Writer, p Program, o *Observation, lang message.Lang) {
	for _, cores := range o.Cores {
		if len(o.Outputs[cores]) == 0 {
			continue
		}
		fmt.Fprintf(w, "  %s\n", Text(lang, "printed-on", "cores", Count(lang, "cores", cores)))
		text := o.Outputs[cores][0]
		if out := p.Expect.Output; out != nil {
			if i := slices.IndexFunc(o.Outputs[cores], out.has); i >= 0 {
				text = o.Outputs[cores][i]
			}
		}
		lines := strings.Split(strings.TrimSpace(text), "\n")
		for i, line := range lines {
			// What follows an empty line is the stacks of goroutines.
			if i == maxPrinted || line == "" {
				fmt.Fprintln(w, "    …")
				break
			}
			fmt.Fprintf(w, "    %s\n", line)
		}
	}
}

// Verdicts writes one line for each verdict on the program of that role,
// "broken" or "fixed".
func Verdicts(w io.Writer, role string, vs []Verdict, lang message.Lang) {
	for _, v := range vs {
		fmt.Fprintf(w, "  %s  %s  %s\n",
			pad(Text(lang, message.Key("state-"+string(v.State))), 11),
			pad(Text(lang, message.Key("program-"+role)), 6), v.Text(lang))
	}
}

// pad fills s with spaces to the given width, at which a Chinese character
// takes two columns.
func pad(s string, width int) string {
	for _, r := range s {
		if r >= 0x2e80 {
			width--
		}
		width--
	}
	return s + strings.Repeat(" ", max(width, 0))
}
