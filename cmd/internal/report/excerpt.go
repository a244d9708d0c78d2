package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An excerpt shows the marked lines of one file with line numbers, each mark
// underlined below its line:
//
//	14 |     a.mu.Lock()
//	   |     ^^^^^^^^^^^ locked here
//	...
//	16 |         return errFunds
//	   |         --------------- returns here
//
// Columns of a source file count bytes, columns of a terminal cells: tabs are
// expanded, wide characters take two cells and combining ones none.

const (
	tabWidth = 4
	// maxGap is the longest run of lines between two marked ones that is shown
	// rather than cut.
	maxGap = 2
	// maxCells is the longest line that is shown in full.
	maxCells = 160
)

func (t *textRenderer) excerpt(g *fileMarks) {
	lines := t.lines(g.file)
	marks := slices.DeleteFunc(slices.Clone(g.marks), func(m mark) bool {
		return m.rng.Start.Line < 1 || m.rng.Start.Line > len(lines)
	})
	if len(marks) == 0 {
		t.places(g)
		return
	}
	width := len(fmt.Sprint(marks[len(marks)-1].rng.Start.Line))
	shown, from := 0, 0 // the last line shown, and the first cell shown of it
	for _, m := range marks {
		line := m.rng.Start.Line
		if line != shown {
			next := line
			switch {
			case shown == 0:
			case line-shown <= maxGap+1:
				next = shown + 1
			default:
				fmt.Fprintf(t.w, "  %s\n", t.style.dim("..."))
			}
			for ; next < line; next++ {
				t.sourceLine(width, next, expand(lines[next-1]), 0)
			}
			cells := expand(lines[line-1])
			from = window(cells, column(lines[line-1], m.rng.Start.Column))
			t.sourceLine(width, line, cells, from)
			shown = line
		}
		t.underline(width, lines[line-1], from, m)
	}
}

// places lists the labelled places of a file that cannot be shown.
func (t *textRenderer) places(g *fileMarks) {
	for _, m := range g.marks {
		if m.label != "" && m.rng.Start.IsValid() {
			start := m.rng.Start
			start.File = printable(t.o.path(start.File))
			fmt.Fprintf(t.w, "  %s %s\n", t.style.place(start.String()+":"), t.style.label(printable(m.label)))
		}
	}
}

func (t *textRenderer) sourceLine(width, number int, cells []string, from int) {
	text := cut(cells, from)
	margin := fmt.Sprintf("%*d |", width, number)
	if text != "" {
		text = " " + text
	}
	fmt.Fprintf(t.w, "  %s%s\n", t.style.dim(margin), text)
}

// underline marks m below its line, of which the cells beginning at from are
// shown. Only the first line of a longer range is marked, to its end. Where a
// run knows the line but no column, all of the line's code is marked.
func (t *textRenderer) underline(width int, line string, from int, m mark) {
	begin := column(line, m.rng.Start.Column)
	end := begin + 1
	switch e := m.rng.End; {
	case m.rng.Start.Column == 0:
		code := strings.TrimLeft(line, " \t")
		begin = column(line, len(line)-len(code)+1)
		end = max(begin+1, len(expand(strings.TrimRight(line, " \t\r"))))
	case e.Line == m.rng.Start.Line:
		end = max(end, column(line, e.Column))
	case e.Line > m.rng.Start.Line:
		end = max(end, len(expand(strings.TrimRight(line, " \t\r"))))
	}
	begin, end = begin-from, end-from
	if from > 0 {
		begin, end = begin+1, end+1 // the ellipsis in front
	}
	begin = min(max(begin, 0), maxCells)
	end = min(max(end, begin+1), maxCells+1)
	stroke, paint := "-", t.style.label
	if m.primary {
		stroke, paint = "^", t.style.caret
	}
	text := paint(strings.Repeat(stroke, end-begin))
	if m.label != "" {
		text += " " + t.style.label(printable(m.label))
	}
	fmt.Fprintf(t.w, "  %s %s%s\n", t.style.dim(strings.Repeat(" ", width)+" |"), strings.Repeat(" ", begin), text)
}

