package goroutine

import "golang.org/x/tools/go/ssa"

// A Frame is one activation of a function in an exploration: the function,
// cloned for the call site that entered it.
type Frame struct {
	Fn     *ssa.Function
	Caller *Frame          // nil for the root
	Site   ssa.Instruction // the call that entered it; nil for the root
	Thread *Thread

	closure *Object // what was called, if it has bindings
	index   int
	depth   int
	// reentered says that a recursive call stands for this activation too.
	reentered bool
}

// A SpawnKind says how a goroutine starts.
type SpawnKind uint8

const (
	Root         SpawnKind = iota // the activation that the exploration began with
	GoStmt                        // go f()
	GroupGo                       // WaitGroup.Go, errgroup.Group.Go
	Timer                         // time.AfterFunc
	ParallelTest                  // t.Run of a function that calls t.Parallel
	Handler                       // a function that a server calls for every request
	Finalizer                     // runtime.SetFinalizer, AddCleanup
	Wrapped                       // a function that another package runs in a goroutine; see package outside
	Caller                        // a call of an exported method by another package; see EachType
)

// A Thread is a goroutine of an exploration: all that one go statement starts
// in one activation of the function around it. A go statement in a loop starts
// many goroutines that share one Thread.
type Thread struct {
	Kind   SpawnKind
	Entry  *Frame
	Parent *Thread
	// Spawn is the instruction that starts it, and SpawnFrame its activation.
	Spawn      ssa.Instruction
	SpawnFrame *Frame

	index int
	depth int
	many  bool // one start makes several goroutines
}

// Limits of one exploration. They bound its cost; an exploration that meets
// one is said to be truncated and only its roots further down are explored.
const (
	maxFrames      = 1500
	maxDepth       = 20
	maxThreadDepth = 5
	maxInstrs      = 12_000
)

// Limits of all explorations of a package together, in instructions. Beyond
// the first, explorations are kept small; beyond the second, none is begun.
const (
	lowBudget = 150_000
	noBudget  = 300_000
	smallSize = 2_000
)

type callKey struct {
	frame *Frame
	site  ssa.Instruction
}

type enterKey struct {
	frame   *Frame
	site    ssa.Instruction
	fn      *ssa.Function
	closure *Object
	spawned bool
}

// An edge from a call site into what it may run.
type entered struct {
	frame *Frame
	spawn bool
}

// enter makes the activation of fn that a call in f enters, or finds it. It
// returns nil if the exploration is not followed further there.
func (x *Exploration) enter(f *Frame, site ssa.Instruction, fn *ssa.Function, closure *Object, spawn SpawnKind) *Frame {
	key := enterKey{f, site, fn, closure, spawn != Root}
	if g, ok := x.enters[key]; ok {
		return g
	}
	x.enters[key] = nil
	if fn.Blocks == nil {
		return nil
	}
	// Recursion: the activation that is already there stands for all.
	again := 0
	for c := f; c != nil; c = c.parentFrame() {
		if c.Fn == fn {
			again++
			if spawn == Root && c.Thread == f.Thread || again >= 2 {
				x.recursive[callKey{f, site}] = true
				if spawn == Root {
					c.reentered = true
					x.enters[key] = c
					return c
				}
				return nil
			}
		}
	}
	if len(x.Frames) >= maxFrames || x.instrs >= x.size || f.depth >= maxDepth || spawn != Root && f.Thread.depth >= maxThreadDepth {
		x.Truncated = true
		x.opaque[callKey{f, site}] = true
		return nil
	}
	g := &Frame{Fn: fn, Caller: f, Site: site, Thread: f.Thread, closure: closure, depth: f.depth + 1}
	if spawn != Root {
		g.Thread = &Thread{Kind: spawn, Entry: g, Parent: f.Thread, Spawn: site, SpawnFrame: f, depth: f.Thread.depth + 1, index: len(x.Threads)}
		x.Threads = append(x.Threads, g.Thread)
	}
	x.enters[key] = g
	k := callKey{f, site}
	x.calls[k] = append(x.calls[k], entered{g, spawn != Root})
	x.addFrame(g)
	return g
}

func (f *Frame) parentFrame() *Frame { return f.Caller }

func (x *Exploration) addFrame(f *Frame) {
	f.index = len(x.Frames)
	x.Frames = append(x.Frames, f)
	if f.closure != nil && f.closure.Frame != nil {
		if mc, ok := f.closure.Value.(*ssa.MakeClosure); ok {
			for i, fv := range f.Fn.FreeVars {
				if i < len(mc.Bindings) {
					x.copyValue(f.closure.Frame, mc.Bindings[i], f, fv)
				}
			}
		}
	}
	for _, b := range f.Fn.Blocks {
		x.instrs += len(b.Instrs)
		for _, instr := range b.Instrs {
			x.constrain(f, instr)
		}
	}
}
