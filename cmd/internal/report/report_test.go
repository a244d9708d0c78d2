package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const bankSource = `package bank

import "errors"

func (a *Account) Withdraw(n int) error {
	a.mu.Lock()
	if a.balance < n {
		return errors.New("余额不足: Größe\t" + name) // wide characters before
	}
	a.balance -= n





	a.mu.Unlock()
	return nil
}
`

const otherSource = "package bank\n\nfunc (a *Account) hold() { a.mu.Lock() }\n"

func source(file string) ([]byte, error) {
	switch filepath.ToSlash(file) {
	case "/home/u/bank/bank.go":
		return []byte(bankSource), nil
	case "/home/u/bank/other.go":
		return []byte(otherSource), nil
	}
	return nil, errors.New("no such file")
}

func pos(file string, line, col int) finding.Position {
	return finding.Position{File: "/home/u/bank/" + file, Line: line, Column: col}
}

func rng(file string, line, col, endLine, endCol int) finding.Range {
	r := finding.Range{Start: pos(file, line, col)}
	if endLine > 0 {
		r.End = pos(file, endLine, endCol)
	}
	return r
}

// samples are findings that together use every feature of the model.
func samples() []*finding.Finding {
	return []*finding.Finding{
		{
			Rule:        "missingunlock",
			Category:    "return",
			Message:     "a.mu is still locked when (*Account).Withdraw returns",
			MessageKey:  "returns-locked",
			MessageArgs: map[string]string{"lock": "a.mu", "func": "(*Account).Withdraw"},
			Range:       rng("bank.go", 6, 2, 6, 13),
			Function:    "(*Account).Withdraw",
			Package:     "example.com/bank",
			Source:      finding.Static,
			Confidence:  finding.High,
			Subject:     finding.Subject{Kind: finding.Lock, Name: "a.mu", Decl: pos("account.go", 4, 2)},
			Operations:  []finding.Position{pos("bank.go", 6, 2)},
			Related: []finding.Related{
				{Role: "lock", Range: rng("bank.go", 6, 2, 6, 13), Message: "locked here"},
				{Role: "exit", Range: rng("bank.go", 8, 3, 8, 40), Message: "returns here"},
				{Role: "call", Range: rng("bank.go", 8, 10, 8, 20), Message: "called here"},
				{Role: "unlock", Range: rng("bank.go", 16, 2, 16, 15), Message: "unlocked here"},
				{Role: "lock", Range: rng("other.go", 3, 28, 3, 39), Message: "also locked here"},
				{Role: "call", Range: rng("gone.go", 3, 28, 0, 0), Message: "seen here"},
			},
			Fixes: []finding.Fix{{
				Message: "release a.mu with a deferred Unlock",
				Edits:   []finding.Edit{{File: "/home/u/bank/bank.go", Offset: 90, Length: 0, New: "\tdefer a.mu.Unlock()\n"}},
			}},
			Fingerprint: "0123456789abcdef",
		},
		{
			Rule:       "datarace",
			Message:    "a.balance is written without a common lock",
			Range:      rng("bank.go", 8, 45, 8, 49),
			Package:    "example.com/bank",
			Source:     finding.Both,
			Confidence: finding.Medium,
			Subject:    finding.Subject{Kind: finding.Variable, Name: "a.balance"},
			Witness: &finding.Witness{
				Seen: 3, Runs: 20, Cores: []int{1, 2, 4}, Detector: "race",
				Rates:  []finding.Rate{{Cores: 1, Seen: 1, Runs: 5}, {Cores: 2, Seen: 1, Runs: 5}, {Cores: 4, Seen: 1, Runs: 10}},
				Replay: []string{"lockstep", "test", "-count=20", "./bank", "--", "-run=^Test(A|B)$"},
				Log:    "WARNING: DATA RACE\n",
			},
			Fingerprint: "1123456789abcdef",
		},
		{
			Rule:        "deadlock",
			Message:     "all goroutines are asleep",
			Range:       rng("bank.go", 5, 1, 18, 2),
			Source:      finding.Dynamic,
			Confidence:  finding.High,
			Witness:     &finding.Witness{Seen: 20, Runs: 20, Cores: []int{1}, Detector: "runtime"},
			Fingerprint: "2123456789abcdef",
		},
		{
			Rule:        "deadlock",
			Message:     "lock \x1b[31mred",
			Range:       rng("ev\x1bil.go", 5, 0, 0, 0),
			Source:      finding.Dynamic,
			Confidence:  finding.Low,
			Witness:     &finding.Witness{Seen: 1, Runs: 2, Detector: "go-deadlock"},
			Fingerprint: "3123456789abcdef",
		},
		{
			Rule: "lockorder", Message: "tried in vain", Range: rng("bank.go", 6, 1, 0, 0), Source: finding.Static,
			Confidence: finding.High, Trial: &finding.Trial{Schedules: 40, Runs: 44, Reached: true}, Fingerprint: "4123456789abcdef",
		},
		{
			Rule: "lockorder", Message: "not reached", Range: rng("bank.go", 7, 1, 0, 0), Source: finding.Static,
			Confidence: finding.High, Trial: &finding.Trial{Schedules: 40, Runs: 44}, Fingerprint: "5123456789abcdef",
		},
	}
}

