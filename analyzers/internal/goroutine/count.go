package goroutine

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// This file counts how often something happens, where constants tell.

// unbounded is a count that nothing is known of.
const unbounded = 1 << 30

// fillsUp reports whether sends on a channel of a constant capacity can exceed
// it before its receivers, in the goroutines given, take anything: whether
// there are more of them. A loop counts as one send if those receivers have to
// answer before the next.
func (x *Exploration) fillsUp(ch *Object, capacity int, receivers map[*Thread]bool) bool {
	total := 0
	for _, p := range x.waits.sends[ch] {
		total += x.times(ch, p, receivers)
		if total > capacity {
			return true
		}
	}
	return false
}

// times is how often a send on ch is executed for one channel.
func (x *Exploration) times(ch *Object, p PointID, receivers map[*Thread]bool) int {
	answered := x.answered(p, receivers)
	n := 1
	f, instr := x.points[p].Frame, x.points[p].Instr
	thread := f.Thread
	for {
		made := token.NoPos
		if f == ch.Frame && ch.Site != nil {
			made = ch.Site.Pos()
		}
		if !answered || f.Thread != thread {
			if n = min(n*x.pkg.trips(f.Fn, instr.Pos(), made), unbounded); n == unbounded {
				return n
			}
		}
		if f == ch.Frame || f.Caller == nil {
			return n
		}
		f, instr = f.Caller, f.Site
	}
}

// answered reports whether a goroutine that sends at p waits for one of the
// receivers before it sends there again.
func (x *Exploration) answered(p PointID, receivers map[*Thread]bool) bool {
	answers := make(map[PointID]bool)
	for _, q := range x.waits.list {
		if q.Thread() != x.thread(p) || q.Point == p || !q.Known {
			continue
		}
		all := true
		for _, c := range q.Cases {
			all = all && !slices.ContainsFunc(c.Counterparts, func(e PointID) bool { return !receivers[x.thread(e)] })
		}
		if all {
			answers[q.Point] = true
		}
	}
	for _, s := range x.succs[p] {
		if _, ok := x.way(s, p, answers); ok {
			return false
		}
	}
	return true
}

// trips is how often the loops around pos in a function run, but for those that
// are around another position too.
func (p *Package) trips(fn *ssa.Function, pos, but token.Pos) int {
	n := 1
	syntax := fn.Syntax()
	if syntax == nil || !pos.IsValid() {
		return unbounded
	}
	ast.Inspect(syntax, func(node ast.Node) bool {
		if node == nil || pos < node.Pos() || node.End() <= pos || n >= unbounded {
			return false
		}
		var body *ast.BlockStmt
		rounds := unbounded
		switch s := node.(type) {
		case *ast.FuncLit:
			return s == syntax
		case *ast.ForStmt:
			body, rounds = s.Body, p.rounds(s)
		case *ast.RangeStmt:
			body, rounds = s.Body, p.rangeRounds(s)
		case *ast.BranchStmt:
			if s.Tok == token.GOTO {
				rounds = unbounded
			}
		}
		if body != nil && body.Pos() <= pos && pos < body.End() && !(body.Pos() <= but && but < body.End()) {
			n = min(n*rounds, unbounded)
		}
		return true
	})
	return n
}

// rounds is how often a for statement runs that counts from one constant up to
// another.
func (p *Package) rounds(s *ast.ForStmt) int {
	init, ok := s.Init.(*ast.AssignStmt)
	cond, ok2 := s.Cond.(*ast.BinaryExpr)
	post, ok3 := s.Post.(*ast.IncDecStmt)
	if !ok || !ok2 || !ok3 || post.Tok != token.INC || len(init.Lhs) != 1 || len(init.Rhs) != 1 || cond.Op != token.LSS && cond.Op != token.LEQ {
		return unbounded
	}
	name, ok := init.Lhs[0].(*ast.Ident)
	left, ok2 := cond.X.(*ast.Ident)
	counted, ok3 := post.X.(*ast.Ident)
	first, ok4 := p.intConst(init.Rhs[0])
	limit, ok5 := p.intConst(cond.Y)
	if !ok || !ok2 || !ok3 || !ok4 || !ok5 || name.Name != left.Name || name.Name != counted.Name {
		return unbounded
	}
	if cond.Op == token.LEQ {
		limit++
	}
	return int(min(max(limit-first, 0), unbounded))
}

// rangeRounds is how often a range statement over a constant or an array runs.
func (p *Package) rangeRounds(s *ast.RangeStmt) int {
	if k, ok := p.intConst(s.X); ok {
		return int(min(max(k, 0), unbounded))
	}
	t := p.info.TypeOf(s.X)
	if t == nil {
		return unbounded
	}
	if a, ok := pointee(t).Underlying().(*types.Array); ok {
		return int(min(a.Len(), unbounded))
	}
	return unbounded
}

func (p *Package) intConst(e ast.Expr) (int64, bool) {
	if v := p.info.Types[e].Value; v != nil && v.Kind() == constant.Int {
		return constant.Int64Val(v)
	}
	return 0, false
}
