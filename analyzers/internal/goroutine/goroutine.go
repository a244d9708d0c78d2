// Package goroutine is an engine that tells which code of a package runs in
// which goroutine, and which instructions may run at the same time.
//
// It explores the package from chosen functions, one at a time. An
// [Exploration] lays out what one call of such a function may do: every call
// it makes, to any depth that the limits allow, and every goroutine that is
// started on the way, each activation cloned for the call site that entered
// it. On that layout it answers what a value may point to, which locks are
// held at a point, and whether two points may run at the same time.
//
// # May or must
//
// The engine serves checks that must stay silent about correct programs. What
// it says of order is therefore lopsided: two points are called unordered only
// if nothing was seen that could order them, and calls into code that it does
// not see are taken to synchronise with each other and with all that they can
// reach. What it says of memory is the other way round: pointers are followed
// through everything that the exploration does, and a check should trust a
// pointer with a single target only.
//
// # What is ignored
//
// Recursion beyond the first call; panics, except that deferred functions run
// and may recover; callers of the function explored; goroutines that code
// outside the package starts, apart from the operations that package syncapi
// knows.
package goroutine

import (
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/access"
	"github.com/lockstep-go/lockstep/analyzers/internal/outside"
	"github.com/lockstep-go/lockstep/analyzers/internal/ssabuild"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
)

// Analyzer yields the [*Package] to explore.
var Analyzer = &analysis.Analyzer{
	Name:       "goroutine",
	Doc:        "find which code runs in which goroutine and what may run at the same time; reports nothing",
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/internal/goroutine",
	Requires:   []*analysis.Analyzer{ssabuild.Analyzer, access.Analyzer, outside.Analyzer},
	ResultType: reflect.TypeFor[*Package](),
	Run:        diagnostic.Guard(run),
}

// A Package is a package that can be explored.
type Package struct {
	Fset  *token.FileSet
	SSA   *ssabuild.SSA
	Paths *access.Paths
	// Spawns reports whether the package starts a goroutine anywhere.
	Spawns bool
	// Locks reports whether the package acquires a lock anywhere, or calls Do
	// of a sync.Once.
	Locks bool

	info       *types.Info
	outside    *outside.Result
	ops        map[ssa.CallInstruction]classified
	initStores map[*ssa.Global][]*ssa.Store
	reaches    map[*ssa.Function]bool // starts a goroutine, itself or through calls
	called     map[*ssa.Function]bool // from elsewhere in the package
	typeNames  map[types.Type]string
	// globalUsers and callers are found when they are first asked for.
	globalUsers map[*ssa.Global][]*ssa.Function
	callers     map[*ssa.Function][]*ssa.Function
	spent       int // instructions laid out so far

	mu           sync.Mutex // held while someone visits the explorations
	explorations []*Exploration
}

func run(pass *analysis.Pass) (any, error) {
	p := &Package{
		Fset:       pass.Fset,
		SSA:        pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA),
		Paths:      pass.ResultOf[access.Analyzer].(*access.Paths),
		info:       pass.TypesInfo,
		outside:    pass.ResultOf[outside.Analyzer].(*outside.Result),
		ops:        make(map[ssa.CallInstruction]classified),
		initStores: make(map[*ssa.Global][]*ssa.Store),
		called:     make(map[*ssa.Function]bool),
		reaches:    make(map[*ssa.Function]bool),
		typeNames:  make(map[types.Type]string),
	}
	p.findSpawns()
	if p.Spawns {
		p.findInitStores()
	}
	return p, nil
}

