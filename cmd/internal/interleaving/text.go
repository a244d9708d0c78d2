package interleaving

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/fatih/color"
	"github.com/rivo/uniseg"

	"github.com/lockstep-go/lockstep/runtime/schedule"
)

const (
	defaultWidth = 80
	// minColumn is the narrowest column that words are readable in; if there is
	// no room for it, the rows are listed instead.
	minColumn = 14
	maxColumn = 40
	maxPlace  = 18
	gap       = "  "
)

// Text writes the run as a table with one column a goroutine, or, where that is
// too narrow, as a list; and below it how the run ended.
//
// A bar in a column says what its goroutine is at: │ it could go on, ┊ it waits;
// ▶ is where another one than before goes on.
func Text(w io.Writer, run *Run, o Options) error {
	v := newView(run, o)
	t := &textWriter{view: v, w: bufio.NewWriter(w), width: o.Width, style: newStyle(o.Color)}
	if t.width <= 0 {
		t.width = defaultWidth
	}
	most := cmp.Or(o.Rows, maxRows)
	if o.Steps {
		most = len(run.rows)
	}
	if len(run.rows) > 0 {
		t.layout(run.fold(most))
		t.rows()
		fmt.Fprintln(t.w)
	}
	t.ending()
	return t.w.Flush()
}

type textWriter struct {
	*view
	w      *bufio.Writer // keeps the first error until Flush
	style  style
	width  int
	pieces []piece

	columns []int // the goroutines that have one
	step    int   // widths
	where   int
	column  int // 0 if the rows are listed
}

// layout divides the width.
func (t *textWriter) layout(pieces []piece) {
	t.pieces = pieces
	longest := 0
	t.step, t.where = cells(t.text("column-step")), cells(t.text("column-place"))
	for _, p := range pieces {
		if p.Folded {
			continue
		}
		n := t.at(p.From)
		if !slices.Contains(t.columns, n.Goroutine) {
			t.columns = append(t.columns, n.Goroutine)
		}
		t.step = max(t.step, len(strconv.Itoa(n.Step)))
		t.where = max(t.where, min(cells(t.place(n.At)), maxPlace))
		longest = max(longest, cells(t.cell(n))+2)
	}
	slices.Sort(t.columns)
	for _, g := range t.columns {
		longest = max(longest, cells(t.header(g)))
	}
	room := t.width - t.step - len(gap) - t.where
	t.column = min(room/len(t.columns)-len(gap), longest, maxColumn)
	if t.column < min(minColumn, longest) {
		t.column = 0
	}
}

func (t *textWriter) at(i int) row { return t.view.rows[i] }

func (t *textWriter) header(g int) string {
	i := t.lane(g)
	if i < 0 {
		return goroutineID(g)
	}
	return goroutineID(g) + " " + t.laneName(t.lanes[i])
}

// cell is what the table says of a row.
func (t *textWriter) cell(n row) string {
	text := t.label(n)
	if n.Race > 0 {
		text += " [" + t.text("race-mark", "n", strconv.Itoa(n.Race)) + "]"
	}
	return text
}

func (t *textWriter) rows() {
	t.heading()
	states := make(map[int]schedule.State)
	for _, l := range t.lanes {
		if l.born < 0 {
			states[l.ID] = schedule.IsRunnable
		}
	}
	shown := 0 // the goroutine of the row before
	for _, p := range t.pieces {
		for i := p.From; i < p.To; i++ {
			n := t.at(i)
			if !p.Folded {
				t.row(n, states, shown != n.Goroutine)
			}
			for _, c := range n.Changes {
				if c.State != nil {
					states[c.State.Goroutine] = c.State.State
				}
			}
			shown = n.Goroutine
			t.raceNotes(i)
		}
		if p.Folded {
			t.folded(p)
		}
	}
}

