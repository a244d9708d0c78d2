// Package lockset is an engine that tells which locks are held where.
//
// # The lattice
//
// A function is followed from its entry with a set of states. A state says of
// each lock what the function did to it since it was entered: how often it
// acquired it less how often it released it, so that releasing a lock of the
// caller's shows as a negative number. It also has the defer statements that
// were executed, and facts: conditions that branches and assignments told. Where paths meet, states that
// agree on locks and defers become one that keeps the facts common to both;
// states that differ stay apart (this is "property simulation"). So a lock
// that is taken under a condition and released under the same condition is
// followed rightly, because on each branch of the second condition the states
// that know better drop out.
//
// A place is left with at most [maxStates] states; beyond that they collapse
// into one whose locks are held perhaps. A lock must be held at a place if it
// is in all states, and may be if it is in one.
//
// # Calls
//
// A call of a function of the package applies the summary of that function:
// its outcomes, each with net effects on locks, with what it says about the
// results (nil or not, true or false), and with the conditions under which it
// comes about. A recursive call is taken to have no effect. A function value
// is followed through variables that are assigned once, method values, and
// functions that return it. Deferred calls are applied at returns and panics.
//
// Of functions of other packages the drivers bring summaries of what callers can
// name and rely on ([Exports], a package fact). Those of which there is none are
// taken to leave locks as they are, unless a lock itself is passed to them.
//
// # Takings, edges and reentries
//
// The other half of a summary are the locks that a function takes on its way,
// whether or not it gives them back. A lock that is taken with another held makes
// an [Edge] of the order of locks, one that is taken while it is held a [Reentry].
// Some path does so, and on that path the lock is held for certain.
//
// The lock of an object that nobody else can have yet is not said to be taken. An object is
// new in the function that makes it, in one that gets it as a result and in one that
// is only called with new objects, until somebody stores it where others find it,
// sends it, or starts a goroutine with it.
//
// # What is held at entry
//
// An unexported function that is only ever called, and called with a lock held
// at each call in the package, holds that lock at entry. A goroutine starts
// with no lock held; a function literal that is called where it stands, or by
// a function known to call it back at once, holds what is held there.
//
// # What is ignored
//
// That a switch statement without default, with a case for every constant of the
// type, might meet another value.
//
// Assignments to the variables that a path goes through: the lock of s.conn is
// one lock however often s.conn is assigned. All elements of a slice or map
// are one. An unlock of a lock that is not known to be held is taken for that
// of a held lock that it may be another name of.
package lockset

import (
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"sync"

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
	FactTypes:  []analysis.Fact{new(Exports)},
	Run:        diagnostic.Guard(run),
}

// A Result answers which locks are held at the instructions of a package. It is
// safe for concurrent use, since drivers run checks concurrently.
type Result struct {
	Paths   *access.Paths
	mu      sync.Mutex              // for queries that replay a block, which can number expressions anew
	held    map[ssa.Instruction]Set // of the blocks that HeldBefore was asked about
	callers callers
	engine
}

// An engine computes and keeps what a Result answers from.
type engine struct {
	pkg     *types.Package
	prog    *ssa.Program
	paths   *access.Paths
	exprs   *exprs
	funcs   map[*ssa.Function]*funcInfo
	methods map[methodKey]*ssa.Function
	assigns map[*ssa.Function][]bool // see assigned
	stack   []*funcInfo              // under analysis, the innermost last
	// Classes of locks that function values release which are not followed, and of
	// locks in local variables that are released by other functions; see Doubtful.
	escaping, passed map[Class]bool
	escapes          map[followed]*escape // of values that were followed
	made             map[result]bool      // results that are new objects
	counted          map[*ssa.Function][]counted
	// files and exhausts serve to tell which switch statements have every case.
	files    []*ast.File
	exhausts map[*ssa.BasicBlock]bool
	imported
}

func run(pass *analysis.Pass) (any, error) {
	paths := pass.ResultOf[access.Analyzer].(*access.Paths)
	src := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.SSA)
	r := &Result{Paths: paths, held: make(map[ssa.Instruction]Set), engine: engine{
		pkg:     pass.Pkg,
		prog:    src.Pkg.Prog,
		paths:   paths,
		exprs:   newExprs(paths),
		funcs:   make(map[*ssa.Function]*funcInfo),
		methods: make(map[methodKey]*ssa.Function),
		assigns: make(map[*ssa.Function][]bool),
		escapes: make(map[followed]*escape),
		made:    make(map[result]bool),
		counted: make(map[*ssa.Function][]counted),

		files:    pass.Files,
		exhausts: make(map[*ssa.BasicBlock]bool),
		imported: imported{
			lookup: func(pkg *types.Package) *Exports {
				x := new(Exports)
				if !pass.ImportPackageFact(pkg, x) {
					return nil
				}
				return x
			},
			known:   make(map[*types.Package]*Exports),
			globals: make(map[string]*types.Var),
		},
	}}
	for _, fn := range src.Funcs {
		r.funcs[fn] = &funcInfo{fn: fn}
	}
	for _, fn := range src.Funcs {
		r.summary(fn)
	}
	r.revisit(src.Funcs)
	r.findLoose()
	r.inferEntries(src.Funcs)
	if x := r.exports(pass.Fset, src.Funcs); x != nil {
		pass.ExportPackageFact(x)
	}
	return r, nil
}

