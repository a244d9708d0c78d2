// Kernels measures the suite on the blocking bugs that Go's own goroutine leak
// tests are made of: 63 kernels, each the essence of a bug of a large server.
// They are read in place, in
// GOROOT/src/runtime/testdata/testgoroutineleakprofile/goker.
//
// The truth table (truth.go) says of each kernel what is wrong with it, from
// reading it. A kernel is found if a report says that, of the objects and
// in one of the functions that the bug is made of; a report of the right kind
// elsewhere in the kernel is one at the wrong line. Every report that the truth
// knows nothing of is printed as wrong.
//
//	go run ./cmd/internal/bench/kernels [-v]
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lockstep-go/lockstep/analyzers"
	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/command"
	"github.com/lockstep-go/lockstep/cmd/internal/check"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

func main() {
	sentences := flag.Bool("v", false, "print what is said of each kernel that is found")
	flag.Parse()
	s, err := run(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "kernels:", err)
		os.Exit(3)
	}
	s.print(os.Stdout, *sentences)
}

func run(ctx context.Context) (*score, error) {
	dir, err := kernelDir(ctx)
	if err != nil {
		return nil, err
	}
	names, err := kernelsIn(dir)
	if err != nil {
		return nil, err
	}
	for _, k := range truth() {
		if !slices.Contains(names, k.name) {
			return nil, fmt.Errorf("%s has no kernel %s", dir, k.name)
		}
	}
	result, err := check.Run(ctx, check.Options{
		Dir:       dir,
		Patterns:  []string{"."},
		NoTests:   true,
		Analyzers: analyzers.Suite(),
	})
	if err != nil {
		return nil, err
	}
	if len(result.Problems) > 0 {
		return nil, fmt.Errorf("%s: %s", result.Problems[0].Package, result.Problems[0].Message)
	}
	return judge(truth(), result.Findings), nil
}

func kernelDir(ctx context.Context) (string, error) {
	goroot, err := command.Output(ctx, "", "go", "env", "GOROOT")
	if err != nil {
		return "", err
	}
	return filepath.Join(goroot, "src", "runtime", "testdata", "testgoroutineleakprofile", "goker"), nil
}

// kernelsIn lists the kernels by their file names.
func kernelsIn(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range files {
		if name := kernelOf(f); name != "main" {
			names = append(names, name)
		}
	}
	if names == nil {
		return nil, fmt.Errorf("no kernels in %s: the Go distribution is incomplete or older than 1.26", dir)
	}
	return names, nil
}

func kernelOf(file string) string { return strings.TrimSuffix(filepath.Base(file), ".go") }

// A verdict is what the suite's reports come to on one kernel.
type verdict string

const (
	found     verdict = "found"
	wrongLine verdict = "wrong line" // the right kind of bug, but not there
	missed    verdict = "missed"
)

// A result is the verdict on one kernel with the report that decided it.
type result struct {
	kernel  kernel
	verdict verdict
	report  *finding.Finding // nil if missed
}

// A score is the outcome of a run.
type score struct {
	results []result
	wrong   []*finding.Finding // what the truth knows nothing of
}

// judge compares the findings with the truth.
func judge(truth []kernel, findings []*finding.Finding) *score {
	s := new(score)
	right := make(map[*finding.Finding]bool)
	for _, k := range truth {
		r := result{kernel: k, verdict: missed}
		for _, f := range findings {
			if kernelOf(f.Range.Start.File) != k.name {
				continue
			}
			switch v := k.judge(f); {
			case v == found && r.verdict != found:
				r.verdict, r.report = v, f
			case v == wrongLine && r.verdict == missed:
				r.verdict, r.report = v, f
			}
			right[f] = k.judge(f) == found || k.knows(f)
		}
		s.results = append(s.results, r)
	}
	for _, f := range findings {
		if !right[f] {
			s.wrong = append(s.wrong, f)
		}
	}
	return s
}

// judge says what a report in the kernel is worth.
func (k kernel) judge(f *finding.Finding) verdict {
	v := missed
	for _, a := range k.answers {
		if a.givenBy(f) {
			return found
		}
		if slices.Contains(a.kind.rules(), f.Rule) {
			v = wrongLine
		}
	}
	return v
}

// knows reports whether f is true, though not the bug that the kernel is for.
func (k kernel) knows(f *finding.Finding) bool {
	return slices.ContainsFunc(k.also, func(a answer) bool { return a.givenBy(f) })
}

// count is the number of kernels of a class with a verdict.
func (s *score) count(c class, v verdict) int {
	n := 0
	for _, r := range s.results {
		if r.kernel.class == c && r.verdict == v {
			n++
		}
	}
	return n
}

func (s *score) print(out io.Writer, sentences bool) {
	for _, c := range classes() {
		fmt.Fprintf(out, "%s\n", c)
		for _, r := range s.results {
			if r.kernel.class == c {
				fmt.Fprintf(out, "  %-16s %-10s  %s\n", r.kernel.name, r.verdict, r.text())
				if sentences && r.report != nil {
					fmt.Fprintf(out, "%30s %s\n%30s (%s)\n", "", r.report.Message, "", r.kernel.bug)
				}
			}
		}
	}
	fmt.Fprintln(out)
	for _, f := range s.wrong {
		fmt.Fprintf(out, "wrong: %s:%d: %s (%s)\n", filepath.Base(f.Range.Start.File), f.Range.Start.Line, f.Message, f.Rule)
	}
	all, target := 0, 0
	for _, c := range classes() {
		n := s.count(c, found) + s.count(c, wrongLine) + s.count(c, missed)
		fmt.Fprintf(out, "%-14s %2d of %d found (goal %d), %d at a wrong line, %d missed\n",
			c, s.count(c, found), n, c.goal(), s.count(c, wrongLine), s.count(c, missed))
		all += s.count(c, found)
		target += n
	}
	fmt.Fprintf(out, "%-14s %2d of %d found (goal %d); %d wrong reports\n", "all", all, target, goalOfAll, len(s.wrong))
}

// text is the report on a kernel, or what a report would have to say.
func (r result) text() string {
	if r.report == nil {
		return r.kernel.bug
	}
	return fmt.Sprintf("%s, line %d", r.report.Rule, r.report.Range.Start.Line)
}
