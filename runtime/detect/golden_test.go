package detect

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/runtime/evidence"
)

var update = flag.Bool("update", false, "rewrite the golden files, to be read one by one afterwards")

// options are those of the runs that made the logs in testdata.
func options() Options {
	scope := evidence.NewScope("/usr/local/go", "/home/user/app")
	return Options{
		User: scope.User, Dir: "/home/user/app", Home: "/home/user",
		Source: func(file string) ([]byte, error) {
			return os.ReadFile("testdata/src/" + strings.TrimPrefix(file, "/home/user/app/") + ".txt")
		},
	}
}

func TestGolden(t *testing.T) {
	logs, err := filepath.Glob("testdata/*.log")
	if err != nil || len(logs) == 0 {
		t.Fatalf("no logs: %v", err)
	}
	for _, log := range logs {
		t.Run(strings.TrimSuffix(filepath.Base(log), ".log"), func(t *testing.T) {
			data, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(log, ".log") + ".golden"
			got := format(All(data, options()))
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
				t.Errorf("evidence of %s:\n%s\nwant:\n%s", log, got, want)
			}
		})
	}
}

// format writes everything of evidence but its raw text, of which it writes
// the number of lines.
func format(list []evidence.Evidence) []byte {
	var b bytes.Buffer
	for _, e := range list {
		fmt.Fprintf(&b, "%s", e.Kind)
		if e.Detail != "" {
			fmt.Fprintf(&b, " %q", e.Detail)
		}
		if e.Subject.Kind != "" {
			fmt.Fprintf(&b, " %s %s", e.Subject.Kind, e.Subject.Address)
		}
		if e.Count != 0 {
			fmt.Fprintf(&b, " x%d", e.Count)
		}
		if e.Test != "" {
			fmt.Fprintf(&b, " in %s", e.Test)
		}
		if e.Truncated {
			b.WriteString(" truncated")
		}
		fmt.Fprintf(&b, "\n\tkey %s\n\traw %d lines\n", e.Key(), strings.Count(e.Raw, "\n"))
		for _, o := range e.Operations {
			formatOperation(&b, o)
		}
	}
	return b.Bytes()
}

func formatOperation(b *bytes.Buffer, o evidence.Operation) {
	fmt.Fprintf(b, "\t%s", o.Role)
	if o.Previous {
		b.WriteString(" previous")
	}
	if o.Address != "" {
		fmt.Fprintf(b, " at %s", o.Address)
	}
	fmt.Fprintf(b, " goroutine %d", o.Goroutine.ID)
	if o.Goroutine.Main {
		b.WriteString(" main")
	}
	if o.Goroutine.State != "" {
		fmt.Fprintf(b, " [%s]", o.Goroutine.State)
	}
	b.WriteByte('\n')
	formatStack(b, "", o.Stack)
	if len(o.Goroutine.Created) > 0 {
		formatStack(b, fmt.Sprintf("created by %d: ", o.Goroutine.Parent), o.Goroutine.Created)
	}
}

func formatStack(b *bytes.Buffer, prefix string, s evidence.Stack) {
	for i, f := range s {
		if i > 0 && i < len(s)-1 && f == s[i-1] && f == s[i+1] {
			continue // the inside of a long recursion
		}
		mark := ""
		if f.User {
			mark = "* "
		}
		fmt.Fprintf(b, "\t\t%s%s%s %s:%d\n", prefix, mark, f.Func, f.File, f.Line)
	}
}
