package access_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/lockstep-go/lockstep/analyzers/internal/access"
)

// build returns the SSA form of a package that imports nothing.
func build(t *testing.T, src string) *ssa.Package {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "a.go", "package a\n"+src, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, _, err := ssautil.BuildPackage(&types.Config{}, fset, types.NewPackage("a", "a"), []*ast.File{file}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

// uses returns the operands of the calls of the function use, in order, in fn
// and the literals in it.
func uses(fn *ssa.Function) []ssa.Value {
	var vs []ssa.Value
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			if callee := call.Common().StaticCallee(); callee != nil && callee.Name() == "use" {
				arg := call.Common().Args[0]
				if mi, ok := arg.(*ssa.MakeInterface); ok {
					arg = mi.X
				}
				vs = append(vs, arg)
			}
		}
	}
	for _, lit := range fn.AnonFuncs {
		vs = append(vs, uses(lit)...)
	}
	return vs
}

const prelude = `
func use(any)

type mutex struct{ state int }
type base struct{ mu mutex; next *base }
type S struct {
	base
	in    base
	p     *base
	list  []base
	ptrs  []*base
	array [4]base
	byKey map[string]*base
	any   any
}
var global S
var pointer *S
func (b *base) lock() *mutex { return &b.mu }
func (b *base) self() *base  { return b }
`

func TestText(t *testing.T) {
	for _, test := range []struct{ body, want string }{
		{`func f(s *S) { use(&s.mu) }`, "s.mu"},
		{`func f(s *S) { use(&s.in.mu) }`, "s.in.mu"},
		{`func f(s *S) { use(&s.p.mu) }`, "s.p.mu"},
		{`func f(s *S) { use(s.p) }`, "s.p"},
		{`func f(s *S) { use(&s.p.next.next.mu) }`, "s.p.next.next.mu"},
		{`func f(s *S) { use(&s.list[1].mu) }`, "s.list[…].mu"},
		{`func f(s *S) { use(&s.ptrs[1].mu) }`, "s.ptrs[…].mu"},
		{`func f(s *S, i int) { use(&s.array[i].mu) }`, "s.array[…].mu"},
		{`func f(s *S) { use(&s.byKey["a"].mu) }`, "s.byKey[…].mu"},
		{`func f(s *S) { b, ok := s.byKey["a"]; _ = ok; use(&b.mu) }`, "s.byKey[…].mu"},
		{`func f(s *S) { for _, b := range s.ptrs { use(&b.mu) } }`, "s.ptrs[…].mu"},
		{`func f(s *S) { for _, b := range s.byKey { use(&b.mu) } }`, "s.byKey[…].mu"},
		{`func f(s *S) { use(&s.any.(*base).mu) }`, "s.any.mu"},
		{`func f() { use(&global.mu) }`, "global.mu"},
		{`func f() { use(&pointer.mu) }`, "pointer.mu"},
		{`func f(p **base) { use(*p) }`, "*p"},
		{`func f() { var l base; use(&l.mu) }`, "l.mu"},
		{`func f(g func() *base) { use(&g().mu) }`, "t0.mu"},
		{`func h() *base; func f() { use(&h().mu) }`, "h(…).mu"},
		// Aliases.
		{`func f(s *S) { mu := &s.mu; use(mu) }`, "s.mu"},
		{`func f(s *S) { b := s.p; use(&b.mu) }`, "s.p.mu"},
		{`func f(s *S) { use(s.p.lock()) }`, "s.p.mu"},
		{`func f(s *S) { use(s.p.self().lock()) }`, "s.p.mu"},
		// Captured variables.
		{`func f(s *S) { func() { use(&s.mu) }() }`, "s.mu"},
		{`func f(s *S) { mu := &s.p.mu; func() { func() { use(mu) }() }() }`, "s.p.mu"},
		{`func f(s *S) { func() { s = nil }(); use(&s.mu) }`, "s.mu"},
	} {
		pkg := build(t, prelude+test.body)
		paths := access.New(pkg.Pkg)
		vs := uses(pkg.Func("f"))
		if len(vs) != 1 {
			t.Errorf("%s: %d uses", test.body, len(vs))
			continue
		}
		if got := paths.Text(paths.Of(vs[0])); got != test.want {
			t.Errorf("%s: %s, want %s", test.body, got, test.want)
		}
	}
}

// In each function the uses are, as the name says, of one path or of several.
func TestEqual(t *testing.T) {
	for _, test := range []struct {
		body string
		same bool
	}{
		{`func f(s *S) { use(&s.mu); use(&s.base.mu) }`, true},
		{`func f(s *S) { use(&s.mu); use(&s.in.mu) }`, false},
		{`func f(s *S) { mu := &s.mu; use(mu); func() { use(&s.mu) }() }`, true},
		{`func f(s, r *S) { use(&s.mu); use(&r.mu) }`, false},
		{`func f(s *S) { use(&s.list[0].mu); use(&s.list[1].mu) }`, true},
		{`func f(s *S, b bool) { x := &s.mu; if b { x = &s.base.mu }; use(x); use(&s.mu) }`, true},
		{`func f(s *S, b bool) { x := &s.mu; if b { x = &s.in.mu }; use(x); use(&s.mu) }`, false},
		// A copy is another object.
		{`func f(s *S) { c := *s; use(&c.mu); use(&s.mu) }`, false},
		// A captured variable that is assigned twice is not looked through.
		{`func f(s, r *S) { x := s; func() { x = r }(); use(&x.mu); use(&s.mu) }`, false},
		// Loading a field of a struct, or of the struct's value.
		{`func f(s *S) { v := *s; _ = v; use(s.p); use((*s).p) }`, true},
		{`func f(l *base) { for l != nil { use(&l.mu); l = l.next } ; use(&l.mu) }`, true},
	} {
		pkg := build(t, prelude+test.body)
		paths := access.New(pkg.Pkg)
		vs := uses(pkg.Func("f"))
		if len(vs) != 2 {
			t.Errorf("%s: %d uses", test.body, len(vs))
			continue
		}
		if got := paths.Of(vs[0]) == paths.Of(vs[1]); got != test.same {
			t.Errorf("%s: %v and %v", test.body, paths.Of(vs[0]), paths.Of(vs[1]))
		}
	}
}

