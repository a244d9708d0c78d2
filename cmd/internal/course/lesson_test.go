package course

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/testdata"
)

func courseFS(t *testing.T) fs.FS {
	t.Helper()
	sub, err := fs.Sub(testdata.Course, "course")
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

// Every lesson must load, have all it says in both languages, and be built of
// programs without a place for the bug to hide.
func TestLessons(t *testing.T) {
	lessons, err := Load(courseFS(t))
	if err != nil {
		t.Fatal(err)
	}
	var numbers []int
	for _, l := range lessons {
		numbers = append(numbers, l.Number)
		words := map[string]Words{"title": l.Title, "text": l.Text}
		for _, c := range l.Cases {
			if len(l.Cases) > 1 || c.Name != "" {
				words["title of "+c.Name] = c.Title
			}
			if !strings.Contains(l.Text["en"], c.Name) || !strings.Contains(l.Text["zh"], c.Name) {
				t.Errorf("%s: the text does not explain %s", l.Name, c.Name)
			}
			for _, p := range []Program{c.Broken, c.Fixed} {
				if strings.Contains(string(p.Source), "time.Sleep") {
					t.Errorf("%s sleeps: the bug must show without help", p.Dir)
				}
			}
		}
		for what, w := range words {
			if langs := slices.Sorted(maps.Keys(w)); !slices.Equal(langs, []message.Lang{"en", "zh"}) {
				t.Errorf("%s: %s is in %v, want en and zh", l.Name, what, langs)
			}
		}
	}
	if !slices.IsSorted(numbers) || !slices.Contains(numbers, 11) || !slices.Contains(numbers, 15) {
		t.Errorf("lessons %v, want 11 and 15 among them, in order", numbers)
	}
}

func TestLoadRejects(t *testing.T) {
	const good = `{"title": {"en": "t"}, "cases": [{"name": "", "broken": {"static": [{"rule": "r", "message": "m", "at": {"line": 3, "code": "f()"}}]}, "fixed": {}}]}`
	lesson := func(json string) fstest.MapFS {
		return fstest.MapFS{
			"03-topic/lesson.json":    {Data: []byte(json)},
			"03-topic/text.en.md":     {Data: []byte("text")},
			"03-topic/broken/main.go": {Data: []byte("package main\n\nfunc f() {}\n")},
			"03-topic/fixed/main.go":  {Data: []byte("package main\n")},
		}
	}
	if lessons, err := Load(lesson(good)); err != nil || len(lessons) != 1 || lessons[0].Number != 3 {
		t.Fatalf("Load = %v, %v; want lesson 3", lessons, err)
	}
	for name, change := range map[string][2]string{
		"unknown field":     {`"rule"`, `"rulle"`},
		"line out of range": {`"line": 3`, `"line": 30`},
		"line 0":            {`"line": 3`, `"line": 0`},
		"other line":        {`"line": 3`, `"line": 1`},
		"no rule":           {`"rule": "r"`, `"rule": ""`},
		"nothing expected":  {`"static": [`, `"static": [], "dynamic": [], "never": [`},
		"no cores":          {`"static": [`, `"dynamic": [{"rule": "r", "at": []}], "static": [`},
		"bad pattern":       {`"static": [`, `"output": {"pattern": "(", "is": "less", "cores": 1}, "static": [`},
		"one group":         {`"static": [`, `"output": {"pattern": "(a)", "is": "less", "cores": 1}, "static": [`},
		"group too many":    {`"static": [`, `"output": {"pattern": "(a)", "is": "there", "cores": 1}, "static": [`},
		"unknown compare":   {`"static": [`, `"output": {"pattern": "(a)(b)", "is": "more", "cores": 1}, "static": [`},
		"fixed not silent":  {`"fixed": {}`, `"fixed": {"dynamic": [{"rule": "r", "cores": 1}]}`},
		"no such program":   {`"name": ""`, `"name": "other"`},
	} {
		json := strings.Replace(good, change[0], change[1], 1)
		if json == good {
			t.Fatalf("%s: nothing replaced", name)
		}
		if _, err := Load(lesson(json)); err == nil || !strings.Contains(err.Error(), "03-topic") {
			t.Errorf("%s: Load: %v, want an error that names the lesson", name, err)
		}
	}
	noText := lesson(good)
	delete(noText, "03-topic/text.en.md")
	if _, err := Load(noText); err == nil {
		t.Error("no English text: Load succeeded")
	}
}
