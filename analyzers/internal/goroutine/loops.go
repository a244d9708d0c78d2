package goroutine

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// This file finds loops that run a constant number of times.

// trips is how often the loops around an instruction in its function run, but
// for those that are around another instruction too, which may be nil. What the
// SSA form tells and what the syntax tells complement each other: a variable
// that holds a constant is one in the first only, and a counter that a function
// literal captures is one in the second.
func (p *Package) trips(instr, but ssa.Instruction) int {
	n := 1
	for _, l := range loopsOf(instr.Parent()) {
		if l.blocks[instr.Block()] && !(but != nil && l.blocks[but.Block()]) {
			n = min(n*l.trips(), unbounded)
		}
	}
	if n == unbounded {
		pos := token.NoPos
		if but != nil {
			pos = but.Pos()
		}
		n = p.syntaxTrips(instr.Parent(), instr.Pos(), pos)
	}
	return n
}

// syntaxTrips is trips by the syntax around pos, but for loops around another
// position.
func (p *Package) syntaxTrips(fn *ssa.Function, pos, but token.Pos) int {
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

// A loop is a natural loop of a function.
type loop struct {
	header *ssa.BasicBlock
	back   int // index of the edge from the loop to its header
	blocks map[*ssa.BasicBlock]bool
}

func loopsOf(fn *ssa.Function) []loop {
	var loops []loop
	for _, h := range fn.Blocks {
		for i, latch := range h.Preds {
			if !h.Dominates(latch) {
				continue
			}
			l := loop{header: h, back: i, blocks: map[*ssa.BasicBlock]bool{h: true}}
			work := []*ssa.BasicBlock{latch}
			for len(work) > 0 {
				b := work[len(work)-1]
				work = work[:len(work)-1]
				if !l.blocks[b] {
					l.blocks[b] = true
					work = append(work, b.Preds...)
				}
			}
			loops = append(loops, l)
		}
	}
	return loops
}

// trips is how often a loop runs that counts from one constant up to another
// and compares before each round: the counter itself, or, as range over a slice
// does, what it will be next, which starts from -1.
func (l loop) trips() int {
	cond, ok := l.header.Instrs[len(l.header.Instrs)-1].(*ssa.If)
	if !ok || len(l.header.Preds) != 2 {
		return unbounded
	}
	cmp, ok := cond.Cond.(*ssa.BinOp)
	if !ok || cmp.Op != token.LSS && cmp.Op != token.LEQ {
		return unbounded
	}
	counter, ahead := cmp.X, false
	limit, known := constInt(cmp.Y)
	if inc, ok := counter.(*ssa.BinOp); ok && inc.Op == token.ADD {
		counter, ahead = inc.X, true
	}
	phi, ok := counter.(*ssa.Phi)
	if !ok || !known || phi.Block() != l.header {
		return unbounded
	}
	start, ok := constInt(phi.Edges[1-l.back])
	next, ok2 := phi.Edges[l.back].(*ssa.BinOp)
	if !ok || !ok2 || next.Op != token.ADD || next.X != phi {
		return unbounded
	}
	by, ok := constInt(next.Y)
	if !ok || by <= 0 || ahead && start != -1 {
		return unbounded
	}
	if ahead {
		start += by
	}
	if cmp.Op == token.LEQ {
		limit++
	}
	return int(min(max((limit-start+by-1)/by, 0), unbounded))
}