// findSpawns finds the functions from which a goroutine starts.
func (p *Package) findSpawns() {
	callers := make(map[*ssa.Function][]*ssa.Function)
	var work []*ssa.Function
	for _, fn := range p.SSA.Funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if p.starts(instr) && !p.reaches[fn] {
					p.reaches[fn] = true
					work = append(work, fn)
				}
				p.Locks = p.Locks || p.acquires(instr)
				for _, op := range instr.Operands(nil) {
					if callee, ok := (*op).(*ssa.Function); ok {
						if o := callee.Origin(); o != nil {
							callee = o
						}
						callers[callee] = append(callers[callee], fn)
						p.called[callee] = true
					}
				}
			}
		}
	}
	p.Spawns = len(work) > 0
	for len(work) > 0 {
		fn := work[len(work)-1]
		work = work[:len(work)-1]
		for _, c := range callers[fn] {
			if !p.reaches[c] {
				p.reaches[c] = true
				work = append(work, c)
			}
		}
	}
}

func (p *Package) starts(instr ssa.Instruction) bool {
	switch v := instr.(type) {
	case *ssa.Go:
		return true
	case *ssa.Call:
		op, ok := p.classify(v)
		if !ok {
			return p.startsOutside(v.Common())
		}
		switch op.Kind {
		case syncapi.WaitGroupGo, syncapi.GroupGo, syncapi.TimerStart, syncapi.ContextWait, syncapi.TestParallel,
			syncapi.BenchParallel, syncapi.Handler, syncapi.Finalizer:
			return true
		}
	}
	return false
}

func (p *Package) acquires(instr ssa.Instruction) bool {
	call, ok := instr.(ssa.CallInstruction)
	if !ok {
		return false
	}
	op, _ := p.classify(call)
	return op.Kind == syncapi.Lock || op.Kind == syncapi.RLock || op.Kind == syncapi.OnceDo
}

func (p *Package) findInitStores() {
	init := p.SSA.Pkg.Func("init")
	if init == nil {
		return
	}
	for _, b := range init.Blocks {
		for _, instr := range b.Instrs {
			if s, ok := instr.(*ssa.Store); ok {
				if g, ok := s.Addr.(*ssa.Global); ok {
					p.initStores[g] = append(p.initStores[g], s)
				}
			}
		}
	}
}

// Roots are the functions to explore, outermost first: those that reach the
// start of a goroutine. An exploration that was not truncated makes those of
// the functions in it superfluous.
func (p *Package) Roots() []*ssa.Function {
	var first, second []*ssa.Function
	for _, fn := range p.SSA.Funcs {
		if fn.Parent() != nil || fn.Blocks == nil || !p.reaches[fn] {
			continue
		}
		if p.called[fn] {
			second = append(second, fn)
		} else {
			first = append(first, fn)
		}
	}
	return append(first, second...)
}

// Each calls visit for the explorations that together cover the package: those
// of its roots, but of those already covered. Calls of Each take turns, so
// several checks may use it at the same time; visit must not use an exploration
// after it has returned. The explorations are kept for the next call: the budget
// bounds what they take, about a thousand bytes an instruction, and to explore
// anew leaves as much garbage.
func (p *Package) Each(visit func(*Exploration)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.explorations != nil {
		for _, x := range p.explorations {
			x.forget()
			visit(x)
		}
		return
	}
	var all []*Exploration
	p.spent = 0
	done := make(map[*ssa.Function]bool)
	for _, root := range p.Roots() {
		if done[root] {
			continue
		}
		x := p.Explore(root)
		all = append(all, x)
		if !x.Truncated {
			for _, f := range x.Frames {
				done[f.Fn] = true
			}
		}
		visit(x)
	}
	p.explorations = all
}

// An Exploration is what one call of Root may do.
type Exploration struct {
	Root    *ssa.Function
	Frames  []*Frame
	Threads []*Thread
	// Truncated says that a limit was met: some calls were not followed.
	Truncated bool

	pkg       *Package
	heap      *heap
	init      *Frame
	enters    map[enterKey]*Frame
	calls     map[callKey][]entered
	recursive map[callKey]bool
	opaque    map[callKey]bool
	outside   map[callKey]bool
	missed    map[callKey]bool // another package runs what is not entered
	instrs    int
	size      int  // instructions that this exploration may lay out
	found     bool // findOps
	linked    bool
	holders   map[*Object][]cellKey
	giveUp    bool // a limit was met that makes answers worthless
	cost      int

	*graph
	*links
	after             map[PointID]PointID
	unlocked          *links // the links without those from unlocks to locks
	hubs              map[hubKey]PointID
	worldOut, worldIn PointID
	fills             map[*Object]bool
	loops             []int32
	spawnPreds        [][]PointID
	held              [][]HeldLock
	rendezvous        []match
	marksA, marksB    marks
	work              []PointID
	must              *mustHold
	api               *typeAPI         // the type explored, if any
	private           []bool           // its fields that only the exploration uses
	enclosing         map[*Object]bool // package-level variables that only the exploration uses, as far as asked
	sharing           map[*Object]bool // what the others lead to
	waits             *waits
}