// words shows a key with its arguments in the order of their names.
func words(key string, args map[string]string) string {
	var names []string
	for name := range args {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteString("<" + key)
	for _, name := range names {
		fmt.Fprintf(&b, " %s=%s", name, args[name])
	}
	return b.String() + ">"
}

func options() Options { return Options{Text: words, Source: source, Dir: "/home/u"} }

// Every format has a golden file, so that adding one without is noticed.
func TestGolden(t *testing.T) {
	for _, f := range Formats() {
		t.Run(f.Name, func(t *testing.T) {
			var buf bytes.Buffer
			if err := f.Render(&buf, samples(), options()); err != nil {
				t.Fatal(err)
			}
			golden(t, f.Name+".golden", buf.Bytes())
		})
	}
}

func TestGoldenColor(t *testing.T) {
	o := options()
	o.Color = true
	var buf bytes.Buffer
	if err := renderText(&buf, samples()[:2], o); err != nil {
		t.Fatal(err)
	}
	golden(t, "color.golden", bytes.ReplaceAll(buf.Bytes(), []byte("\x1b"), []byte("ESC")))
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got:\n%s\nwant:\n%s", file, got, want)
	}
}

func TestFormats(t *testing.T) {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
		if got, ok := Lookup(f.Name); !ok || got.Name != f.Name || f.Render == nil {
			t.Errorf("Lookup(%q) = %v, %v", f.Name, got, ok)
		}
	}
	for _, want := range []string{"json", "text"} {
		if !slices.Contains(names, want) {
			t.Errorf("no format %q in %q", want, names)
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("formats out of order: %q", names)
	}
	if _, ok := Lookup("xml"); ok {
		t.Error("found a format that does not exist")
	}
}

func TestNothingFound(t *testing.T) {
	want := map[string]string{"text": "", "json": "{\n\t\"version\": 1,\n\t\"findings\": []\n}\n"}
	for _, f := range Formats() {
		var buf bytes.Buffer
		if err := f.Render(&buf, nil, options()); err != nil {
			t.Fatal(err)
		}
		if w, ok := want[f.Name]; ok && buf.String() != w {
			t.Errorf("%s of no findings = %q, want %q", f.Name, buf.String(), w)
		}
	}
}