func (t *textWriter) heading() {
	if t.column == 0 {
		for _, g := range t.columns {
			t.paragraph("", "  ", t.header(g), t.style.head)
		}
		fmt.Fprintln(t.w)
		return
	}
	var names [][]string
	for _, g := range t.columns {
		name := wrap(t.header(g), t.column)
		if i := t.lane(g); i >= 0 && len(name) > 2 {
			name = wrap(goroutineID(g)+" "+t.shortName(t.lanes[i]), t.column)
		}
		names = append(names, name)
	}
	t.line(t.text("column-step"), t.text("column-place"), names, t.style.head)
	rule := [][]string{}
	for range t.columns {
		rule = append(rule, []string{strings.Repeat("─", t.column)})
	}
	t.line(strings.Repeat("─", t.step), strings.Repeat("─", t.where), rule, t.style.dim)
}

// row writes a row. The states are those before it.
func (t *textWriter) row(n row, states map[int]schedule.State, switched bool) {
	paint := t.style.plain
	switch {
	case n.Race > 0:
		paint = t.style.race
	case n.Blocked:
		paint = t.style.waits
	case switched:
		paint = t.style.head
	}
	if t.column == 0 {
		mark := "  "
		if switched {
			mark = "▶ "
		}
		before := fmt.Sprintf("%*d ", t.step, n.Step) + mark
		t.paragraph(before, strings.Repeat(" ", t.step+3), strings.Join(slices.DeleteFunc([]string{goroutineID(n.Goroutine), t.place(n.At), t.cell(n)}, func(s string) bool { return s == "" }), "  "), paint)
		return
	}
	columns := make([][]string, len(t.columns))
	own := 1
	for k, g := range t.columns {
		if g == n.Goroutine {
			columns[k] = wrap(t.cell(n), t.column-2)
			own = len(columns[k])
		}
	}
	for k, g := range t.columns {
		first, rest := bars(n, g, states[g], switched)
		if g == n.Goroutine {
			for i, line := range columns[k] {
				columns[k][i] = pick(i == 0, first, rest) + " " + line
			}
			continue
		}
		for range own {
			columns[k] = append(columns[k], first)
		}
	}
	t.line(strconv.Itoa(n.Step), cutLeft(t.place(n.At), t.where), columns, paint)
}

// bars are the marks of a goroutine's column in the first line of a row, and in
// further ones.
func bars(n row, g int, state schedule.State, switched bool) (first, rest string) {
	bar := " "
	switch state {
	case schedule.IsRunnable, schedule.IsRunning:
		bar = "│"
	case schedule.IsBlocked:
		bar = "┊"
	}
	if g != n.Goroutine {
		return bar, bar
	}
	first, rest = "│", "│"
	switch {
	case n.Op == schedule.Finish:
		first, rest = "└", " "
	case n.Blocked:
		first, rest = "┊", "┊"
	}
	if switched && n.Op != schedule.Finish {
		first = "▶"
	}
	return first, rest
}

