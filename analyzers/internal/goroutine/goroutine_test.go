package goroutine

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/outside"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
)

// load builds the package of one file.
func load(t *testing.T, src string) *Package {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue), Defs: make(map[*ast.Ident]types.Object),
		Uses: make(map[*ast.Ident]types.Object), Implicits: make(map[ast.Node]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection), Scopes: make(map[ast.Node]*types.Scope),
		Instances: make(map[*ast.Ident]types.Instance), FileVersions: make(map[*ast.File]string),
	}
	pkg, err := (&types.Config{Importer: importer.Default()}).Check("p", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatal(err)
	}
	pass := &analysis.Pass{
		Fset: fset, Files: []*ast.File{f}, Pkg: pkg, TypesInfo: info, ResultOf: make(map[*analysis.Analyzer]any),
		ImportPackageFact: func(*types.Package, analysis.Fact) bool { return false },
		ExportPackageFact: func(analysis.Fact) {},
	}
	for _, a := range []*analysis.Analyzer{config.Analyzer, ssabuild.Analyzer, access.Analyzer, outside.Analyzer, Analyzer} {
		res, err := a.Run(pass)
		if err != nil {
			t.Fatal(err)
		}
		pass.ResultOf[a] = res
	}
	return pass.ResultOf[Analyzer].(*Package)
}

// marked finds the points of the stores on the lines that end in // A and // B.
func marked(t *testing.T, p *Package, x *Exploration, src string) (a, b PointID) {
	t.Helper()
	a, b = noPoint, noPoint
	lines := strings.Split(src, "\n")
	x.Points(func(id PointID, pt Point) {
		if _, ok := pt.Instr.(*ssa.Store); !ok || !pt.Instr.Pos().IsValid() {
			return
		}
		switch line := lines[p.Fset.Position(pt.Instr.Pos()).Line-1]; {
		case strings.HasSuffix(line, "// A"):
			a = id
		case strings.HasSuffix(line, "// B"):
			b = id
		}
	})
	if a == noPoint || b == noPoint {
		t.Fatalf("points A %d and B %d: want both", a, b)
	}
	return a, b
}

func TestOverlap(t *testing.T) {
	for _, test := range []struct {
		name, body string
		want       bool
	}{
		{"after the go statement", "go func() {\nx = 1 // A\n}()\nx = 2 // B\n", true},
		{"before the go statement", "x = 2 // B\ngo func() {\nx = 1 // A\n}()\n", false},
		{"same goroutine", "go func() {\nx = 1 // A\nx = 2 // B\n}()\n", false},
		{"siblings", "go func() {\nx = 1 // A\n}()\ngo func() {\nx = 2 // B\n}()\n", true},
		{"child of child", "go func() { go func() {\nx = 1 // A\n}() }()\nx = 2 // B\n", true},
		{"received", "c := make(chan bool)\ngo func() {\nx = 1 // A\nc <- true\n}()\n<-c\nx = 2 // B\n", false},
		{"received from another channel", "c, d := make(chan bool), make(chan bool, 1)\nd <- true\ngo func() {\nx = 1 // A\nc <- true\n}()\n<-d\nx = 2 // B\n", true},
		{"through a third goroutine", "c, d := make(chan bool), make(chan bool)\ngo func() {\nx = 1 // A\nc <- true\n}()\ngo func() { <-c; close(d) }()\n<-d\nx = 2 // B\n", false},
		{"waited for", "var wg sync.WaitGroup\nwg.Add(1)\ngo func() {\ndefer wg.Done()\nx = 1 // A\n}()\nwg.Wait()\nx = 2 // B\n", false},
		{"another WaitGroup", "var wg, other sync.WaitGroup\nwg.Add(1)\ngo func() {\ndefer wg.Done()\nx = 1 // A\n}()\nother.Wait()\nx = 2 // B\n", true},
		{"unknown call on both sides", "go func() {\nx = 1 // A\nos.Remove(\"a\")\n}()\nos.Stat(\"a\")\nx = 2 // B\n", false},
		{"unknown call on one side", "go func() {\nx = 1 // A\n}()\nos.Stat(\"a\")\nx = 2 // B\n", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			src := "package p\n\nimport (\n\"os\"\n\"sync\"\n)\n\nvar _ sync.Mutex\nvar _ = os.Args\n\nfunc f() {\nx := 0\n_ = &x\n" + test.body + "}\n"
			p := load(t, src)
			roots := p.Roots()
			if len(roots) != 1 {
				t.Fatalf("%d roots, want 1", len(roots))
			}
			x := p.Explore(roots[0])
			if x.Truncated || !x.Complete() {
				t.Fatal("the exploration is not complete")
			}
			a, b := marked(t, p, x, src)
			for _, pair := range [][2]PointID{{a, b}, {b, a}} {
				if _, got := x.Overlap(pair[0], pair[1], nil); got != test.want {
					t.Errorf("Overlap(%d, %d) = %t, want %t", pair[0], pair[1], got, test.want)
				}
			}
		})
	}
}