// Explore explores the package from root. It must not be called at the same
// time as Each or by two goroutines; checks use Each.
func (p *Package) Explore(root *ssa.Function) *Exploration {
	size := maxInstrs
	if p.spent > noBudget {
		size = 0
	} else if p.spent > lowBudget {
		size = smallSize
	}
	x := p.explore(root, size, nil)
	p.spent += x.instrs
	return x
}

// explore explores at most size instructions from root, and from the methods
// of api, if it is not nil, on what root returns.
func (p *Package) explore(root *ssa.Function, size int, api *typeAPI) *Exploration {
	x := &Exploration{
		Root:      root,
		pkg:       p,
		heap:      newHeap(),
		enters:    make(map[enterKey]*Frame),
		calls:     make(map[callKey][]entered),
		recursive: make(map[callKey]bool),
		opaque:    make(map[callKey]bool),
		outside:   make(map[callKey]bool),
		missed:    make(map[callKey]bool),
		after:     make(map[PointID]PointID),
		links:     newLinks(),
		fills:     make(map[*Object]bool),
		enclosing: make(map[*Object]bool),
	}
	if x.size = size; size == 0 {
		x.Truncated, x.giveUp = true, true
		return x
	}
	x.init = &Frame{Fn: p.SSA.Pkg.Func("init")}
	main := &Thread{}
	f := &Frame{Fn: root, Thread: main}
	if root == x.init.Fn {
		x.init = f
	}
	main.Entry = f
	x.Threads = append(x.Threads, main)
	x.addFrame(f)
	for _, param := range root.Params {
		x.unknown(f, param)
	}
	for _, fv := range root.FreeVars {
		x.unknown(f, fv)
	}
	if x.api = api; api != nil {
		x.addCallers(api)
	}
	for x.heap.solve() && x.heap.seed() {
	}
	if x.heap.steps > maxWork {
		x.Truncated, x.giveUp = true, true
		return x
	}
	x.heap.loseEmpty()
	x.layOut()
	x.layOutCallers()
	x.findLoops()
	return x
}

// Complete reports whether the exploration's answers mean something.
func (x *Exploration) Complete() bool { return !x.giveUp }

// PointsTo lists what the value v of an activation may point to; known is
// false if the list is not complete.
func (x *Exploration) PointsTo(f *Frame, v ssa.Value) (targets []Target, known bool) {
	n := x.value(f, v, "")
	return n.list, !n.many
}

// Points calls visit for every instruction of the exploration that can be
// reached, in order.
func (x *Exploration) Points(visit func(PointID, Point)) {
	if x.graph == nil {
		return
	}
	reached := make([]bool, len(x.points))
	work := []PointID{x.entry[x.Frames[0]]}
	for len(work) > 0 {
		p := work[len(work)-1]
		work = work[:len(work)-1]
		if reached[p] {
			continue
		}
		reached[p] = true
		work = append(work, x.succs[p]...)
		work = append(work, x.spawns[p]...)
	}
	for id, p := range x.points {
		if reached[id] && p.Instr != nil {
			visit(PointID(id), p)
		}
	}
}

// Made lists the points where an object comes into being: a way through one
// of them leads to another object.
func (x *Exploration) Made(o *Object) []PointID {
	if o.Frame == nil {
		return nil
	}
	if o.Site == nil {
		if o.Frame == x.Frames[0] || o.Frame == x.init {
			return nil
		}
		return []PointID{x.entry[o.Frame]}
	}
	if id, ok := x.at[Point{o.Frame, o.Site}]; ok {
		return []PointID{id}
	}
	return nil
}

