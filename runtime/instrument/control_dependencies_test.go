package instrument

import (
	"os"
	"strings"
	"testing"
)

// dependencies is a program with packages of the module cache: one that starts
// goroutines, one that another dependency imports too, one that only computes.
func dependencies() ([]Package, Source) {
	module := func(path string) *Module {
		return &Module{Path: path, Dir: "/cache/" + path, Version: "v1.0.0", GoVersion: "1.20"}
	}
	dep := func(path string, imports ...string) Package {
		return Package{ImportPath: path, Name: path, Dir: "/cache/" + path, DepOnly: true, GoFiles: []string{"d.go"}, Module: module(path), Imports: imports}
	}
	list := []Package{
		dep("spawns"), dep("shared"), dep("pure", "shared"), dep("linked"),
		{
			ImportPath: "m", Name: "main", Dir: "/m", Module: &Module{Path: "m", Dir: "/m", Main: true, GoVersion: "1.26"},
			GoFiles: []string{"main.go"}, Imports: []string{"spawns", "shared", "pure", "linked"},
		},
	}
	files := map[string]string{
		"/cache/spawns/d.go": "package spawns\n\nfunc Go(f func()) { go f() }\n",
		"/cache/shared/d.go": "package shared\n\nfunc Go(f func()) { go f() }\n",
		"/cache/pure/d.go":   "package pure\n\nimport \"shared\"\n\nfunc Go(f func()) { shared.Go(f) }\n",
		"/cache/linked/d.go": "package linked\n\nfunc Go(f func()) { go f(); other() }\n\nfunc other()\n",
		"/m/main.go":         "package main\n\nimport (\n\t\"linked\"\n\t\"pure\"\n\t\"shared\"\n\t\"spawns\"\n)\n\nfunc main() { linked.Go(nil); pure.Go(nil); shared.Go(nil); spawns.Go(nil) }\n",
	}
	return list, func(name string) ([]byte, error) {
		if src, ok := files[name]; ok {
			return []byte(src), nil
		}
		return nil, os.ErrNotExist
	}
}

// Copied is what only the user's packages import, what starts goroutines, and what
// would compile elsewhere.
func TestDependencies(t *testing.T) {
	list, source := dependencies()
	r, err := Compose(Options{Packages: list, Control: true, Source: source})
	if err != nil {
		t.Fatal(err)
	}
	const copied = "/m/lockstep_rt/dependency/spawns/d.go"
	for name, src := range r.Overlay {
		if strings.Contains(name, "/dependency/") && name != copied {
			t.Errorf("%s is copied", name)
		}
		if strings.HasPrefix(name, "/cache/") {
			t.Errorf("%s is overlaid, which the go command refuses\n%s", name, src)
		}
	}
	got := string(r.Overlay[copied])
	for _, want := range []string{"//go:build go1.21\n", "lockstep_ctl.Begin("} {
		if !strings.Contains(got, want) {
			t.Errorf("the copy has no %q:\n%s", want, got)
		}
	}
	main := string(r.Overlay["/m/main.go"])
	if !strings.Contains(main, `"m/lockstep_rt/dependency/spawns"`) || !strings.Contains(main, "\t\"shared\"\n") {
		t.Errorf("main imports something else:\n%s", main)
	}
	if plain := string(r.Uncopied["/m/main.go"]); strings.Contains(plain, "dependency") || r.Uncopied["/m/lockstep_rt/control/end.go"] == nil {
		t.Errorf("the overlay without copies is not one:\n%s", plain)
	}
}
