package shared

import (
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// A Kind says what an access works on.
type Kind uint8

const (
	Memory  Kind = iota // a variable, field or element
	Map                 // a map: any write excludes any other use
	Channel             // sending on a channel (read) and closing it (write)
	Sync                // a lock, wait group or the like, used through its methods
)

// An Access is one use of shared memory.
type Access struct {
	Point  goroutine.PointID
	Frame  *goroutine.Frame
	Instr  ssa.Instruction
	Addr   ssa.Value // through which the memory is reached
	Path   goroutine.Path
	Kind   Kind
	Write  bool
	Atomic bool
	Pos    token.Pos
	Use    syncapi.Use // of an object of the standard library by a call, else zero
	Far    Far         // of an access within a function of another package, else zero
}

type collector struct {
	x      *goroutine.Exploration
	result *Result
	vars   map[*goroutine.Object]*Variable
	// globals stand for package-level variables of other packages, by their names.
	globals map[string]*goroutine.Object
	far     []*goroutine.Object // those of globals that are no objects of x
}

// maxAccesses bounds the accesses of one variable that are looked at.
const maxAccesses = 400

// access records a use of what addr points to, or of the part of it that step
// leads to. It returns nil if it is not certain which memory that is.
func (c *collector) access(id goroutine.PointID, p goroutine.Point, addr ssa.Value, step string, kind Kind, write, atomic bool) *Access {
	targets, known := c.x.PointsTo(p.Frame, addr)
	if !known || len(targets) != 1 || !c.x.Certain(p.Frame) {
		return nil
	}
	return c.accessAt(id, p, targets[0], addr, step, kind, write, atomic)
}

// accessAt is access where the memory is known, of which addr is a name.
func (c *collector) accessAt(id goroutine.PointID, p goroutine.Point, t goroutine.Target, addr ssa.Value, step string, kind Kind, write, atomic bool) *Access {
	switch t.Obj.Kind {
	case goroutine.Function, goroutine.Boxed:
		return nil
	}
	if step == "[*]" {
		step = window(t)
	}
	v := c.vars[t.Obj]
	if v == nil {
		v = &Variable{Object: t.Obj}
		c.vars[t.Obj] = v
	}
	if len(v.Accesses) >= maxAccesses {
		return nil
	}
	pos := c.result.position(p.Instr, addr)
	if p.Frame.Fn.Synthetic != "" && p.Frame.Site != nil { // a method value, called by whoever got it
		pos = p.Frame.Site.Pos()
		if fv, ok := addr.(*ssa.FreeVar); ok {
			addr = goroutine.Binding(p.Frame, fv)
		}
	}
	a := &Access{
		Point: id, Frame: p.Frame, Instr: p.Instr, Addr: addr,
		Path: t.Path + goroutine.Path(step), Kind: kind, Write: write, Atomic: atomic,
		Pos: pos,
	}
	v.Accesses = append(v.Accesses, a)
	return a
}

// window is the step to the elements that a slice covers.
func window(t goroutine.Target) string {
	switch {
	case t.Lo < 0:
		return "[]"
	case t.Lo == 0 && t.Hi == 0:
		return "[*]"
	}
	return "[" + strconv.Itoa(int(t.Lo)) + ":" + strconv.Itoa(int(t.Hi)) + "]"
}

// point records the accesses of one instruction.
func (c *collector) point(id goroutine.PointID, p goroutine.Point) {
	switch v := p.Instr.(type) {
	case *ssa.UnOp:
		if v.Op == token.MUL && !empty(v.Type()) {
			c.access(id, p, v.X, "", Memory, false, false)
		}
	case *ssa.Store:
		if !empty(v.Val.Type()) && !assignsItself(v) {
			c.access(id, p, v.Addr, "", Memory, true, false)
		}
	case *ssa.MapUpdate:
		c.access(id, p, v.Map, "", Map, true, false)
	case *ssa.Lookup:
		if isMap(v.X) {
			c.access(id, p, v.X, "", Map, false, false)
		}
	case *ssa.Range:
		if isMap(v.X) {
			c.access(id, p, v.X, "", Map, false, false)
		}
	case *ssa.Next:
		if r, ok := v.Iter.(*ssa.Range); ok && isMap(r.X) {
			c.access(id, p, r.X, "", Map, false, false)
		}
	case *ssa.Convert:
		if isSlice(v.X) { // string(bytes)
			c.access(id, p, v.X, "[*]", Memory, false, false)
		}
	case *ssa.Send:
		c.access(id, p, v.Chan, "", Channel, false, false)
	case *ssa.Select:
		for _, st := range v.States {
			if st.Dir == types.SendOnly {
				c.access(id, p, st.Chan, "", Channel, false, false)
			}
		}
	case ssa.CallInstruction:
		if _, ok := v.(*ssa.Go); !ok {
			c.call(id, p, v)
		} else if len(p.Frame.Fn.Blocks) == 0 { // of another package
			c.outside(id, p, p.Frame.Caller, v.Common())
		}
	}
}

func (c *collector) call(id goroutine.PointID, p goroutine.Point, call ssa.CallInstruction) {
	common := call.Common()
	if b, ok := common.Value.(*ssa.Builtin); ok {
		c.builtin(id, p, b.Name(), common.Args)
		return
	}
	if op, ok := c.x.Operation(call); ok {
		c.operation(id, p, op)
		return
	}
	c.library(id, p, common)
	c.outside(id, p, p.Frame, common)
}

func (c *collector) builtin(id goroutine.PointID, p goroutine.Point, name string, args []ssa.Value) {
	switch name {
	case "append":
		if len(args) < 2 {
			return
		}
		c.access(id, p, args[0], "[*]", Memory, false, false)
		if hasRoom(args[0], p) {
			c.access(id, p, args[0], "[+]", Memory, true, false)
		}
		if isSlice(args[1]) && !isVarargs(args[1]) {
			c.access(id, p, args[1], "[*]", Memory, false, false)
		}
	case "copy":
		c.access(id, p, args[0], "[*]", Memory, true, false)
		if isSlice(args[1]) {
			c.access(id, p, args[1], "[*]", Memory, false, false)
		}
	case "delete":
		c.access(id, p, args[0], "", Map, true, false)
	case "clear":
		if isMap(args[0]) {
			c.access(id, p, args[0], "", Map, true, false)
		} else {
			c.access(id, p, args[0], "[*]", Memory, true, false)
		}
	case "len":
		if isMap(args[0]) {
			c.access(id, p, args[0], "", Map, false, false)
		}
	case "close":
		c.access(id, p, args[0], "", Channel, true, false)
	}
}

// operation records what an operation of package syncapi does to its operand.
func (c *collector) operation(id goroutine.PointID, p goroutine.Point, op syncapi.Op) {
	on := op.On
	if on == nil && len(op.Args) > 0 {
		on = op.Args[0]
	}
	if on == nil || on.Parent() != p.Frame.Fn && on.Parent() != nil {
		return
	}
	switch op.Kind {
	case syncapi.AtomicLoad:
		c.access(id, p, on, "", Memory, false, true)
	case syncapi.AtomicStore, syncapi.AtomicRMW, syncapi.AtomicCAS:
		c.access(id, p, on, "", Memory, true, true)
	case syncapi.Lock, syncapi.Unlock, syncapi.RLock, syncapi.RUnlock, syncapi.TryLock, syncapi.TryRLock,
		syncapi.WaitGroupAdd, syncapi.WaitGroupDone, syncapi.WaitGroupWait, syncapi.OnceDo, syncapi.CondWait:
		if op.Promotion == nil {
			c.access(id, p, on, "", Sync, false, true)
		}
	}
}

// library records what methods of well-known types do to memory that is not
// safe to share.
func (c *collector) library(id goroutine.PointID, p goroutine.Point, common *ssa.CallCommon) {
	for _, u := range syncapi.Uses(common) {
		kind := Memory
		if u.Map {
			kind = Map
		}
		if a := c.access(id, p, u.On, "", kind, u.Write, false); a != nil {
			a.Use = u.Use
		}
	}
	fn, args := common.Method, common.Args
	if !common.IsInvoke() {
		callee := common.StaticCallee()
		if callee == nil || callee.Blocks != nil {
			return
		}
		if fn, _ = callee.Object().(*types.Func); fn != nil && fn.Signature().Recv() != nil && len(args) > 0 {
			args = args[1:]
		}
	}
	if fn == nil || fn.Signature().Recv() == nil || len(args) == 0 || !isBytes(args[0]) {
		return
	}
	switch fn.Name() { // the contracts of io.Reader and io.Writer
	case "Read", "ReadAt":
		c.access(id, p, args[0], "[*]", Memory, true, false)
	case "Write", "WriteAt":
		c.access(id, p, args[0], "[*]", Memory, false, false)
	}
}

// assignsItself reports whether a store puts back what was just loaded, as
// go/ssa makes of "return a" where a is a named result. The compiler emits
// nothing for it.
func assignsItself(s *ssa.Store) bool {
	load, ok := s.Val.(*ssa.UnOp)
	return ok && load.Op == token.MUL && load.X == s.Addr
}

// hasRoom reports whether append writes to the array that it was given.
func hasRoom(s ssa.Value, p goroutine.Point) bool {
	load, ok := s.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	addr := load.X
	for {
		fv, ok := addr.(*ssa.FreeVar)
		if !ok {
			break
		}
		addr = goroutine.Binding(p.Frame, fv)
	}
	alloc, ok := addr.(*ssa.Alloc)
	if !ok {
		return false
	}
	stores := 0
	room := false
	for _, ref := range *alloc.Referrers() {
		st, ok := ref.(*ssa.Store)
		if !ok || st.Addr != alloc {
			continue
		}
		stores++
		switch v := st.Val.(type) {
		case *ssa.MakeSlice:
			l, ok := intConst(v.Len)
			m, ok2 := intConst(v.Cap)
			room = ok && ok2 && m > l
		case *ssa.Slice:
			arr, ok := v.X.(*ssa.Alloc)
			if !ok {
				return false
			}
			at, ok := arr.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Array)
			hi, ok2 := intConst(v.High)
			room = ok && ok2 && at.Len() > hi
		}
	}
	return stores == 1 && room
}

