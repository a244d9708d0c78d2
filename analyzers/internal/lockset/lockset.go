// Package lockset is an engine that tells which locks are held where.
package lockset

import (
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// Analyzer yields the [*Result] of a package.
var Analyzer = &analysis.Analyzer{
	Name:       "lockset",
	Doc:        "compute which locks are held at every instruction; reports nothing",
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/internal/lockset",
	Requires:   []*analysis.Analyzer{ssabuild.Analyzer, access.Analyzer},
	ResultType: reflect.TypeFor[*Result](),
	Run:        diagnostic.Guard(run),
}

// A Result answers which locks are held at the instructions of a package.
type Result struct {
	Paths *access.Paths
	funcs map[*ssa.Function][]Set // per block, the locks held at its start
}

func run(pass *analysis.Pass) (any, error) {
	r := &Result{Paths: pass.ResultOf[access.Analyzer].(*access.Paths), funcs: make(map[*ssa.Function][]Set)}
	for _, fn := range pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA).Funcs {
		r.analyze(fn)
	}
	return r, nil
}

// HeldBefore returns the locks that are held when instr begins. To visit many
// instructions, [Result.Walk] is cheaper.
func (r *Result) HeldBefore(instr ssa.Instruction) Set {
	var held Set
	r.walkBlock(instr.Block(), func(i ssa.Instruction, s Set) bool {
		held = s
		return i != instr
	})
	return held
}

// Walk calls visit for each instruction of fn, block by block, with the locks
// that are held when the instruction begins.
func (r *Result) Walk(fn *ssa.Function, visit func(ssa.Instruction, Set)) {
	for _, b := range fn.Blocks {
		r.walkBlock(b, func(i ssa.Instruction, s Set) bool {
			visit(i, s)
			return true
		})
	}
}

func (r *Result) walkBlock(b *ssa.BasicBlock, visit func(ssa.Instruction, Set) bool) {
	var s Set
	if in := r.funcs[b.Parent()]; in != nil {
		s = in[b.Index]
	}
	for _, i := range b.Instrs {
		if !visit(i, s) {
			return
		}
		s = r.step(i, s)
	}
}

func (r *Result) analyze(fn *ssa.Function) {
	in := make([]Set, len(fn.Blocks))
	seen := make([]bool, len(fn.Blocks))
	if len(in) == 0 {
		return
	}
	work := []*ssa.BasicBlock{fn.Blocks[0]}
	seen[0] = true
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		s := in[b.Index]
		for _, i := range b.Instrs {
			s = r.step(i, s)
		}
		for _, succ := range b.Succs {
			next := s
			if seen[succ.Index] {
				next = join(in[succ.Index], s)
				if equal(next, in[succ.Index]) {
					continue
				}
			}
			seen[succ.Index] = true
			in[succ.Index] = next
			work = append(work, succ)
		}
	}
	r.funcs[fn] = in
}

func (r *Result) step(i ssa.Instruction, s Set) Set {
	call, ok := i.(*ssa.Call)
	if !ok {
		return s
	}
	op, ok := syncapi.Classify(&call.Call, r.Paths)
	if !ok {
		return s
	}
	switch op.Kind {
	case syncapi.Lock, syncapi.RLock:
		l := Lock{Path: op.Path(r.Paths)}
		if op.Kind == syncapi.RLock {
			l.Mode = Read
		}
		s = drop(s, l)
		s = append(s, Held{Lock: l, Must: true, Sites: []ssa.Instruction{i}})
	case syncapi.Unlock:
		s = drop(s, Lock{Path: op.Path(r.Paths)})
	case syncapi.RUnlock:
		s = drop(s, Lock{Path: op.Path(r.Paths), Mode: Read})
	}
	return s
}

func drop(s Set, l Lock) Set {
	return slices.DeleteFunc(slices.Clone(s), func(h Held) bool { return h.Lock == l })
}

func join(a, b Set) Set {
	var out Set
	for _, h := range a {
		if i := slices.IndexFunc(b, func(g Held) bool { return g.Lock == h.Lock }); i >= 0 {
			h.Must = h.Must && b[i].Must
			for _, site := range b[i].Sites {
				if !slices.Contains(h.Sites, site) {
					h.Sites = append(slices.Clone(h.Sites), site)
				}
			}
		} else {
			h.Must = false
		}
		out = append(out, h)
	}
	for _, h := range b {
		if !slices.ContainsFunc(a, func(g Held) bool { return g.Lock == h.Lock }) {
			h.Must = false
			out = append(out, h)
		}
	}
	return out
}

func equal(a, b Set) bool {
	return slices.EqualFunc(a, b, func(x, y Held) bool {
		return x.Lock == y.Lock && x.Must == y.Must && len(x.Sites) == len(y.Sites)
	})
}
