package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/analyzers"
	"github.com/lockstep-go/lockstep/cmd/internal/cli"
)

var updateReadme = flag.Bool("update-readme", false, "write the output of the commands in README.md into it")

// A block of README.md that shows a command and what it prints. The comment
// marks those that print the same every time.
var shown = regexp.MustCompile("(?m)^<!-- checked by TestReadme -->\n```text\n\\$ lockstep (.+)\n((?:.*\n)*?)```$")

// What README.md shows must be what the commands print.
func TestReadme(t *testing.T) {
	root := filepath.Join("..", "..")
	name := filepath.Join(root, "README.md")
	readme, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	fresh := shown.ReplaceAllFunc(readme, func(block []byte) []byte {
		found++
		m := shown.FindSubmatch(block)
		var out bytes.Buffer
		cli.Main(t.Context(), &cli.Env{
			Args:   strings.Fields(string(m[1])),
			Stdin:  strings.NewReader(""),
			Stdout: &out, Stderr: &out,
			Dir:    dir,
			Getenv: func(string) string { return "" },
			Suite:  analyzers.Suite(),
		})
		if out.String() != string(m[2]) {
			t.Logf("lockstep %s prints\n%s", m[1], &out)
		}
		return []byte("<!-- checked by TestReadme -->\n```text\n$ lockstep " + string(m[1]) + "\n" + out.String() + "```")
	})
	if found == 0 {
		t.Fatal("README.md shows no command with its output")
	}
	switch {
	case bytes.Equal(fresh, readme):
	case *updateReadme:
		if err := os.WriteFile(name, fresh, 0o666); err != nil {
			t.Fatal(err)
		}
	default:
		t.Error("README.md is stale; run \"make readme\"")
	}
}