func intConst(v ssa.Value) (int64, bool) {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil {
		return 0, false
	}
	return c.Int64(), true
}

func isVarargs(v ssa.Value) bool {
	s, ok := v.(*ssa.Slice)
	if !ok {
		return false
	}
	a, ok := s.X.(*ssa.Alloc)
	return ok && a.Comment == "varargs"
}

func isMap(v ssa.Value) bool {
	_, ok := v.Type().Underlying().(*types.Map)
	return ok
}

func isSlice(v ssa.Value) bool {
	_, ok := v.Type().Underlying().(*types.Slice)
	return ok
}

func isBytes(v ssa.Value) bool {
	s, ok := v.Type().Underlying().(*types.Slice)
	if !ok {
		return false
	}
	b, ok := s.Elem().Underlying().(*types.Basic)
	return ok && b.Kind() == types.Uint8
}

// empty reports whether a value of type t has no bytes.
func empty(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := range u.NumFields() {
			if !empty(u.Field(i).Type()) {
				return false
			}
		}
		return true
	case *types.Array:
		return u.Len() == 0 || empty(u.Elem())
	}
	return false
}

// Conflict reports whether two accesses of one variable cannot both happen at
// the same time in a correct program: whether they touch the same part, one
// writes, and they are not both atomic.
func Conflict(a, b *Access) bool {
	if !a.Write && !b.Write || a.Atomic && b.Atomic {
		return false
	}
	if (a.Kind == Channel) != (b.Kind == Channel) || (a.Kind == Map) != (b.Kind == Map) {
		return false
	}
	if a.Kind == Channel && a.Write == b.Write {
		return false // two closes: another check's business
	}
	return Overlap(a.Path, b.Path)
}