// expand turns a line into terminal cells. A wide character fills its first
// cell and leaves "" in the second; a combining one joins the cell before it.
func expand(line string) []string {
	line = strings.TrimRight(line, "\r")
	var cells []string
	for _, r := range line {
		switch width := cellWidth(r); {
		case r == '\t':
			for {
				cells = append(cells, " ")
				if len(cells)%tabWidth == 0 {
					break
				}
			}
		case width == 0:
			if len(cells) > 0 && unicode.Is(unicode.M, r) {
				i := len(cells) - 1
				for i > 0 && cells[i] == "" {
					i--
				}
				cells[i] += string(r)
			}
		default:
			cells = append(cells, visible(r))
			if width == 2 {
				cells = append(cells, "")
			}
		}
	}
	return cells
}

// column is the cell at which the given byte column of a line begins; columns
// count from 1, and one beyond the line is the cell behind it.
func column(line string, col int) int {
	col = min(max(col-1, 0), len(line))
	for col > 0 && col < len(line) && !utf8.RuneStart(line[col]) {
		col--
	}
	return len(expand(line[:col]))
}

// window is the first cell to show of a line so that the one at begin is seen.
func window(cells []string, begin int) int {
	if len(cells) <= maxCells || begin < maxCells*3/4 {
		return 0
	}
	from := begin - maxCells/4
	for from < len(cells) && from > 0 && cells[from] == "" {
		from--
	}
	return from
}

func cut(cells []string, from int) string {
	if len(cells) <= maxCells {
		return strings.Join(cells, "")
	}
	to := min(from+maxCells, len(cells))
	text := strings.Join(cells[from:to], "")
	if from > 0 {
		text = "…" + text
	}
	if to < len(cells) {
		text += "…"
	}
	return text
}

// visible is r as it may be sent to a terminal: a control character could move the
// cursor or change colours, and a bidirectional override could show other code
// than is compiled.
func visible(r rune) string {
	if !unicode.IsPrint(r) {
		return "\uFFFD"
	}
	return string(r)
}

// printable makes a message or path safe to print on one line.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '\uFFFD'
	}, s)
}

// cellWidth is the number of terminal cells that r takes: 2 for the wide East
// Asian characters and emoji of Unicode's EastAsianWidth table, 0 for combining
// characters.
func cellWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115F, Stride: 1}, // Hangul initial consonants
		{Lo: 0x2E80, Hi: 0x303E, Stride: 1}, // CJK radicals and punctuation
		{Lo: 0x3041, Hi: 0x33FF, Stride: 1}, // kana, bopomofo, CJK symbols
		{Lo: 0x3400, Hi: 0x4DBF, Stride: 1}, // CJK extension A
		{Lo: 0x4E00, Hi: 0x9FFF, Stride: 1}, // CJK
		{Lo: 0xA000, Hi: 0xA4CF, Stride: 1}, // Yi
		{Lo: 0xA960, Hi: 0xA97F, Stride: 1}, // Hangul extended A
		{Lo: 0xAC00, Hi: 0xD7A3, Stride: 1}, // Hangul syllables
		{Lo: 0xF900, Hi: 0xFAFF, Stride: 1}, // CJK compatibility
		{Lo: 0xFE30, Hi: 0xFE6F, Stride: 1}, // CJK compatibility forms
		{Lo: 0xFF00, Hi: 0xFF60, Stride: 1}, // fullwidth forms
		{Lo: 0xFFE0, Hi: 0xFFE6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1F300, Hi: 0x1F64F, Stride: 1}, // pictographs, emoticons
		{Lo: 0x1F680, Hi: 0x1F6FF, Stride: 1}, // transport
		{Lo: 0x1F900, Hi: 0x1F9FF, Stride: 1}, // more pictographs
		{Lo: 0x20000, Hi: 0x3FFFD, Stride: 1}, // CJK extensions B and later
	},
}