// Certain reports whether the activation is entered without a choice: every
// call on the way to it has one function that it can call. Which of several
// functions is called may depend on what else the program does, as in a table
// of pairs of functions.
func (x *Exploration) Certain(f *Frame) bool {
	for ; f.Caller != nil; f = f.Caller {
		if n := len(x.calls[callKey{f.Caller, f.Site}]); n > 1 {
			return false
		}
	}
	return true
}

// Repeats reports whether the point may be passed more than once.
func (x *Exploration) Repeats(p PointID) bool { return int(p) < len(x.loops) && x.loops[p] >= 0 }

// Cost is a measure of the work done so far, for limits.
func (x *Exploration) Cost() int { return x.cost }

// Objects lists the objects of the exploration in a fixed order.
func (x *Exploration) Objects() []*Object { return x.heap.objects }

// Mixed reports whether o stands for several objects that the program may mix
// up: it is made repeatedly and kept where others of its kind are.
func (x *Exploration) Mixed(o *Object) bool {
	for p := o; p.Kind == Contents; p = p.Parent.Obj {
		if isElement(p.Parent.Path) {
			return true
		}
	}
	if !x.remade(o) {
		return false
	}
	mixed := false
	x.HeldBy(o, func(holder *Object, path Path) {
		if isElement(path) || holder.Kind != Allocated && holder.Kind != Boxed && holder.Kind != Function || !x.remade(holder) {
			mixed = true
		}
	})
	return mixed
}

// remade reports whether o is made more than once.
func (x *Exploration) remade(o *Object) bool {
	for _, p := range x.Made(o) {
		if x.Repeats(p) {
			return true
		}
	}
	return false
}

// isElement reports whether a path leads through an element of an array,
// slice, map or channel.
func isElement(p Path) bool { return strings.ContainsAny(string(p), "[{<") }

// HeldBy calls visit for every cell that holds a pointer to o.
func (x *Exploration) HeldBy(o *Object, visit func(holder *Object, path Path)) {
	if x.holders == nil {
		x.holders = make(map[*Object][]cellKey)
		for _, h := range x.heap.objects {
			for _, key := range x.heap.cellsOf[h] {
				for _, t := range x.heap.cells[key].list {
					x.holders[t.Obj] = append(x.holders[t.Obj], key)
				}
			}
		}
	}
	for _, key := range x.holders[o] {
		visit(key.obj, key.path)
	}
}

// Operation is what package syncapi says of a call.
func (x *Exploration) Operation(call ssa.CallInstruction) (syncapi.Op, bool) {
	return x.pkg.classify(call)
}

// Binding is the value that the activation's closure has for a captured
// variable, nil if that is not known.
func Binding(f *Frame, fv *ssa.FreeVar) ssa.Value {
	for g := f; g != nil && g.closure != nil; g = g.closure.Frame {
		if mc, ok := g.closure.Value.(*ssa.MakeClosure); ok && g.Fn == fv.Parent() {
			for i, v := range g.Fn.FreeVars {
				if v == fv && i < len(mc.Bindings) {
					return mc.Bindings[i]
				}
			}
		}
	}
	return nil
}

// Instr is the instruction at a point, nil at the start or end of an activation.
func (x *Exploration) Instr(p PointID) ssa.Instruction {
	if p < 0 {
		return nil
	}
	return x.points[p].Instr
}

// PosOf is where the source has a point; for the start or end of an activation
// it is that of the call that entered it.
func (x *Exploration) PosOf(p PointID) token.Pos {
	if p < 0 {
		return token.NoPos
	}
	pt := x.points[p]
	switch {
	case pt.Instr != nil:
		return pt.Instr.Pos()
	case pt.Frame != nil && pt.Frame.Site != nil:
		return pt.Frame.Site.Pos()
	}
	return token.NoPos
}