// Overlap reports whether two paths of one object certainly share memory.
func Overlap(a, b goroutine.Path) bool {
	as, bs := steps(a), steps(b)
	for i := 0; i < len(as) && i < len(bs); i++ {
		if as[i] == bs[i] && as[i] != "[]" {
			continue
		}
		if as[i][0] != '[' || bs[i][0] != '[' || !sameElement(as[i], bs[i]) {
			return false
		}
	}
	return !strings.Contains(strings.Join(as[min(len(as), len(bs)):], ""), behind) && !strings.Contains(strings.Join(bs[min(len(as), len(bs)):], ""), behind)
}

func steps(p goroutine.Path) []string {
	var out []string
	s := string(p)
	for s != "" {
		end := strings.IndexAny(s[1:], ".[{<")
		if end < 0 {
			return append(out, s)
		}
		out = append(out, s[:end+1])
		s = s[end+1:]
	}
	return out
}

// sameElement compares two element steps that are not equal.
func sameElement(a, b string) bool {
	if a == "[+]" || b == "[+]" {
		return false
	}
	if a == "[]" || b == "[]" {
		return a == "[*]" || b == "[*]"
	}
	alo, ahi := bounds(a)
	blo, bhi := bounds(b)
	return alo < bhi && blo < ahi
}

func bounds(step string) (lo, hi int) {
	const end = 1 << 30
	s := strings.Trim(step, "[]")
	if s == "*" {
		return 0, end
	}
	l, h, isRange := strings.Cut(s, ":")
	lo, _ = strconv.Atoi(l)
	if !isRange {
		return lo, lo + 1
	}
	if hi, _ = strconv.Atoi(h); hi == 0 {
		hi = end
	}
	return lo, hi
}
