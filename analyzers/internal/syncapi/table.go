package syncapi

import "go/types"

// A Kind is what an operation does.
type Kind uint8

const (
	_ Kind = iota

	// Operations on a sync.Mutex, sync.RWMutex or sync.Locker. Lock and
	// TryLock of a Mutex or a Locker exclude writers and readers alike.
	Lock
	Unlock
	RLock
	RUnlock
	TryLock  // result tells whether the lock is held
	TryRLock // result tells whether the lock is held
	RLocker  // result is a Locker whose Lock is RLock

	WaitGroupAdd
	WaitGroupDone
	WaitGroupWait
	WaitGroupGo // starts Callback; also Add(1) and, at its end, Done

	OnceDo   // calls Callback if it is the first; returns when the first is done
	OnceFunc // result calls Callback once; also OnceValue, OnceValues

	CondNew // argument is the Locker
	CondWait
	CondSignal
	CondBroadcast

	AtomicLoad
	AtomicStore
	AtomicRMW // Add, And, Or, Swap
	AtomicCAS

	MapRead  // sync.Map: Load, Range
	MapWrite // sync.Map: Store, Delete, Clear
	MapRMW   // sync.Map: LoadOrStore, LoadAndDelete, Swap, CompareAndSwap, CompareAndDelete
	PoolGet
	PoolPut

	ContextNew    // WithCancel, WithTimeout, …: results are a context and its cancel function
	ContextDone   // Done: result is closed on cancellation
	ContextErr    // Err, Cause
	ContextWait   // AfterFunc: starts Callback on cancellation
	Sleep         // blocks for a time
	TimerNew      // NewTimer, NewTicker, After, Tick
	TimerStart    // time.AfterFunc: starts Callback later
	TimerStop     // Stop: result tells whether Callback was kept from starting
	TimerReset    // Reset
	SignalNotify  // os/signal.Notify
	GroupNew      // errgroup.WithContext
	GroupGo       // errgroup Go, TryGo: starts Callback
	GroupWait     // errgroup Wait: all Callbacks have returned
	GroupLimit    // errgroup SetLimit
	TestParallel  // t.Parallel: what follows runs beside other tests
	TestRun       // t.Run: calls Callback, in another goroutine, and waits unless it is parallel
	TestCleanup   // t.Cleanup: Callback runs when the test has ended
	TestFailNow   // FailNow, Fatal, Skip…: ends the goroutine
	TestLog       // Log, Error…: must not be called once the test has ended
	BenchParallel // b.RunParallel: Callback runs in several goroutines at once; waits
	BenchNext     // pb.Next
	Handler       // net/http registration: Callback runs in several goroutines at once
	ServeHTTP     // net/http serving: calls registered handlers
	Finalizer     // runtime.SetFinalizer, AddCleanup: Callback runs in another goroutine
	Goexit        // runtime.Goexit: ends the goroutine
	CallsBack     // calls Callback before it returns, in the same goroutine
)

type entry struct {
	kind     Kind
	callback int8 // 1-based index, receiver not counted, of the function argument that is called
	async    bool
}

// A name is a function (recv empty) or method of a package.
type name struct{ pkg, recv, fn string }

func lookup(fn *types.Func) (entry, bool) {
	if fn == nil || fn.Pkg() == nil || !packages[fn.Pkg().Path()] {
		return entry{}, false
	}
	n := name{pkg: fn.Pkg().Path(), fn: fn.Name()}
	if recv := receiverName(fn); recv != nil {
		n.recv = recv.Name()
	} else if fn.Signature().Recv() != nil {
		return entry{}, false // method of an unnamed interface
	}
	e, ok := table[n]
	return e, ok
}

// The tables are built once and never changed.
var (
	table    = buildTable()
	packages = tablePackages()
)

func tablePackages() map[string]bool {
	pkgs := make(map[string]bool)
	for n := range table {
		pkgs[n.pkg] = true
	}
	return pkgs
}

