package architecture

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The module keeps its own rules.
func TestImports(t *testing.T) {
	g := moduleGraph(t)
	for _, path := range []string{Module + "/cmd/lockstep", Module + "/analyzers", Module + "/cmd/internal/finding", "fmt"} {
		if _, ok := g[path]; !ok {
			t.Fatalf("go list did not list %s: the rules would hold of nothing", path)
		}
	}
	for _, v := range Violations(g, Rules()) {
		t.Error(v)
	}
	for _, path := range Misplaced(g) {
		t.Errorf("%s: this folder holds folders only; give the package a subject and a folder of its own", path)
	}
}

// moduleGraph asks the go command for all packages of the module and what they
// are built of.
func moduleGraph(t *testing.T) Graph {
	t.Helper()
	readTree(t)
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports", Module+"/...")
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%v: %v\n%s", cmd, err, exit.Stderr)
		}
		t.Fatal(err)
	}
	g := make(Graph)
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err == io.EOF {
			return g
		} else if err != nil {
			t.Fatal(err)
		}
		g[p.ImportPath] = p.Imports
	}
}

// readTree reads the module's folders. What the go command reads is unknown to
// the cache of test results, which would go on to say "ok" after an import that
// breaks a rule; what this process reads is known to it.
func readTree(t *testing.T) {
	t.Helper()
	root := filepath.Join("..", "..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "bin") {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Each rule must notice what it forbids and leave its neighbours alone. Paths
// are relative to the module unless they are of the standard library or have a
// dot.
func TestRules(t *testing.T) {
	for _, test := range []struct {
		name    string
		imports map[string]string // package to its imports, separated by spaces
		want    []string          // chains
	}{
		{"check and check", map[string]string{"analyzers/a": "analyzers/b analyzers/config"},
			[]string{"analyzers/a analyzers/b"}},
		{"check and check by way of an engine", map[string]string{"analyzers/a": "analyzers/internal/e", "analyzers/internal/e": "analyzers/b"},
			[]string{"analyzers/a analyzers/internal/e analyzers/b", "analyzers/internal/e analyzers/b"}},
		{"check and runtime", map[string]string{"analyzers/a": "runtime/execute"},
			[]string{"analyzers/a runtime/execute"}},
		{"check and engines", map[string]string{"analyzers/a": "analyzers/internal/e analyzers/diagnostic analyzers/message fmt golang.org/x/tools/go/ssa"}, nil},
		{"engine and suite", map[string]string{"analyzers/internal/e": "analyzers"},
			[]string{"analyzers/internal/e analyzers", "analyzers/internal/e analyzers"}},
		{"suite", map[string]string{"analyzers": "analyzers/a analyzers/b", "cmd/lockstep": "analyzers"}, nil},
		{"suite elsewhere", map[string]string{"cmd/internal/cli": "analyzers"},
			[]string{"cmd/internal/cli analyzers"}},
		{"benchmarks", map[string]string{"cmd/internal/bench/races": "analyzers analyzers/diagnostic", "cmd/internal/cli": "cmd/internal/bench/races"},
			[]string{"cmd/internal/cli cmd/internal/bench/races"}},
		{"runtime and analyzers", map[string]string{"runtime/detect": "analyzers/message"},
			[]string{"runtime/detect analyzers/message"}},
		{"runtime and finding", map[string]string{"runtime/execute": "cmd/internal/finding"},
			[]string{"runtime/execute cmd/internal/finding"}},
		{"detect and execute", map[string]string{"runtime/detect": "runtime/evidence", "runtime/evidence": "runtime/execute"},
			[]string{"runtime/detect runtime/evidence runtime/execute"}},
		{"execute and detect", map[string]string{"runtime/execute": "runtime/evidence os/exec"}, nil},
		{"shim and ours", map[string]string{"runtime/shim": "runtime/schedule"},
			[]string{"runtime/shim runtime/schedule"}},
		{"shim and heavy", map[string]string{"runtime/shim": "sync", "runtime/shim/x": "encoding/json"},
			[]string{"runtime/shim/x encoding/json"}},
		{"shim and go-deadlock", map[string]string{"runtime/shim/locks": "github.com/sasha-s/go-deadlock", "runtime/shim/leak": "github.com/sasha-s/go-deadlock"},
			[]string{"runtime/shim/leak github.com/sasha-s/go-deadlock"}},
		{"light shim", map[string]string{"runtime/shim": "sync sync/atomic unsafe runtime time math/bits", "time": "reflect"}, nil},
		{"finding", map[string]string{"cmd/internal/finding": "fmt golang.org/x/term"},
			[]string{"cmd/internal/finding golang.org/x/term"}},
		{"report", map[string]string{"cmd/internal/report": "cmd/internal/finding github.com/fatih/color analyzers/message"}, nil},
		{"report and diagnostic", map[string]string{"cmd/internal/report": "analyzers/diagnostic"},
			[]string{"cmd/internal/report analyzers/diagnostic", "cmd/internal/report analyzers/diagnostic"}},
		{"interleaving", map[string]string{"cmd/internal/interleaving": "runtime/schedule analyzers/message github.com/rivo/uniseg html/template"}, nil},
		{"interleaving and others", map[string]string{"cmd/internal/interleaving": "runtime/schedule", "runtime/schedule": "runtime/evidence"},
			[]string{"cmd/internal/interleaving runtime/schedule runtime/evidence"}},
		{"translators", map[string]string{"cmd/internal/check": "analyzers/diagnostic", "cmd/internal/explore": "runtime/evidence runtime/detect"}, nil},
		{"other translators", map[string]string{"cmd/internal/course": "cmd/internal/explore runtime/evidence", "cmd/internal/cli": "analyzers/diagnostic"},
			[]string{"cmd/internal/cli analyzers/diagnostic", "cmd/internal/course runtime/evidence"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := make(Graph)
			for from, imports := range test.imports {
				g[absolute(from)] = nil
				for to := range strings.FieldsSeq(imports) {
					g[absolute(from)] = append(g[absolute(from)], absolute(to))
				}
			}
			var got []string
			for _, v := range Violations(g, Rules()) {
				for i, p := range v.Chain {
					v.Chain[i] = strings.TrimPrefix(p, Module+"/")
				}
				got = append(got, strings.Join(v.Chain, " "))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func absolute(path string) string {
	for _, dir := range []string{"analyzers", "runtime/", "cmd"} {
		if strings.HasPrefix(path, dir) {
			return Module + "/" + path
		}
	}
	return path
}

func TestViolationNamesTheChain(t *testing.T) {
	v := Violation{Rule: "runtime never imports cmd", Chain: []string{Module + "/runtime/detect", Module + "/runtime/x", Module + "/cmd/internal/cli"}}
	want := "runtime never imports cmd:\n\truntime/detect\n\t  imports runtime/x\n\t  imports cmd/internal/cli"
	if got := v.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMisplaced(t *testing.T) {
	g := Graph{Module + "/runtime": nil, Module + "/cmd/internal/cli": nil, Module + "/cmd": nil, "runtime": nil}
	if got, want := Misplaced(g), []string{Module + "/cmd", Module + "/runtime"}; !slices.Equal(got, want) {
		t.Errorf("Misplaced = %v, want %v", got, want)
	}
}
