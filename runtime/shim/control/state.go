package control

import (
	"os"
	"runtime/debug"
	"unsafe"
)

// A state is what a controlled goroutine is at.
type state uint8

const (
	runnable state = iota // running, or could
	blocked               // waits for what its wait says
	outside               // is in native code that will come back by arrive
	idle                  // not to be run yet: its go statement, or a timer, will start it
	done
)

// A wait is what a blocked goroutine waits for.
type wait uint8

const (
	waitNothing wait = iota
	waitLock         // a Mutex
	waitWrite        // a RWMutex, to write
	waitRead         // a RWMutex, to read
	waitGroup        // a WaitGroup
	waitOnce         // a Once that another goroutine is in
	waitCond         // a Cond
	waitChannel      // one of cases
	waitTime         // a timer
	waitEver         // nothing can end it
	waitEnd          // main: until nobody else can go on
)

// A g is a controlled goroutine.
type g struct {
	// What is looked at in each step is together.

	id    int
	obj   unsafe.Pointer // what it waits for
	state state
	wait  wait
	// granted says that the wait is over whatever the state of the object says now.
	granted  bool
	yields   bool    // goes last at the next decision
	detached bool    // the token was taken from it; see outside.go
	back     bool    // it has come back and waits for the token
	cases    []scase // of waitChannel
	ncases   int
	streak   int // points since another goroutine ran

	parent  int
	created string // site of its go statement

	// wake hands the token to it, or tells it to execute a chosen case.
	wake chan struct{}
	// acked tells who chose the case that it was executed.
	acked chan struct{}

	op  op
	at  string
	seq int // when it began to wait; who waits longest is served first

	// chosen is the case that another goroutine tells it to execute natively, now; -1 is none.
	chosen  int
	wantAck bool

	// cond is the Cond that it waits for, from before it unlocks; signalled says that it
	// need not any more, and condSeq who came first.
	cond      unsafe.Pointer
	condSeq   int
	signalled bool
	// announced says that it waits to write obj, so new readers have to wait.
	announced  bool
	nextWriter *g // that has announced itself
	nextReader *g // that has been granted a lock
	// native tells it to leave the scheduler and block natively.
	native bool
	quit   bool // an idle goroutine: end

	prio int // of PCT

	holds *hold
	// arrived is set by a goroutine in native code that wants the token.
	born    *g   // go statements of its that are being executed, innermost first
	outer   *g   // the next of these
	real    bool // there is a goroutine of Go's for it
	started bool // which has begun
	daemon  bool // nobody expects it to end

	goid int64 // Go's number for it

	test     bool // it runs a test
	above    *g   // the test that runs this subtest
	parallel int  // its subtests that wait in testing for it to return
	paused   bool // it was such a subtest
}

// A hold is a lock that a goroutine holds.
type hold struct {
	obj  unsafe.Pointer
	kind op
	at   string
	next *hold
}

// A scase is a channel operation that a goroutine waits for.
type scase struct {
	ch   *hchan // nil never gets ready
	send bool
}

// s is the scheduler's state. There is one scheduler in a process, as there is
// one runtime. Who has the token may read and write it; nobody else may.
var s struct {
	active  bool // the program is controlled, or else on its own
	shaken  bool // perturbed instead
	current *g   // who has the token
	all     []*g // by number, from 1; all[0] is nil
	nall    int
	alive   []*g // those that are not done, by number
	nalive  int
	options []*g // scratch

	main     *g // whose end is the end of the program: main, or the test
	mainDone bool
	mainStep int // when
	mainTime int64
	tested   bool // a test was run
	free     bool // nobody has the token
	baseline int  // goroutines of Go's at the beginning, but for main
	coming   int  // goroutines in native code that are certain to come for the token

	gate     bool // closed: the watcher looks
	waiting  bool // who has the token waits for what is not controlled
	detached int  // goroutines that the token was taken from
	visitor  int  // 1 while the watcher, which is a goroutine too, decides

	strategy  strategy
	rng       uint64
	decisions int
	steps     int
	maxSteps  int
	seq       int
	hash      uint64

	devs  []dev // deviations from the default schedule that were made
	ndevs int

	now    int64 // virtual, ns since the beginning
	timers *vtimer
	tseq   int
	fires  int // after main was done; not those that were due

	writers  *g // that have announced themselves
	promised *g // readers that have been granted a lock and have not taken it yet

	once  *onceRun
	pools *pool
	afuns *afterFunc

	races  int
	trace  bool
	out    *os.File
	began  string // schedule, as asked for
	misses []string
	nmiss  int
	cause  string // of a stall

	lastDecision, lastOptions int
	lastNow                   int64
	objects                   []numbered
	nobjects                  int
	events                    int
	woken                     int

	progress uint32 // changes with every step; read by the watchdog
	buf      [4096]byte
	nbuf     int
}

// mine is the calling goroutine if it is controlled. Only the one that has the
// token can call.
//
//go:norace
func mine() *g {
	if !s.active {
		return nil
	}
	if debug.SetPanicOnFault(true) {
		if s.gate || s.detached > 0 {
			return identify()
		}
		return s.current
	}
	debug.SetPanicOnFault(false)
	return nil
}

// own makes the calling goroutine a controlled one, or no longer.
//
//go:norace
func own(yes bool) { debug.SetPanicOnFault(yes) }

// newG adds a goroutine. It is runnable.
//
//go:norace
func newG(created string) *g {
	if s.nall == len(s.all) {
		s.all = growGs(s.all)
	}
	if s.nalive == len(s.alive) {
		s.alive = growGs(s.alive)
		s.options = make([]*g, len(s.alive))
	}
	n := new(g)
	n.id = s.nall
	n.created = created
	n.wake = make(chan struct{}, 1)
	n.acked = make(chan struct{}, 1)
	n.chosen = -1
	n.prio = 1<<20 + random(1<<20)
	if s.current != nil {
		n.parent = s.current.id
	}
	s.all[s.nall] = n
	s.nall++
	s.alive[s.nalive] = n
	s.nalive++
	return n
}

//go:norace
func growGs(list []*g) []*g {
	bigger := make([]*g, 2*len(list))
	//lint:ignore S1001 the race detector sees what copy does
	for i := 0; i < len(list); i++ {
		bigger[i] = list[i]
	}
	return bigger
}

// bury takes a goroutine off the list of those that are not done.
//
//go:norace
func bury(dead *g) {
	dead.state = done
	k := position(dead.id)
	if k == s.nalive || s.alive[k] != dead {
		return
	}
	s.nalive--
	for i := k; i < s.nalive; i++ {
		s.alive[i] = s.alive[i+1]
	}
	s.alive[s.nalive] = nil
}

// holding notes that a goroutine has taken a lock.
//
//go:norace
func holding(me *g, obj unsafe.Pointer, kind op, at string) {
	me.holds = &hold{obj, kind, at, me.holds}
}

// released notes that a lock is free, or has one reader less. Who unlocks need
// not be who locked.
//
//go:norace
func released(me *g, obj unsafe.Pointer, kind op) {
	if drop(me, obj, kind) {
		return
	}
	for i := 0; i < s.nalive; i++ {
		if drop(s.alive[i], obj, kind) {
			return
		}
	}
}

//go:norace
func drop(holder *g, obj unsafe.Pointer, kind op) bool {
	for p := &holder.holds; *p != nil; p = &(*p).next {
		if (*p).obj == obj && (*p).kind == kind {
			*p = (*p).next
			return true
		}
	}
	return false
}
