package checkthenact

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// reportPair reports a write that depends on a read, in the default tier if somebody
// certainly comes between; told is false if the tier leaves it out.
func (c *checker) reportPair(p pair, r rival, certain bool) (told bool) {
	d := c.pairDiagnostic(p)
	d.Operations = []token.Pos{position(p.read.instr)}
	if !certain {
		d.Tier = config.Strict
	}
	if certain && !r.self() {
		d.Message = d.Message.With(message.New("by-other", "other", wording.Func(r.other.Instr.Parent()), "place", wording.Place(c.pass.Fset, r.other.Instr.Pos())))
		d.Related = append(d.Related, c.related(diagnostic.RoleWrite, r.other.Instr.Pos(), "changed-here", d.Subject.Name, ""))
	}
	c.reporter.Report(d)
	return c.reporter.Tier().Includes(d.Tier)
}

func (c *checker) pairDiagnostic(p pair) diagnostic.Diagnostic {
	if p.split != nil {
		return c.splitDiagnostic(p)
	}
	v := c.receiver(p.write)
	d := c.diagnostic(p.f, p.write, v, message.New(p.key, "func", wording.Func(p.f.fn), "var", v, "line", c.line(p.read.instr.Pos())))
	d.Category = "atomic"
	if p.write.key != nil {
		d.Category = "map"
	}
	d.Related = []diagnostic.Related{c.related(diagnostic.RoleRead, p.read.instr.Pos(), "loaded-here", v, "")}
	return d
}

func (c *checker) splitDiagnostic(p pair) diagnostic.Diagnostic {
	v, s := c.variable(p.write), p.split
	site := s.second.Sites[0]
	lock := c.namer.Lock(site, s.second.Path)
	d := c.diagnostic(p.f, p.write, v, message.New(p.key, "func", wording.Func(p.f.fn), "var", v, "lock", lock,
		"line", c.line(position(p.read.instr)), "again", c.line(site.Pos())))
	d.Category = "split"
	d.Related = []diagnostic.Related{c.related(diagnostic.RoleRead, position(p.read.instr), "read-here", v, lock)}
	for _, site := range s.first.Sites {
		d.Related = append(d.Related, c.related(diagnostic.RoleLock, site.Pos(), "locked-first", v, lock))
	}
	for _, site := range s.second.Sites {
		d.Related = append(d.Related, c.related(diagnostic.RoleLock, site.Pos(), "locked-again", v, lock))
	}
	return d
}

// reportDoubleChecked reports the read without the lock, which races with the
// write.
func (c *checker) reportDoubleChecked(f *function, r, w event, lock lockset.Held) {
	v := c.variable(w)
	name := c.namer.Lock(lock.Sites[0], lock.Path)
	d := c.diagnostic(f, r, v, message.New("double-checked", "func", wording.Func(f.fn), "var", v, "lock", name, "line", c.line(position(w.instr))))
	d.Category = "double-checked"
	d.Operations = []token.Pos{position(w.instr)}
	d.Related = []diagnostic.Related{
		c.related(diagnostic.RoleWrite, position(w.instr), "written-here", v, name),
		c.related(diagnostic.RoleLock, lock.Sites[0].Pos(), "locked-here", v, name),
	}
	c.reporter.Report(d)
}

// reportPublished reports a write to what others can see already.
func (c *checker) reportPublished(f *function, p event, w ssa.Instruction, object ssa.Value) {
	v := c.receiver(p)
	d := c.diagnostic(f, event{instr: w, path: p.path}, v, message.New("published", "func", wording.Func(f.fn), "var", v,
		"type", typeName(object.Type()), "line", c.line(p.instr.Pos())))
	d.Category = "published"
	d.Operations = []token.Pos{p.instr.Pos()}
	d.Related = []diagnostic.Related{c.related(diagnostic.RoleWrite, p.instr.Pos(), "published-here", v, "")}
	c.reporter.Report(d)
}

// reportLate reports a write to what a reader gets at the same time.
func (c *checker) reportLate(l late, reader ssa.Instruction) {
	at := event{instr: l.at, path: l.path}
	v, key, field := c.variable(at), l.key, ""
	if key == "loaded-write" {
		v = c.receiver(at)
	}
	if l.field != nil {
		field = l.field.Name()
	} else {
		key += "-map"
	}
	d := c.diagnostic(l.f, event{instr: l.write, path: l.path}, v, message.New(key, "func", wording.Func(l.f.fn), "var", v, "field", field,
		"type", typeName(l.typ), "line", c.line(position(l.at)), "other", wording.Func(reader.Parent()), "place", wording.Place(c.pass.Fset, position(reader))))
	d.Category = "published"
	d.Operations = []token.Pos{position(reader)}
	d.Related = []diagnostic.Related{
		c.related(diagnostic.RoleWrite, position(l.at), message.Key(string(l.key)+"-here"), v, ""),
		c.related(diagnostic.RoleRead, position(reader), "late-read-here", v, ""),
	}
	c.reporter.Report(d)
}

func (c *checker) diagnostic(f *function, at event, name string, text message.Message) diagnostic.Diagnostic {
	return diagnostic.Diagnostic{
		Pos:        position(at.instr),
		Confidence: diagnostic.Medium,
		Message:    text,
		Subject:    diagnostic.Subject{Kind: diagnostic.Variable, Name: name, Decl: at.path.Place().Decl()},
		Function:   f.fn.RelString(f.fn.Pkg.Pkg),
	}
}

func (c *checker) related(role diagnostic.Role, pos token.Pos, key message.Key, v, lock string) diagnostic.Related {
	return diagnostic.Related{Role: role, Pos: pos, Message: message.New(key, "var", v, "lock", lock)}
}

// position is where an instruction stands. A load has its position at the operand.
func position(i ssa.Instruction) token.Pos {
	if i.Pos().IsValid() {
		return i.Pos()
	}
	switch i := i.(type) {
	case *ssa.UnOp:
		return i.X.Pos()
	case *ssa.Store:
		return i.Addr.Pos()
	case *ssa.MapUpdate:
		return i.Map.Pos()
	}
	return token.NoPos
}

func (c *checker) line(pos token.Pos) string { return strconv.Itoa(c.pass.Fset.Position(pos).Line) }

// variable names what is read or written.
func (c *checker) variable(e event) string {
	text := c.paths.Text(e.path)
	if e.key != nil {
		return text + "[…]"
	}
	return text
}

// receiver names what an operation of sync/atomic or sync.Map is made on, as it is
// written there.
func (c *checker) receiver(e event) string {
	for _, n := range c.namer.Enclosing(e.instr.Pos()) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			continue
		}
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && c.pass.TypesInfo.Selections[sel] != nil {
			return types.ExprString(sel.X)
		}
		if len(call.Args) > 0 {
			if addr, ok := ast.Unparen(call.Args[0]).(*ast.UnaryExpr); ok {
				return types.ExprString(addr.X)
			}
		}
		break
	}
	return c.paths.Text(e.path)
}