// Options without any help must not make a renderer fail.
func TestBareOptions(t *testing.T) {
	for _, f := range Formats() {
		var buf bytes.Buffer
		if err := f.Render(&buf, samples(), Options{}); err != nil || buf.Len() == 0 {
			t.Errorf("%s: %d bytes, error %v", f.Name, buf.Len(), err)
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestWriteError(t *testing.T) {
	for _, f := range Formats() {
		if err := f.Render(brokenPipe{}, samples(), options()); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s: error %v, want %v", f.Name, err, os.ErrClosed)
		}
	}
}

func TestJSONFollowsSchema(t *testing.T) {
	data, err := os.ReadFile("json.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	v := &validator{root: schema, used: make(map[string]bool)}

	var buf bytes.Buffer
	if err := renderJSON(&buf, samples(), options()); err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(buf.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	for _, problem := range v.check("$", schema, doc) {
		t.Error(problem)
	}
	// The samples use the whole model, so a property that nothing fills is
	// one that the schema promises and the renderer does not write.
	for _, name := range v.unused("", schema) {
		if name != "/$defs/finding/witness/schedule" {
			t.Errorf("schema property %s is in none of the samples", name)
		}
	}

	bad := map[string]any{"version": 1.0, "findings": []any{map[string]any{"rule": 3.0, "colour": "red"}}}
	if problems := v.check("$", schema, bad); len(problems) < 3 {
		t.Errorf("the validator let a wrong document pass: %q", problems)
	}
}

// A validator knows the part of JSON Schema that our schema uses.
type validator struct {
	root map[string]any
	used map[string]bool // properties met, by description of their schema
}

func (v *validator) check(at string, schema map[string]any, doc any) (problems []string) {
	if ref, ok := schema["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/$defs/")
		return v.check(at, v.root["$defs"].(map[string]any)[name].(map[string]any), doc)
	}
	fail := func(format string, args ...any) {
		problems = append(problems, at+": "+fmt.Sprintf(format, args...))
	}
	if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, doc) {
		fail("%v is none of %v", doc, enum)
	}
	switch schema["type"] {
	case "string":
		if _, ok := doc.(string); !ok {
			fail("not a string: %v", doc)
		}
	case "integer":
		if n, ok := doc.(float64); !ok || n != float64(int(n)) {
			fail("not an integer: %v", doc)
		}
	case "array":
		list, ok := doc.([]any)
		if !ok {
			fail("not an array: %v", doc)
		}
		for i, item := range list {
			problems = append(problems, v.check(fmt.Sprintf("%s[%d]", at, i), schema["items"].(map[string]any), item)...)
		}
	case "object":
		object, ok := doc.(map[string]any)
		if !ok {
			fail("not an object: %v", doc)
		}
		required, _ := schema["required"].([]any)
		for _, name := range required {
			if _, ok := object[name.(string)]; !ok {
				fail("has no %v", name)
			}
		}
		properties, _ := schema["properties"].(map[string]any)
		for name, value := range object {
			sub, ok := properties[name].(map[string]any)
			if !ok {
				if sub, ok = schema["additionalProperties"].(map[string]any); !ok {
					fail("unknown property %s", name)
					continue
				}
			}
			v.used[fmt.Sprintf("%p/%s", properties, name)] = true
			problems = append(problems, v.check(at+"."+name, sub, value)...)
		}
	}
	return problems
}

// unused lists the properties under schema that no document had.
func (v *validator) unused(at string, schema map[string]any) (names []string) {
	for key, sub := range schema {
		sub, ok := sub.(map[string]any)
		if !ok {
			continue
		}
		switch key {
		case "properties":
			for name := range sub {
				if !v.used[fmt.Sprintf("%p/%s", sub, name)] {
					names = append(names, at+"/"+name)
				}
				names = append(names, v.unused(at+"/"+name, sub[name].(map[string]any))...)
			}
		case "items":
			names = append(names, v.unused(at, sub)...)
		default:
			names = append(names, v.unused(at+"/"+key, sub)...)
		}
	}
	return names
}

func TestExpandAndColumn(t *testing.T) {
	tests := []struct {
		line   string
		col    int // byte column
		cell   int
		expand string
	}{
		{"\tx", 2, 4, "    x"},
		{"ab\tx", 4, 4, "ab  x"},
		{"余额 x", 8, 5, "余额 x"},
		{"e\u0301x", 4, 1, "e\u0301x"},
		{"😀x", 5, 2, "😀x"},
		{"a\x1b[31mx", 7, 6, "a\uFFFD[31mx"},
		{"a\xffx", 3, 2, "a\uFFFDx"},
		{"x\r", 1, 0, "x"},
		{"x", 9, 1, "x"},
		{"x", 0, 0, "x"},
		{"余", 2, 0, "余"}, // inside a character
	}
	for _, tt := range tests {
		if got := column(tt.line, tt.col); got != tt.cell {
			t.Errorf("column(%q, %d) = %d, want %d", tt.line, tt.col, got, tt.cell)
		}
		if got := strings.Join(expand(tt.line), ""); got != tt.expand {
			t.Errorf("expand(%q) = %q, want %q", tt.line, got, tt.expand)
		}
	}
}

// A line of a generated file may be a megabyte long.
func TestLongLine(t *testing.T) {
	line := strings.Repeat("a", 5000) + "X" + strings.Repeat("b", 5000)
	o := Options{Text: words, Source: func(string) ([]byte, error) { return []byte(line), nil }}
	var buf bytes.Buffer
	err := renderText(&buf, []*finding.Finding{{Rule: "r", Message: "m", Range: finding.Range{
		Start: finding.Position{File: "/long.go", Line: 1, Column: 5001},
		End:   finding.Position{File: "/long.go", Line: 1, Column: 5002},
	}}}, o)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(buf.String(), "\n")
	if len(buf.String()) > 600 {
		t.Fatalf("%d bytes for one finding", buf.Len())
	}
	x := strings.Index(strings.ReplaceAll(lines[1], "…", "."), "X")
	if caret := strings.Index(lines[2], "^"); x < 0 || caret != x {
		t.Errorf("caret at %d, X at %d:\n%s", caret, x, buf.String())
	}
}

func TestShellCommand(t *testing.T) {
	got := shellCommand([]string{"lockstep", "test", "-run=^Test$", "", "it's", "a b"})
	want := `lockstep test '-run=^Test$' '' 'it'\''s' 'a b'`
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
