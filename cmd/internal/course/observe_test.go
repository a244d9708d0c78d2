package course

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/lockstep-go/lockstep/analyzers"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// laidOut writes all lessons to a temporary folder.
func laidOut(t *testing.T) (root string, lessons []*Lesson) {
	t.Helper()
	fsys := courseFS(t)
	lessons, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	root = t.TempDir()
	for _, l := range lessons {
		if err := l.WriteTo(root, fsys); err != nil {
			t.Fatal(err)
		}
	}
	return root, lessons
}

// Reading every program must give what its lesson says, whatever runs show.
func TestRead(t *testing.T) {
	root, lessons := laidOut(t)
	h := &Harness{Analyzers: analyzers.Suite()}
	for _, l := range lessons {
		for _, c := range l.Cases {
			for _, p := range []Program{c.Broken, c.Fixed} {
				o := new(Observation)
				if err := h.read(t.Context(), filepath.Join(root, filepath.FromSlash(p.Dir)), o); err != nil {
					t.Errorf("%s: %v", p.Dir, err)
					continue
				}
				for _, v := range judgeStatic(p.Expect, *o) {
					if v.Failed() {
						t.Errorf("%s: %s", p.Dir, v.Text("en"))
					}
				}
			}
		}
	}
}

// One program is run for real, on one core, where its bug does not depend on
// chance: the whole course is run by "lockstep learn -verify".
func TestObserve(t *testing.T) {
	root, lessons := laidOut(t)
	i := slices.IndexFunc(lessons, func(l *Lesson) bool { return l.Number == 11 })
	h := &Harness{Analyzers: analyzers.Suite(), Cores: []int{1}, Count: 1}
	for _, p := range []Program{lessons[i].Cases[0].Broken, lessons[i].Cases[0].Fixed} {
		o, err := h.Observe(t.Context(), root, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range Judge(p.Expect, *o, 1) {
			if v.Failed() {
				t.Errorf("%s: %s", p.Dir, v.Text("en"))
			}
		}
		if slices.Contains(o.Detectors, "race") && !p.Expect.Silent {
			if len(o.Merged) != 1 || o.Merged[0].Source != finding.Both {
				t.Errorf("%s: merged %v, want one confirmed finding", p.Dir, o.Merged)
			}
		}
	}
}

func TestObserveStops(t *testing.T) {
	root, lessons := laidOut(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := &Harness{Analyzers: analyzers.Suite(), Cores: []int{1}, Count: 1}
	if _, err := h.Observe(ctx, root, lessons[0].Cases[0].Broken); err == nil {
		t.Error("Observe succeeded although it was cancelled")
	}
}

func TestWriteToDoesNotOverwrite(t *testing.T) {
	fsys := courseFS(t)
	lessons, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	dir := filepath.Join(root, lessons[0].Name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(dir, "lesson.json")
	if err := os.WriteFile(mine, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := lessons[0].WriteTo(root, fsys); err == nil {
		t.Error("WriteTo succeeded over a file that was there")
	}
	if data, _ := os.ReadFile(mine); string(data) != "mine" {
		t.Errorf("the file was overwritten: %q", data)
	}
}
