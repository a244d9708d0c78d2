package detect

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/runtime/evidence"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

func controlledEvidence(t *testing.T, file string) []evidence.Evidence {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := schedule.ParseResult(data)
	if err != nil {
		t.Fatal(err)
	}
	return Controlled(r, options())
}

func TestControlled(t *testing.T) {
	files, err := filepath.Glob("testdata/controlled-*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no results: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".jsonl"), func(t *testing.T) {
			golden := strings.TrimSuffix(file, ".jsonl") + ".golden"
			got := format(controlledEvidence(t, file))
			if *update {
				if err := os.WriteFile(golden, got, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("evidence of %s:\n%s\nwant:\n%s", file, got, want)
			}
		})
	}
}

// TestControlledKey checks that a bug has the same key however it was found:
// by go-deadlock in one run, under control in another.
func TestControlledKey(t *testing.T) {
	logs, err := filepath.Glob("testdata/*.log")
	if err != nil {
		t.Fatal(err)
	}
	var others []evidence.Key
	for _, log := range logs {
		data, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range All(data, options()) {
			others = append(others, e.Key())
		}
	}
	for _, e := range controlledEvidence(t, "testdata/controlled-order.jsonl")[:1] {
		if e.Kind == evidence.LockOrder && !slices.Contains(others, e.Key()) {
			t.Errorf("no other detector has %s", e.Key())
		}
	}
}

func TestControlledWithoutResult(t *testing.T) {
	if found := Controlled(nil, options()); found != nil {
		t.Errorf("nothing shows %v", found)
	}
}