// Flow returns what fn does with locks; nil if it does nothing with them, or
// is not a function of the package's source.
func (r *Result) Flow(fn *ssa.Function) *Flow {
	info := r.funcs[access.Declared(fn)]
	if info == nil || info.acts == nil {
		return nil
	}
	return &info.flow
}

// Callee returns the function of the package that a call calls, also through a
// method value or a variable that is assigned once; nil if there is none.
func (r *Result) Callee(call *ssa.CallCommon) *ssa.Function {
	fn, _ := r.callee(call)
	return fn
}

// Through returns the function of the package through which a lock is
// acquired or released at site: the one that is called there, or called back
// by what is called there. It is nil if site calls Lock or Unlock itself.
func (r *Result) Through(site ssa.Instruction) *ssa.Function {
	call, ok := site.(ssa.CallInstruction)
	if !ok {
		return nil
	}
	if op, ok := syncapi.Classify(call.Common(), r.paths); ok && op.Callback != nil {
		return r.Callee(&ssa.CallCommon{Value: op.Callback})
	}
	return r.Callee(call.Common())
}

// HeldAtEntry returns the locks that all callers of fn hold, in fn's terms.
func (r *Result) HeldAtEntry(fn *ssa.Function) []Lock {
	if info := r.funcs[access.Declared(fn)]; info != nil {
		return info.entry
	}
	return nil
}

// Reached reports whether b may be reached: constants, and conditions that were
// tested before, can say that it is not.
func (r *Result) Reached(b *ssa.BasicBlock) bool {
	info := r.funcs[b.Parent()]
	return info == nil || info.in == nil || len(info.in[b.Index]) > 0
}

// HeldBefore returns the locks that are held when instr begins. To visit all
// instructions of a function, [Result.Walk] is cheaper. The set must not be
// changed.
func (r *Result) HeldBefore(instr ssa.Instruction) Set {
	r.mu.Lock()
	defer r.mu.Unlock()
	held, ok := r.held[instr]
	if !ok {
		// Who asks about one instruction of a block asks about others.
		r.walkBlock(instr.Block(), func(i ssa.Instruction, s Set) { r.held[i] = s })
		held = r.held[instr]
	}
	return held
}

// Walk calls visit for each instruction of fn, block by block, with the locks
// that are held when the instruction begins. The set must not be changed.
func (r *Result) Walk(fn *ssa.Function, visit func(ssa.Instruction, Set)) {
	var sets []Set
	for _, b := range fn.Blocks {
		sets = r.blockSets(b, sets[:0])
		for i, instr := range b.Instrs {
			visit(instr, sets[i])
		}
	}
}

// blockSets appends to sets what is held before each instruction of b.
func (r *Result) blockSets(b *ssa.BasicBlock, sets []Set) []Set {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.walkBlock(b, func(_ ssa.Instruction, s Set) { sets = append(sets, s) })
	return sets
}

func (e *engine) walkBlock(b *ssa.BasicBlock, visit func(ssa.Instruction, Set)) {
	info := e.funcs[b.Parent()]
	if info == nil {
		info = &funcInfo{}
	}
	var states []state
	var acts []*action
	if info.in != nil {
		states, acts = info.in[b.Index], info.acts[b.Index]
	}
	set := heldIn(states, info.entry)
	for _, i := range b.Instrs {
		visit(i, set)
		if len(acts) > 0 && acts[0].instr == i {
			states, _ = bound(e.stepAll(acts[0], states, nil))
			switch acts[0].kind {
			case actStore, actDefer, actEscape, actChange: // as before
			default:
				set = heldIn(states, info.entry)
			}
			acts = acts[1:]
		}
	}
}

// heldIn joins states into what must and what may be held, given what is held
// at entry.
func heldIn(states []state, entry []Lock) Set {
	var set Set
	for _, l := range entry {
		h := Held{Lock: l, Must: true, Entry: true}
		gone := len(states) > 0
		for _, s := range states {
			lv, _ := s.level(l)
			h.Must = h.Must && lv.n >= 0
			gone = gone && lv.n < 0 && !lv.maybe
		}
		if !gone {
			set = append(set, h)
		}
	}
	if len(states) == 1 && len(set) == 0 {
		return heldInOne(states[0])
	}
	for _, s := range states {
		for place, lv := range s.levels {
			if lv.n > 0 {
				set = set.add(lv, place, states)
			}
		}
	}
	return set
}

// heldInOne is heldIn for one state and nothing that is held at entry.
func heldInOne(s state) Set {
	var set Set
	for _, lv := range s.levels {
		if lv.n > 0 {
			set = append(set, Held{Lock: lv.Lock, Must: !lv.maybe, Sites: lv.sites})
		}
	}
	return set
}

// add adds the lock of lv, which is the level at a place of one of the states, to
// what is held.
func (set Set) add(lv level, place int, states []state) Set {
	at := slices.IndexFunc(set, func(h Held) bool { return h.Lock == lv.Lock })
	if at >= 0 {
		set[at].Sites = union(set[at].Sites, lv.sites)
		return set
	}
	h := Held{Lock: lv.Lock, Must: true, Sites: lv.sites}
	for _, s := range states {
		other, _ := s.levelNear(lv.Lock, place)
		h.Must = h.Must && other.n > 0 && !other.maybe
	}
	return append(set, h)
}