func buildTable() map[name]entry {
	t := make(map[name]entry)
	add := func(pkg, recv string, e entry, fns ...string) {
		for _, fn := range fns {
			t[name{pkg, recv, fn}] = e
		}
	}
	plain := func(k Kind) entry { return entry{kind: k} }
	calls := func(k Kind, arg int8) entry { return entry{kind: k, callback: arg} }
	starts := func(k Kind, arg int8) entry { return entry{kind: k, callback: arg, async: true} }

	// internal/sync is what sync.Mutex is made of; the runtime's own tests and
	// internal/sync itself use it directly.
	for _, m := range []name{{"sync", "Mutex", ""}, {"sync", "RWMutex", ""}, {"sync", "Locker", ""}, {"internal/sync", "Mutex", ""}} {
		add(m.pkg, m.recv, plain(Lock), "Lock")
		add(m.pkg, m.recv, plain(Unlock), "Unlock")
		add(m.pkg, m.recv, plain(TryLock), "TryLock")
	}
	add("sync", "RWMutex", plain(RLock), "RLock")
	add("sync", "RWMutex", plain(RUnlock), "RUnlock")
	add("sync", "RWMutex", plain(TryRLock), "TryRLock")
	add("sync", "RWMutex", plain(RLocker), "RLocker")

	add("sync", "WaitGroup", plain(WaitGroupAdd), "Add")
	add("sync", "WaitGroup", plain(WaitGroupDone), "Done")
	add("sync", "WaitGroup", plain(WaitGroupWait), "Wait")
	add("sync", "WaitGroup", starts(WaitGroupGo, 1), "Go")
	add("sync", "Once", calls(OnceDo, 1), "Do")
	add("sync", "", calls(OnceFunc, 1), "OnceFunc", "OnceValue", "OnceValues")
	add("sync", "", plain(CondNew), "NewCond")
	add("sync", "Cond", plain(CondWait), "Wait")
	add("sync", "Cond", plain(CondSignal), "Signal")
	add("sync", "Cond", plain(CondBroadcast), "Broadcast")
	add("sync", "Map", plain(MapRead), "Load")
	add("sync", "Map", calls(MapRead, 1), "Range")
	add("sync", "Map", plain(MapWrite), "Store", "Delete", "Clear")
	add("sync", "Map", plain(MapRMW), "LoadOrStore", "LoadAndDelete", "Swap", "CompareAndSwap", "CompareAndDelete")
	add("sync", "Pool", plain(PoolGet), "Get")
	add("sync", "Pool", plain(PoolPut), "Put")

	for _, typ := range []string{"Bool", "Int32", "Int64", "Uint32", "Uint64", "Uintptr", "Pointer", "Value"} {
		add("sync/atomic", typ, plain(AtomicLoad), "Load")
		add("sync/atomic", typ, plain(AtomicStore), "Store")
		add("sync/atomic", typ, plain(AtomicRMW), "Add", "And", "Or", "Swap")
		add("sync/atomic", typ, plain(AtomicCAS), "CompareAndSwap")
	}
	for _, typ := range []string{"Int32", "Int64", "Uint32", "Uint64", "Uintptr", "Pointer"} {
		add("sync/atomic", "", plain(AtomicLoad), "Load"+typ)
		add("sync/atomic", "", plain(AtomicStore), "Store"+typ)
		add("sync/atomic", "", plain(AtomicRMW), "Add"+typ, "And"+typ, "Or"+typ, "Swap"+typ)
		add("sync/atomic", "", plain(AtomicCAS), "CompareAndSwap"+typ)
	}

	add("context", "", plain(ContextNew), "WithCancel", "WithCancelCause", "WithDeadline", "WithDeadlineCause", "WithTimeout", "WithTimeoutCause")
	add("context", "", starts(ContextWait, 2), "AfterFunc")
	add("context", "", plain(ContextErr), "Cause")
	add("context", "Context", plain(ContextDone), "Done")
	add("context", "Context", plain(ContextErr), "Err")

	add("time", "", plain(Sleep), "Sleep")
	add("time", "", plain(TimerNew), "NewTimer", "NewTicker", "After", "Tick")
	add("time", "", starts(TimerStart, 2), "AfterFunc")
	for _, typ := range []string{"Timer", "Ticker"} {
		add("time", typ, plain(TimerStop), "Stop")
		add("time", typ, plain(TimerReset), "Reset")
	}
	add("os/signal", "", plain(SignalNotify), "Notify")
	add("os/signal", "", plain(ContextNew), "NotifyContext")

	for _, pkg := range []string{"golang.org/x/sync/errgroup", "cmd/vendor/golang.org/x/sync/errgroup"} {
		add(pkg, "", plain(GroupNew), "WithContext")
		add(pkg, "Group", starts(GroupGo, 1), "Go", "TryGo")
		add(pkg, "Group", plain(GroupWait), "Wait")
		add(pkg, "Group", plain(GroupLimit), "SetLimit")
	}

	for _, typ := range []string{"common", "T", "B", "F", "TB"} {
		add("testing", typ, plain(TestFailNow), "FailNow", "Fatal", "Fatalf", "Skip", "Skipf", "SkipNow")
		add("testing", typ, plain(TestLog), "Log", "Logf", "Error", "Errorf")
		add("testing", typ, starts(TestCleanup, 1), "Cleanup")
	}
	add("testing", "T", plain(TestParallel), "Parallel")
	add("testing", "T", starts(TestRun, 2), "Run")
	add("testing", "B", starts(TestRun, 2), "Run")
	add("testing", "B", starts(BenchParallel, 1), "RunParallel")
	add("testing", "PB", plain(BenchNext), "Next")

	add("net/http", "", starts(Handler, 2), "Handle", "HandleFunc")
	add("net/http", "ServeMux", starts(Handler, 2), "Handle", "HandleFunc")
	add("net/http", "", plain(ServeHTTP), "ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS")
	add("net/http", "Server", plain(ServeHTTP), "ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS")

	add("runtime", "", starts(Finalizer, 2), "SetFinalizer", "AddCleanup")
	add("runtime", "", plain(Goexit), "Goexit")

	add("sort", "", calls(CallsBack, 2), "Slice", "SliceStable", "SliceIsSorted", "Search", "Find")
	add("slices", "", calls(CallsBack, 2), "SortFunc", "SortStableFunc", "IsSortedFunc", "ContainsFunc", "IndexFunc", "DeleteFunc",
		"CompactFunc", "MaxFunc", "MinFunc", "SortedFunc", "SortedStableFunc")
	add("slices", "", calls(CallsBack, 3), "BinarySearchFunc", "EqualFunc", "CompareFunc")
	add("maps", "", calls(CallsBack, 2), "DeleteFunc")
	add("maps", "", calls(CallsBack, 3), "EqualFunc")
	for _, pkg := range []string{"strings", "bytes"} {
		add(pkg, "", calls(CallsBack, 1), "Map")
		add(pkg, "", calls(CallsBack, 2), "IndexFunc", "LastIndexFunc", "ContainsFunc", "FieldsFunc", "TrimFunc", "TrimLeftFunc", "TrimRightFunc")
	}
	add("path/filepath", "", calls(CallsBack, 2), "Walk", "WalkDir")
	add("io/fs", "", calls(CallsBack, 3), "WalkDir")
	add("go/ast", "", calls(CallsBack, 2), "Inspect")
	add("flag", "", calls(CallsBack, 1), "Visit", "VisitAll")
	add("flag", "FlagSet", calls(CallsBack, 1), "Visit", "VisitAll")
	add("container/ring", "Ring", calls(CallsBack, 1), "Do")
	return t
}
