package interleaving

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// load reads the result of a recorded run; see TestRecord. Its source is beside
// it.
func load(t *testing.T, name string) *Run {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name, "result.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	result, err := schedule.ParseResult(data)
	if err != nil {
		t.Fatal(err)
	}
	var races []Race
	if name == "lostupdate" { // what the race detector says of this schedule
		at := schedule.Site{File: "/src/lostupdate/main.go", Line: 13}
		races = []Race{{[2]schedule.Site{at, at}}}
	}
	return New(result, races, source)
}

func source(file string) ([]byte, error) {
	return os.ReadFile(filepath.Join("testdata", strings.TrimPrefix(file, "/src/")))
}

func text(t *testing.T, run *Run, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Text(&b, run, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	for _, p := range programs {
		for _, form := range []struct {
			name string
			o    Options
		}{
			{"table.en", Options{}},
			{"table.zh", Options{Lang: "zh", Width: 100}},
			{"list.en", Options{Width: 44}},
		} {
			t.Run(p.name+"/"+form.name, func(t *testing.T) {
				got := text(t, load(t, p.name), form.o)
				golden(t, filepath.Join("testdata", p.name, form.name+".txt"), got)
				width := form.o.Width
				if width == 0 {
					width = defaultWidth
				}
				for line := range strings.Lines(got) {
					if n := cells(strings.TrimSuffix(line, "\n")); n > width {
						t.Errorf("%d columns, more than %d: %s", n, width, line)
					}
				}
			})
		}
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what is written; see the difference with -update and git diff:\n%s", file, got)
	}
}

// The bars of each goroutine stand below each other, also where a cell has wide
// characters.
func TestColumnsAlign(t *testing.T) {
	r := &schedule.Result{End: schedule.OK, Goroutines: []schedule.Goroutine{{ID: 1}, {ID: 2, Parent: 1}, {ID: 3, Parent: 1}}}
	for g := range 3 {
		r.Events = append(r.Events,
			schedule.Event{Step: 3*g + 1, Goroutine: 1, Op: schedule.Go, To: 2 + g%2, At: site("a.go", 1, "f(é́)")},
			schedule.Event{Step: 3*g + 2, Goroutine: 2, Op: schedule.Access, Kind: "write", At: site("a.go", 2, "余额.的.很长很长很长的名字"), Value: "\"é́ 👩‍👩‍👧 宽\""},
			schedule.Event{Step: 3*g + 3, Goroutine: 3, Op: schedule.Access, Kind: "read", At: site("a.go", 3, "ｆｕｌｌ"), Value: "1"})
	}
	got := text(t, New(r, nil, nil), Options{Width: 80})
	lines := strings.Split(got, "\n")
	var starts []int
	for offset, rule := 0, []rune(lines[1]); offset < len(rule); offset++ {
		if rule[offset] == '─' && (offset == 0 || rule[offset-1] != '─') {
			starts = append(starts, offset)
		}
	}
	if len(starts) != 5 { // step, where and three goroutines
		t.Fatalf("the rule has columns at %v:\n%s", starts, got)
	}
	seen := 0
	for _, line := range lines[2:slices.Index(lines, "")] {
		for _, start := range starts[2:] {
			switch at := cellAt(line, start); at {
			case "│", "▶", "┊":
				seen++
			case " ", "":
			default:
				t.Errorf("%q at column %d of %s", at, start, line)
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d bars:\n%s", seen, got)
	}
}

// cellAt is what begins at a column of a terminal.
func cellAt(line string, column int) string {
	for column > 0 && line != "" {
		_, rest := split(line, 1)
		column -= cells(line) - cells(rest)
		line = rest
	}
	if column < 0 {
		return "the middle of a character"
	}
	first, _ := split(line, 1)
	return first
}

func site(file string, line int, text string) schedule.Site {
	return schedule.Site{File: "/src/" + file, Line: line, Column: 2, Text: text}
}

// Every language says everything, and of the same arguments.
func TestCatalogue(t *testing.T) {
	if got := Languages(); !slices.Equal(got, []message.Lang{"en", "zh"}) {
		t.Errorf("languages %v", got)
	}
	for _, key := range catalogue.Keys() {
		want, _ := catalogue.Params(message.English, key)
		slices.Sort(want)
		for _, lang := range Languages() {
			got, ok := catalogue.Params(lang, key)
			slices.Sort(got)
			if !ok || !slices.Equal(got, want) {
				t.Errorf("%s %s: arguments %v, want %v", lang, key, got, want)
			}
		}
	}
}

// contention is a run in which two goroutines take turns with a lock, for about n
// events, and get stuck in the end. One of them holds a third lock all the time.
func contention(n int) *schedule.Result {
	r := &schedule.Result{End: schedule.Deadlock, Steps: n}
	add := func(g int, op schedule.Op, object int, text string, blocked bool) {
		r.Events = append(r.Events, schedule.Event{
			Step: len(r.Events) + 1, Goroutine: g, Op: op, Object: object, At: site("lockorder/main.go", 10+object, text), Blocked: blocked,
		})
	}
	for g := 2; g <= 3; g++ {
		r.Events = append(r.Events, schedule.Event{Step: g, Goroutine: 1, Op: schedule.Go, To: g, At: site("lockorder/main.go", 24, "work()")})
	}
	for range 10 {
		add(1, schedule.Yield, 0, "", false)
	}
	add(2, schedule.Lock, 3, "c", false)
	for len(r.Events) < n-6 {
		g := 2 + len(r.Events)/2%2
		add(g, schedule.Lock, 1, "a", false)
		add(g, schedule.Unlock, 1, "a", false)
	}
	add(2, schedule.Lock, 1, "a", false)
	add(3, schedule.Lock, 2, "b", false)
	add(2, schedule.Lock, 2, "b", true)
	add(3, schedule.Lock, 1, "a", true)
	hold := func(objects ...int) (holds []schedule.Hold) {
		for _, object := range objects {
			holds = append(holds, schedule.Hold{Object: object, At: site("lockorder/main.go", 10+object, "")})
		}
		return holds
	}
	r.Goroutines = []schedule.Goroutine{
		{ID: 1, State: schedule.IsRunnable},
		{ID: 2, Parent: 1, Created: site("lockorder/main.go", 24, "work()"), State: schedule.IsBlocked, Op: schedule.Lock, Object: 2, At: site("lockorder/main.go", 12, "b"), Holds: hold(1, 3), WaitsFor: []int{3}},
		{ID: 3, Parent: 1, Created: site("lockorder/main.go", 24, "work()"), State: schedule.IsBlocked, Op: schedule.Lock, Object: 1, At: site("lockorder/main.go", 11, "a"), Holds: hold(2), WaitsFor: []int{2}},
	}
	return r
}

// A long run is cut to what matters; with Steps it is not.
func TestFold(t *testing.T) {
	run := New(contention(3000), nil, nil)
	got := text(t, run, Options{})
	for _, want := range []string{"steps of g2, g3", "go work() → g3", "lock b: waits,", "held by g3", "Circle: g2 waits for b"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n"); n > 3*maxRows {
		t.Errorf("%d lines", n)
	}
	// The locks that are held in the end were taken in these rows.
	for _, l := range run.lanes[1:] {
		for _, h := range l.Holds {
			i, ok := run.taken()[holding{l.ID, h.Object}]
			if !ok || !slices.ContainsFunc(run.fold(maxRows), func(p piece) bool { return p.From == i && !p.Folded }) {
				t.Errorf("g%d: the row %d, in which it took lock %d, is folded", l.ID, i, h.Object)
			}
		}
	}
	if n := strings.Count(text(t, run, Options{Steps: true}), "lock a"); n < 2900 {
		t.Errorf("with Steps there are %d rows", n)
	}
}

// Subtests are goroutines. A run of a test begins with the test: the first
// goroutine is package testing's own.
func TestSubtests(t *testing.T) {
	at, sub := site("a_test.go", 5, "TestA"), site("a_test.go", 6, "t")
	r := &schedule.Result{
		End: schedule.Deadlock,
		Events: []schedule.Event{
			{Step: 0, Goroutine: 2, Op: schedule.Start, At: at},
			{Step: 1, Goroutine: 2, Op: schedule.TestRun, To: 3, At: sub},
			{Step: 2, Goroutine: 3, Op: schedule.Receive, Object: 1, At: site("a_test.go", 7, "c"), Blocked: true},
		},
		Goroutines: []schedule.Goroutine{
			{ID: 1, State: schedule.IsBlocked},
			{ID: 2, Parent: 1, Created: at, State: schedule.IsBlocked},
			{ID: 3, Parent: 2, Created: sub, State: schedule.IsBlocked, Op: schedule.Receive, Object: 1, At: site("a_test.go", 7, "c")},
		},
	}
	got := text(t, New(r, nil, nil), Options{Width: 100})
	want := `step  where        g2 TestA                          g3 subtest a_test.go:6
────  ───────────  ────────────────────────────────  ────────────────────────────────
   1  a_test.go:6  ▶ start subtest a_test.go:6 → g3
   2  a_test.go:7  │                                 ▶ receive from c: waits

Deadlock: TestA is blocked for ever.
  g2 TestA: waits at a_test.go:6 for the subtest g3
  g3 subtest a_test.go:6: waits at a_test.go:7: receive from c, and nobody will send or close
0 steps, 0 decisions; schedule ls:
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What one goroutine calls from.mu may be another's to.mu.
func TestObjectNames(t *testing.T) {
	r := &schedule.Result{}
	r.Events = []schedule.Event{
		{Object: 1, At: site("a.go", 1, "from.mu")},
		{Object: 2, At: site("a.go", 2, "to.mu")},
		{Object: 2, At: site("a.go", 1, "from.mu")},
		{Object: 3, At: site("a.go", 3, "wg")},
		{Object: 4},
		{Object: 5, Op: schedule.Unlock, At: site("a.go", 4, "cond")},
		{Object: 6, Op: schedule.CondWait, At: site("a.go", 4, "cond")},
	}
	n := nameObjects(r)
	for _, test := range []struct {
		object int
		text   string
		want   string
	}{
		{1, "from.mu", "from.mu #1"},
		{2, "from.mu", "from.mu #2"},
		{2, "", "to.mu #2"},
		{3, "wg", "wg"},
		{4, "", "#4"},
		{5, "", "#5"},
		{6, "cond", "cond"},
		{0, "x", "x"},
	} {
		if got := n.object(test.object, test.text); got != test.want {
			t.Errorf("object(%d, %q) = %q, want %q", test.object, test.text, got, test.want)
		}
	}
}

// A process that dies writes no last line; and there may be no events at all.
func TestUnfinished(t *testing.T) {
	data, err := os.ReadFile("testdata/lockorder/result.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	data = data[:bytes.LastIndex(data, []byte(`{"end"`))]
	cut, err := schedule.ParseResult(data)
	if !errors.Is(err, schedule.ErrUnfinished) {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		result *schedule.Result
		want   []string
	}{
		{"no last line", cut, []string{"g2 func main.go:24", "lock to.mu #2:", "The program died before"}},
		{"nothing", &schedule.Result{}, []string{"The program died before"}},
		{"no trace", &schedule.Result{End: schedule.OK, Goroutines: []schedule.Goroutine{{ID: 1, State: schedule.IsDone}}}, []string{"every goroutine is done"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			run := New(test.result, nil, nil)
			got := text(t, run, Options{})
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in\n%s", want, got)
				}
			}
			var b bytes.Buffer
			if err := HTML(&b, run, Options{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// Colours are only added: without them the text is the same.
func TestColor(t *testing.T) {
	run := load(t, "lostupdate")
	plain, coloured := text(t, run, Options{}), text(t, run, Options{Color: true})
	if strings.Contains(plain, "\x1b") {
		t.Error("colours without Color")
	}
	var b strings.Builder
	for i, part := range strings.Split(coloured, "\x1b[") {
		if i > 0 {
			_, part, _ = strings.Cut(part, "m")
		}
		b.WriteString(part)
	}
	trim := func(s string) string {
		var lines []string
		for line := range strings.Lines(s) {
			lines = append(lines, strings.TrimRight(line, " \n"))
		}
		return strings.Join(lines, "\n")
	}
	if got := trim(b.String()); got != trim(plain) || got == coloured {
		t.Errorf("got\n%s", got)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteErrors(t *testing.T) {
	run := load(t, "leak")
	for name, render := range map[string]func() error{
		"text": func() error { return Text(failing{}, run, Options{}) },
		"page": func() error { return HTML(failing{}, run, Options{}) },
	} {
		if err := render(); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Text from the program can not take over the terminal.
func TestTextIsPrintable(t *testing.T) {
	got := text(t, New(hostile("\x1b[2J\u202e\r\n\x00"), nil, nil), Options{})
	if i := strings.IndexFunc(got, func(r rune) bool { return r != '\n' && printable(string(r)) != string(r) }); i >= 0 {
		t.Errorf("%q", got[i:min(len(got), i+10)])
	}
}

// hostile is a run in which everything that comes from the program has text in
// it.
func hostile(text string) *schedule.Result {
	at := schedule.Site{File: "/src/" + text + "/" + text + ".go", Line: 1, Column: 1, Text: text}
	r := &schedule.Result{
		End: schedule.Stall, Cause: text, Schedule: text, Deviations: text, Uncontrolled: []string{text}, Races: 1,
		Goroutines: []schedule.Goroutine{
			{ID: 1, State: schedule.IsBlocked, Op: schedule.Op(text), At: at, Object: 1, Holds: []schedule.Hold{{Object: 1, At: at, Kind: text}}, WaitsFor: []int{1}},
			{ID: 2, Parent: 1, Created: at, State: schedule.State(text)},
		},
	}
	for i, op := range []schedule.Op{
		schedule.Go, schedule.Lock, schedule.Send, schedule.Receive, schedule.Select, schedule.Access, schedule.Value,
		schedule.TryLock, schedule.Sleep, schedule.Op(text),
	} {
		e := schedule.Event{Step: i, Goroutine: 1 + i%2, Op: op, Object: 1, At: at, Kind: "write", Value: text}
		if op == schedule.Go {
			e.To = 2
		}
		r.Events = append(r.Events, e)
	}
	r.Events = append(r.Events,
		schedule.Event{Goroutine: 1, Op: schedule.Lock, Object: 1, At: at, Blocked: true},
		schedule.Event{Goroutine: 2, Op: schedule.Access, At: at, Kind: "read"},
		schedule.Event{Goroutine: 2, Op: schedule.Finish, Races: 1})
	return r
}

func ExampleText() {
	run := New(&schedule.Result{
		End: schedule.Deadlock,
		Events: []schedule.Event{
			{Step: 1, Goroutine: 1, Op: schedule.Lock, Object: 1, At: site("a.go", 5, "mu")},
			{Step: 2, Goroutine: 1, Op: schedule.Lock, Object: 1, At: site("a.go", 9, "mu"), Blocked: true},
		},
		Goroutines: []schedule.Goroutine{{
			ID: 1, State: schedule.IsBlocked, Op: schedule.Lock, Object: 1, At: site("a.go", 9, "mu"),
			Holds: []schedule.Hold{{Object: 1, At: site("a.go", 5, "mu")}}, WaitsFor: []int{1},
		}},
		Steps: 2,
	}, nil, nil)
	var b strings.Builder
	if err := Text(&b, run, Options{}); err != nil {
		fmt.Println(err)
	}
	fmt.Print(b.String())
	// Output:
	// step  where   g1 main
	// ────  ──────  ───────────────────────────
	//    1  a.go:5  ▶ lock mu
	//    2  a.go:9  ┊ lock mu: waits for itself
	//
	// Deadlock: main is blocked for ever.
	//   g1 main: holds mu since a.go:5; waits at a.go:9: lock mu, which it holds
	//     itself
	//   Circle: g1 waits for mu, which it holds itself.
	// 2 steps, 0 decisions; schedule ls:
}
