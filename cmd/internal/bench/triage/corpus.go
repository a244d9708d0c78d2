package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lockstep-go/lockstep/cmd/internal/bench/internal/command"
)

// A corpus is a tree of well-tested Go code.
//
// The standard library and x/tools are main modules: the go command runs in
// their own folders. The modules that this one depends on are read as
// dependencies, from here, with their packages named by a pattern. In their
// own folders many could not be loaded, since their go.mod files ask for versions that
// the cache lacks; as dependencies they have the versions with which this
// module is built, and those are there. What is still missing is
// what only their tests import.
//
// The module cache is read-only, so nothing may want to change a go.mod file:
// the user's GOFLAGS and workspace are left out, and the go command does not
// reach for the network. A module nested in another is a module of its own and
// is not part of its parent's corpus.
type corpus struct {
	name     string // with its version
	dir      string
	patterns []string
	missing  string // why it cannot be read, or ""
}

func (c corpus) environ() []string {
	return append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off", "GOPROXY=off")
}

// find returns the corpora of a name: std, tools, or deps for all modules
// in go.mod but x/tools.
func find(ctx context.Context, name string) ([]corpus, error) {
	switch name {
	case "std":
		out, err := command.Output(ctx, "", "go", "env", "GOVERSION", "GOROOT")
		if err != nil {
			return nil, err
		}
		version, root, _ := strings.Cut(out, "\n")
		// GOROOT's source is a main module whose vendor folder is read as it is.
		return []corpus{{name: "std@" + version, dir: filepath.Join(root, "src"), patterns: []string{"std"}}}, nil
	case "tools":
		m, err := module(ctx, toolsModule)
		if err != nil {
			return nil, err
		}
		return []corpus{{name: "tools@" + m.Version, dir: m.Dir, patterns: []string{"./..."}}}, nil
	case "deps":
		return dependencies(ctx)
	}
	return nil, fmt.Errorf("unknown corpus %q: want std, tools or deps", name)
}

const toolsModule = "golang.org/x/tools"

// dependencies are the modules that go.mod requires, directly or not. Those are
// all from which packages are built here, tools and tests included.
func dependencies(ctx context.Context) ([]corpus, error) {
	out, err := command.Output(ctx, "", "go", "mod", "edit", "-json")
	if err != nil {
		return nil, err
	}
	var mod struct {
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal([]byte(out), &mod); err != nil {
		return nil, err
	}
	var corpora []corpus
	for _, req := range mod.Require {
		if req.Path == toolsModule {
			continue
		}
		m, err := module(ctx, req.Path)
		if err != nil {
			return nil, err
		}
		c := corpus{name: m.Path + "@" + m.Version, patterns: []string{m.Path + "/..."}}
		if m.Dir == "" {
			c.missing = "not in the module cache"
		}
		corpora = append(corpora, c)
	}
	slices.SortFunc(corpora, func(a, b corpus) int { return strings.Compare(a.name, b.name) })
	return corpora, nil
}

type moduleInfo struct{ Path, Version, Dir string }

func module(ctx context.Context, path string) (*moduleInfo, error) {
	out, err := command.Output(ctx, "", "go", "list", "-m", "-json", path)
	if err != nil {
		return nil, err
	}
	m := new(moduleInfo)
	return m, json.Unmarshal([]byte(out), m)
}

// lines counts the lines of the files that are analysed: those of this
// platform, tests included.
func (c corpus) lines(ctx context.Context) (int, error) {
	cmd := exec.CommandContext(ctx, "go", slices.Concat([]string{"list", "-e", "-json=Dir,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles"}, c.patterns)...)
	cmd.Dir, cmd.Env = c.dir, c.environ()
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	lines := 0
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			Dir                                          string
			GoFiles, CgoFiles, TestGoFiles, XTestGoFiles []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return lines, nil
		} else if err != nil {
			return 0, err
		}
		for _, name := range slices.Concat(p.GoFiles, p.CgoFiles, p.TestGoFiles, p.XTestGoFiles) {
			data, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				return 0, err
			}
			lines += bytes.Count(data, []byte("\n"))
		}
	}
}