func TestRebase(t *testing.T) {
	pkg := build(t, prelude+`
func callee(s *S, n int) {
	use(&s.p.mu)
	use(&global.mu)
	local := new(base)
	use(local)
}
func caller(r []*S) { callee(r[0], 1) }
`)
	paths := access.New(pkg.Pkg)
	callee := pkg.Func("callee")
	var call *ssa.CallCommon
	for _, instr := range pkg.Func("caller").Blocks[0].Instrs {
		if c, ok := instr.(*ssa.Call); ok {
			call = c.Common()
		}
	}
	var got []string
	for _, v := range uses(callee) {
		text := "none"
		if p, ok := paths.Rebase(paths.Of(v), callee, call); ok {
			text = paths.Text(p)
		}
		got = append(got, text)
	}
	if want := "r[…].p.mu global.mu none"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestPath(t *testing.T) {
	pkg := build(t, prelude+`func f(s *S) { use(&s.list[0].mu); use(s.p) }`)
	paths := access.New(pkg.Pkg)
	vs := uses(pkg.Func("f"))
	elem, field := paths.Of(vs[0]), paths.Of(vs[1])
	if elem.Exact() || !field.Exact() {
		t.Errorf("Exact: %v %v, want false true", elem.Exact(), field.Exact())
	}
	if f := elem.LastField(); f == nil || f.Name() != "mu" {
		t.Errorf("LastField = %v, want mu", f)
	}
	root := paths.Of(pkg.Func("f").Params[0])
	if !elem.HasPrefix(root) || root.HasPrefix(elem) || !elem.HasPrefix(elem) {
		t.Error("HasPrefix does not order a path and its root")
	}
	moved, ok := paths.Replace(elem, root, field)
	if !ok || paths.Text(moved) != "s.p.list[…].mu" {
		t.Errorf("Replace = %v, %v", moved, ok)
	}
	if p := paths.Join(root, elem.Selectors()...); p != elem {
		t.Errorf("Join of root and selectors = %v, want %v", p, elem)
	}
	var none access.Path
	if none.IsValid() || none.String() != "<none>" || none.Len() != 0 || none.HasPrefix(none) {
		t.Error("the zero Path is a path")
	}
}

func TestPromoting(t *testing.T) {
	pkg := build(t, prelude+`
type inner struct{ mutex }
type outer struct {
	n int
	*inner
}
type own struct{ inner }

func (*own) lock() {}
func (*mutex) Lock() {}
func (*own) Lock() {}

var (
	_ = outer{}
	_ = own{}
)
`)
	for _, test := range []struct{ name, want string }{
		{"outer", "inner mutex"},
		{"inner", "mutex"},
		{"mutex", ""},
		{"own", ""},
	} {
		var got []string
		for _, p := range access.Promoting(types.NewPointer(pkg.Type(test.name).Type()), "Lock") {
			got = append(got, p.Var.Name())
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s has Lock through %q, want %q", test.name, got, test.want)
		}
	}
}

func TestPart(t *testing.T) {
	for _, test := range []struct{ body, want string }{
		{`func f(s *S) { use(&s.mu) }`, "base.mu"},
		{`func f(s *S) { use(&s.in.mu) }`, "in.mu"},
		{`func f(s *S) { use(&s.p.mu) }`, "mu"},
		{`func f(s *S) { use(&s.p.next.mu) }`, "mu"},
		{`func f(s *S) { use(s.p) }`, "p"},
		{`func f(b *base) { use(&b.mu) }`, "mu"},
		{`func f(s *S) { use(&s.array[1].mu) }`, "mu"},
		{`func f(s *S) { use(&s.array[1]) }`, "array"},
		{`func f() { use(&global.mu) }`, "global.base.mu"},
		{`func f() { use(&global.in.mu) }`, "global.in.mu"},
		{`func f() { use(&global.p.mu) }`, "mu"},
		{`func f() { use(&pointer.mu) }`, "base.mu"},
		{`func f() { use(&global) }`, "global"},
		{`func f(m *mutex) { use(m) }`, "<none>"},
	} {
		pkg := build(t, prelude+test.body)
		paths := access.New(pkg.Pkg)
		part := paths.Part(paths.Of(uses(pkg.Func("f"))[0]))
		got := "<none>"
		if part.IsValid() {
			got = part.Root().Var.Name()
		}
		for _, sel := range part.Selectors() {
			got += "." + sel.Field.Name()
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.body, got, test.want)
		}
	}
}