func TestLiveBlocks(t *testing.T) {
	src := "package p\n\nfunc f() {\nx, debug := 0, false\n_ = &x\ngo func() {\nif debug {\nx = 1\n}\n}()\n}\n"
	p := load(t, src)
	x := p.Explore(p.Roots()[0])
	x.Points(func(_ PointID, pt Point) {
		if _, ok := pt.Instr.(*ssa.Store); ok && p.Fset.Position(pt.Instr.Pos()).Line == 8 {
			t.Error("the store behind a false condition can be reached")
		}
	})
}

// A test of the counter in the body of a loop does not end the loop: later rounds pass it.
func TestLaterRounds(t *testing.T) {
	src := "package p\n\nfunc f(n int) {\nx := 0\n_ = &x\ngo func() {\nx = 1 // A\n}()\nfor i := range n {\nif i >= 8 {\nx = 2 // B\n}\nx = i\n}\n}\n"
	p := load(t, src)
	x := p.Explore(p.Roots()[0])
	_, b := marked(t, p, x, src)
	if !x.Repeats(b) {
		t.Error("control comes to the store only once")
	}
}

// Two calls of one constructor make two objects.
func TestClones(t *testing.T) {
	src := `package p

type T struct{ n int }

func newT() *T { return &T{} }

func f() {
	a, b := newT(), newT()
	go func() {
		a.n = 1 // A
	}()
	b.n = 2 // B
}
`
	p := load(t, src)
	var root *ssa.Function
	for _, r := range p.Roots() {
		if r.Name() == "f" {
			root = r
		}
	}
	x := p.Explore(root)
	a, b := marked(t, p, x, src)
	target := func(id PointID) Target {
		pt := x.points[id]
		targets, known := x.PointsTo(pt.Frame, pt.Instr.(*ssa.Store).Addr)
		if !known || len(targets) != 1 {
			t.Fatalf("%v: %d targets, known %t", pt.Instr, len(targets), known)
		}
		return targets[0]
	}
	ta, tb := target(a), target(b)
	if ta.Obj == tb.Obj {
		t.Error("one object for both calls")
	}
	if ta.Path != ".0" || tb.Path != ".0" {
		t.Errorf("paths %q and %q, want the first field", ta.Path, tb.Path)
	}
}

// What has no end for the engine has limits.
func TestLimits(t *testing.T) {
	src := `package p

type node struct{ next *node; n int }

func walk(n *node, depth int) {
	if n != nil {
		go walk(n.next, depth-1)
		walk(n.next.next, depth-1)
		n.n++
	}
}

func slices(s []int) {
	for len(s) > 0 {
		s = s[1:]
		go func() { s[0]++ }()
	}
}

func generic[T any](v T, f func(T)) {
	go f(v)
	f(v)
}

func use() { generic(1, func(int) {}) }

func noBody()

func callsNoBody() { go noBody() }
`
	p := load(t, src)
	if len(p.Roots()) != 5 {
		t.Errorf("%d roots, want 5: %v", len(p.Roots()), p.Roots())
	}
	for _, r := range p.Roots() {
		if x := p.Explore(r); !x.Complete() {
			t.Errorf("exploring %s gave up", r.Name())
		}
	}
}

func TestContentPath(t *testing.T) {
	for in, want := range map[Path]Path{"": "", ".1": ".1", "[7].2": "[].2", ".0[*]": ".0[]", "[][3]": "[][]"} {
		if got := contentPath(in); got != want {
			t.Errorf("contentPath(%q) = %q, want %q", in, got, want)
		}
	}
}
