package interleaving

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// load reads the result of a recorded run. Its source is beside it.
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
	return New(result, nil, source)
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

func TestShow(t *testing.T) {
	for _, name := range []string{"lostupdate", "lockorder", "leak", "select", "cond", "waitgroup", "doublelock", "long"} {
		for _, w := range []int{80} {
			t.Log("\n" + text(t, load(t, name), Options{Width: w, Dir: "/src"}))
		}
	}
}
