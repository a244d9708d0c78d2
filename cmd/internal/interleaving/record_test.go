package interleaving

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/lockstep-go/lockstep/runtime/instrument"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

var record = flag.Bool("record", false, "run the programs in testdata under control, and write their results again")

// programs says what is wanted of the run to record: how it ends, and, if that
// is not enough, what it prints.
var programs = []struct {
	name   string
	end    schedule.End
	output string
}{
	{"lostupdate", schedule.OK, "1\n"},
	{"lockorder", schedule.Deadlock, ""},
	{"leak", schedule.Leak, ""},
	{"select", schedule.OK, "1\n"},
	{"cond", schedule.Deadlock, ""},
	{"waitgroup", schedule.OK, "1\n"},
	{"doublelock", schedule.Deadlock, ""},
	{"long", schedule.Deadlock, ""},
}

// TestRecord looks for the first random walk that shows what is wanted.
func TestRecord(t *testing.T) {
	if !*record {
		t.Skip("-record is not set")
	}
	for _, p := range programs {
		dir, err := filepath.Abs(filepath.Join("testdata", p.name))
		if err != nil {
			t.Fatal(err)
		}
		binary := buildControlled(t, dir)
		found := false
		for seed := 1; seed <= 300 && !found; seed++ {
			data, output := runControlled(t, binary, fmt.Sprintf("rw:%d", seed))
			r, err := schedule.ParseResult(data)
			found = err == nil && r.End == p.end && (p.output == "" || output == p.output)
			if found {
				data = bytes.ReplaceAll(data, []byte(dir), []byte("/src/"+p.name))
				if err := os.WriteFile(filepath.Join(dir, "result.jsonl"), data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		if !found {
			t.Errorf("%s: no run ended in %s %q", p.name, p.end, p.output)
		}
	}
}

// buildControlled builds the program in a folder under control, so that it tells
// values.
func buildControlled(t *testing.T, dir string) (binary string) {
	t.Helper()
	list := exec.Command("go", "list", "-export", "-deps", "-json="+instrument.ExportFields, "./main.go")
	list.Dir = dir
	output, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	packages, err := instrument.ParseList(output)
	if err != nil {
		t.Fatal(err)
	}
	r, err := instrument.Compose(instrument.Options{Packages: packages, Control: true, Values: true, GoVersion: "1.26", Source: os.ReadFile})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range r.Native {
		t.Logf("%s:%d: %s", n.File, n.Line, n.Reason)
	}
	work := t.TempDir()
	overlay, err := r.Overlay.Write(work, nil)
	if err != nil {
		t.Fatal(err)
	}
	binary = filepath.Join(work, "program")
	build := exec.Command("go", "build", "-overlay="+overlay, "-o", binary, "./main.go")
	build.Dir = dir
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return binary
}

func runControlled(t *testing.T, binary, control string) (result []byte, output string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "result")
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), "LOCKSTEP_CONTROL="+control, "LOCKSTEP_RESULT="+file, "LOCKSTEP_TRACE=1")
	stdout, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	result, err = os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return result, string(stdout)
}
