// Vetcost measures what go vet costs with lockstep as its tool, with the same
// checks behind x/tools' unitchecker, and with go vet's own checks, in CPU
// seconds.
//
// The three take turns. Each go vet run is cold: go's cache of vet
// results knows a tool by its contents and its flags, and every round has a
// tool, or a flag, of its own. The build cache is warm. The code is that of
// golang.org/x/tools, copied out of the module cache to a temporary folder,
// and that of lockstep itself.
//
//	go run ./cmd/internal/bench/vetcost [-rounds n]
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/command"
	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/turns"
)

func main() {
	rounds := turns.RoundsFlag(flag.CommandLine)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "vetcost:", err)
		os.Exit(3)
	}
}

func run(ctx context.Context, w io.Writer, rounds int) error {
	temp, err := os.MkdirTemp("", "vetcost-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)

	tools, err := copyTools(ctx, temp)
	if err != nil {
		return err
	}
	own, err := command.Output(ctx, "", "go", "list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return err
	}
	contenders := []turns.Contender{
		vet(ctx, "lockstep", tool(ctx, temp, "lockstep", "github.com/lockstep-go/lockstep/cmd/lockstep")),
		vet(ctx, "unitchecker", tool(ctx, temp, "unitchecker", "github.com/lockstep-go/lockstep/cmd/internal/bench/vetcost/unitchecker")),
		vet(ctx, "go vet", func(round int) ([]string, error) {
			return []string{fmt.Sprintf("-printf.funcs=vetcost%d%d", time.Now().UnixNano(), round)}, nil
		}),
	}
	for _, c := range []corpus{tools, {"lockstep", own}} {
		costs, err := turns.Take(ctx, contenders, c.dir, rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		turns.Print(w, c.name, contenders, costs, func(_ int, ratio float64) string {
			return fmt.Sprintf("   median ratio to go vet %.2f", ratio)
		})
	}
	return nil
}

// A corpus is a module to vet.
type corpus struct{ name, dir string }

// vet is a way to run go vet: with the arguments that args has for each round.
// That it finds something is no error.
func vet(ctx context.Context, name string, args func(round int) ([]string, error)) turns.Contender {
	return turns.Contender{Name: name, Command: func(round int) (*exec.Cmd, error) {
		own, err := args(round)
		return exec.CommandContext(ctx, "go", append(append([]string{"vet"}, own...), "./...")...), err
	}}
}

// tool builds a vet tool once and returns the arguments that select it, as a
// file of other contents in every round.
func tool(ctx context.Context, temp, name, pkg string) func(round int) ([]string, error) {
	var program []byte
	return func(round int) ([]string, error) {
		file := filepath.Join(temp, name)
		if program == nil {
			if _, err := command.Output(ctx, "", "go", "build", "-o", file, pkg); err != nil {
				return nil, err
			}
			var err error
			if program, err = os.ReadFile(file); err != nil {
				return nil, err
			}
		}
		// What follows the program in its file is not loaded.
		file += fmt.Sprint(round)
		own := fmt.Appendf(slices.Clone(program), "\nround %d at %d\n", round, time.Now().UnixNano())
		return []string{"-vettool=" + file}, os.WriteFile(file, own, 0o700)
	}
}

// copyTools copies golang.org/x/tools at the version in go.mod.
func copyTools(ctx context.Context, temp string) (corpus, error) {
	out, err := command.Output(ctx, "", "go", "list", "-m", "-f", "{{.Version}}\n{{.Dir}}", "golang.org/x/tools")
	if err != nil {
		return corpus{}, err
	}
	version, from, _ := strings.Cut(out, "\n")
	dir := filepath.Join(temp, "tools")
	return corpus{"golang.org/x/tools@" + version, dir}, os.CopyFS(dir, os.DirFS(from))
}
