// Triage holds lockstep's reports on well-tested code against the verdicts of
// people who read them.
//
// Correct code is where a checker shows whether people can keep it switched
// on. Every report of the default tier on the corpora below is read, and
// triage.json says what it was: a bug, risky by design, or false. The program
// exits with 1 if a report is not triaged or a triaged one vanished, so that no
// change to a check goes by unread.
//
// The corpora are read where they are, in GOROOT and in the module cache.
//
//	go run ./cmd/internal/bench/triage [-corpus std,tools]
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/lockstep-go/lockstep/analyzers"
	"github.com/lockstep-go/lockstep/cmd/internal/check"
)

//go:embed triage.json
var committed []byte

func main() {
	corpora := flag.String("corpus", "std,tools", "comma-separated corpora to check: std, tools")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	settled, err := run(ctx, os.Stdout, strings.Split(*corpora, ","))
	if err != nil {
		fmt.Fprintln(os.Stderr, "triage:", err)
		os.Exit(3)
	}
	if !settled {
		os.Exit(1)
	}
}

func run(ctx context.Context, w io.Writer, names []string) (settled bool, err error) {
	entries, err := parse(committed)
	if err != nil {
		return false, fmt.Errorf("triage.json: %w", err)
	}
	settled = true
	for _, name := range names {
		c, err := find(ctx, name)
		if err != nil {
			return false, err
		}
		t, err := measure(ctx, c, entries)
		if err != nil {
			return false, fmt.Errorf("%s: %w", c.name, err)
		}
		t.Print(w)
		settled = settled && t.Settled()
	}
	return settled, nil
}

// A corpus is a tree of well-tested Go code.
type corpus struct {
	name     string // with its version
	dir      string
	patterns []string
}

func find(ctx context.Context, name string) (*corpus, error) {
	switch name {
	case "std":
		out, err := output(ctx, "go", "env", "GOVERSION", "GOROOT")
		if err != nil {
			return nil, err
		}
		version, root, _ := strings.Cut(out, "\n")
		return &corpus{"std@" + version, filepath.Join(root, "src"), []string{"std"}}, nil
	case "tools":
		out, err := output(ctx, "go", "list", "-m", "-f", "{{.Version}}\n{{.Dir}}", "golang.org/x/tools")
		if err != nil {
			return nil, err
		}
		version, dir, _ := strings.Cut(out, "\n")
		return &corpus{"tools@" + version, dir, []string{"./..."}}, nil
	}
	return nil, fmt.Errorf("unknown corpus %q: want std or tools", name)
}

func output(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}

func measure(ctx context.Context, c *corpus, entries []Entry) (*Tally, error) {
	res, err := check.Run(ctx, check.Options{Dir: c.dir, Patterns: c.patterns, Analyzers: analyzers.Suite()})
	if err != nil {
		return nil, err
	}
	if res.Interrupted {
		return nil, context.Cause(ctx)
	}
	for _, p := range res.Problems {
		fmt.Fprintf(os.Stderr, "%s: %s: %s\n", c.name, p.Package, p.Message)
	}
	t := tally(c.name, res.Findings, entries)
	t.Packages = len(res.Packages)
	for _, p := range res.Packages {
		n, err := countLines(p.Dir)
		if err != nil {
			return nil, err
		}
		t.Lines += n
	}
	return t, nil
}

// countLines counts the lines of a package folder's Go files, tests included,
// whatever their build constraints: an upper bound on what was analysed.
func countLines(dir string) (int, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return 0, err
	}
	lines := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		lines += strings.Count(string(data), "\n")
	}
	return lines, nil
}