func pick(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// line writes the cells of a row, which may take several lines. What is its own
// is painted: the cell that has words.
func (t *textWriter) line(step, where string, columns [][]string, paint func(...any) string) {
	height := 1
	for _, c := range columns {
		height = max(height, len(c))
	}
	for i := range height {
		var b strings.Builder
		if i == 0 {
			b.WriteString(t.style.dim(padLeft(step, t.step) + gap + pad(where, t.where)))
		} else {
			b.WriteString(strings.Repeat(" ", t.step+len(gap)+t.where))
		}
		blank := ""
		for _, c := range columns {
			cell := ""
			if i < len(c) {
				cell = c[i]
			}
			b.WriteString(blank + gap)
			blank = ""
			if trimmed := strings.TrimRight(cell, " "); trimmed != "" {
				if len([]rune(trimmed)) > 1 {
					b.WriteString(paint(trimmed))
				} else {
					b.WriteString(t.style.dim(trimmed))
				}
				cell = trimmed
			} else {
				cell = ""
			}
			blank = strings.Repeat(" ", max(0, t.column-cells(cell)))
		}
		fmt.Fprintln(t.w, strings.TrimRight(b.String(), " "))
	}
}

func (t *textWriter) folded(p piece) {
	var who []int
	for i := p.From; i < p.To; i++ {
		if g := t.at(i).Goroutine; !slices.Contains(who, g) {
			who = append(who, g)
		}
	}
	slices.Sort(who)
	indent := strings.Repeat(" ", t.step+len(gap))
	t.paragraph(indent, indent+"  ", t.text("folded", "n", strconv.Itoa(p.To-p.From), "goroutines", goroutineIDs(who)), t.style.dim)
}

// raceNotes says below its second access what a race is.
func (t *textWriter) raceNotes(i int) {
	indent := strings.Repeat(" ", t.step+len(gap))
	for k, pair := range t.races {
		if pair.Second == i {
			t.paragraph(indent+"! ", indent+"  ", t.raceText(k), t.style.race)
		}
	}
}

func (t *textWriter) ending() {
	how, states, circle := t.view.ending()
	t.paragraph("", "", how, t.style.head)
	for _, line := range states {
		t.paragraph("  ", "    ", line, t.style.plain)
	}
	if circle != "" {
		t.paragraph("  ", "    ", circle, t.style.race)
	}
	for _, line := range t.facts() {
		t.paragraph("", "  ", line, t.style.dim)
	}
}

// paragraph writes text over as many lines as it needs.
func (t *textWriter) paragraph(first, rest, text string, paint func(...any) string) {
	for i, line := range wrap(text, max(t.width-cells(rest), minColumn)) {
		fmt.Fprintln(t.w, strings.TrimRight(pick(i == 0, first, rest)+paint(line), " "))
	}
}

// cells is how many columns of a terminal text takes.
func cells(s string) int { return uniseg.StringWidth(s) }

func pad(s string, width int) string { return s + strings.Repeat(" ", max(0, width-cells(s))) }

func padLeft(s string, width int) string { return strings.Repeat(" ", max(0, width-cells(s))) + s }

// cutLeft keeps the end of text that is too long: a path's end says most.
func cutLeft(s string, width int) string {
	for cells(s) > width {
		_, rest, _, _ := uniseg.FirstGraphemeClusterInString(strings.TrimPrefix(s, "…"), -1)
		s = "…" + rest
	}
	return s
}

// wrap breaks text into lines: between words, and where Unicode allows it beside
// wide characters, whose scripts do not separate words. What is longer than a
// line is broken anywhere.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for text != "" {
		var word string
		word, text = firstWord(text)
		if cells(line)+cells(strings.TrimRight(word, " ")) > width && line != "" {
			lines = append(lines, strings.TrimRight(line, " "))
			line = ""
		}
		for cells(strings.TrimRight(word, " ")) > width {
			var head string
			head, word = split(word, width)
			lines = append(lines, head)
		}
		line += word
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

// firstWord cuts off what is not to be broken, with the spaces behind it.
func firstWord(text string) (word, rest string) {
	rest = text
	state := -1
	for rest != "" {
		var segment string
		segment, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		word += segment
		last, _ := utf8.DecodeLastRuneInString(segment)
		next, _ := utf8.DecodeRuneInString(rest)
		if last == ' ' || cells(string(last)) == 2 || cells(string(next)) == 2 {
			break
		}
	}
	return word, rest
}

// split cuts as many characters off as fit, at least one.
func split(s string, width int) (head, rest string) {
	rest = s
	for rest != "" {
		c, after, w, _ := uniseg.FirstGraphemeClusterInString(rest, -1)
		if head != "" && cells(head)+w > width {
			break
		}
		head, rest = head+c, after
	}
	return head, rest
}

// style colours parts of the text. Its colours are its own: package color's
// switch for the whole process is never touched.
type style struct {
	plain, head, dim, waits, race func(a ...any) string
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
		plain: fmt.Sprint,
		head:  paint(color.Bold),
		dim:   paint(color.Faint),
		waits: paint(color.FgYellow),
		race:  paint(color.FgRed, color.Bold),
	}
}
