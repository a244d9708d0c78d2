// Kernels measures the missingunlock check on the blocking bugs that Go's own
// goroutine leak tests are made of: 63 kernels, each the essence of a bug of
// a large server. They are read in place in
// GOROOT/src/runtime/testdata/testgoroutineleakprofile/goker.
//
// For each kernel that misses an unlock it prints whether the check finds it
// for the right reason (the lock and the function of the truth table), and
// for the others what the check says wrongly.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/missingunlock"
	"github.com/lockstep-go/lockstep/cmd/internal/check"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

func main() {
	floor := flag.Int("floor", 0, "fail if fewer than `n` missing unlocks are found, or anything is reported wrongly")
	flag.Parse()
	score, err := run(context.Background(), os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "kernels:", err)
		os.Exit(3)
	}
	if *floor > 0 && (score.found < *floor || score.wrong > 0) {
		os.Exit(1)
	}
}

// A score counts missing unlocks, not kernels: a kernel can have two.
type score struct{ bugs, found, wrong, kernels int }

func run(ctx context.Context, out io.Writer) (score, error) {
	dir, err := kernelDir(ctx)
	if err != nil {
		return score{}, err
	}
	kernels, err := kernelsIn(dir)
	if err != nil {
		return score{}, err
	}
	result, err := check.Run(ctx, check.Options{
		Dir:       dir,
		Patterns:  []string{"."},
		NoTests:   true,
		Analyzers: []*analysis.Analyzer{missingunlock.Analyzer},
	})
	if err != nil {
		return score{}, err
	}
	if len(result.Problems) > 0 {
		return score{}, fmt.Errorf("%s: %s", result.Problems[0].Package, result.Problems[0].Message)
	}
	s := judge(out, result.Findings)
	s.kernels = len(kernels)
	for _, b := range truth {
		if !slices.Contains(kernels, b.kernel) {
			return s, fmt.Errorf("%s has no kernel %s", dir, b.kernel)
		}
	}
	fmt.Fprintf(out, "%d of %d missing unlocks found; %d wrong reports; %d kernels\n", s.found, s.bugs, s.wrong, s.kernels)
	return s, nil
}

// judge compares the findings with the truth table.
func judge(out io.Writer, findings []*finding.Finding) score {
	var s score
	right := make(map[*finding.Finding]bool)
	for _, b := range truth {
		s.bugs++
		verdict := "missed"
		for _, f := range findings {
			if b.isFoundBy(f) {
				right[f] = true
				if verdict == "missed" {
					s.found++
				}
				verdict = fmt.Sprintf("found at line %d", f.Range.Start.Line)
			}
		}
		fmt.Fprintf(out, "%-18s %-42s %-20s %s\n", b.kernel, b.function, b.lock, verdict)
	}
	for _, f := range findings {
		if !right[f] {
			s.wrong++
			fmt.Fprintf(out, "wrong: %s:%d: %s\n", filepath.Base(f.Range.Start.File), f.Range.Start.Line, f.Message)
		}
	}
	return s
}

func kernelDir(ctx context.Context) (string, error) {
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOROOT: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(goroot)), "src", "runtime", "testdata", "testgoroutineleakprofile", "goker"), nil
}

// kernelsIn lists the kernels by their file names.
func kernelsIn(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".go"); name != "main" {
			names = append(names, name)
		}
	}
	if names == nil {
		return nil, fmt.Errorf("no kernels in %s: the Go distribution is incomplete or older than 1.26", dir)
	}
	return names, nil
}
