package instrument

import (
	"go/types"
	"strings"
)

// A way says what becomes of the uses of a function or method.
type way int

const (
	renamed way = iota // the function in package control has the same type
	placed             // and one more parameter, the last: where it is called
	inTest             // as placed, in package controltest
	then               // it is what it was, after a point
	whole              // as placed, and given the value that the method is called on, whatever embeds what
)

// An operation is what stands for a function or method of the library.
type operation struct {
	name string
	way  way
}

// functions are the operations, by [types.Func.FullName].
func functions() map[string]operation {
	table := map[string]operation{
		"os.Exit": {"Exit", renamed}, "log.Fatal": {"Fatal", renamed}, "log.Fatalf": {"Fatalf", renamed}, "log.Fatalln": {"Fatalln", renamed},
		"sync.OnceFunc": {"OnceFunc", renamed}, "sync.OnceValue": {"OnceValue", renamed}, "sync.OnceValues": {"OnceValues", renamed},
		"time.Now": {"Now", renamed}, "time.Since": {"Since", renamed}, "time.Until": {"Until", renamed},
		"runtime.NumGoroutine": {"NumGoroutine", renamed},

		"(context.Context).Deadline": {"ContextDeadline", placed},

		"runtime.Gosched": {"Gosched", placed}, "context.AfterFunc": {"ContextAfterFunc", placed},
		"(*testing.T).Run": {"Run", inTest}, "(*testing.T).Parallel": {"Parallel", inTest},
	}
	for prefix, names := range map[string]string{
		"time.":              "Sleep After Tick NewTimer NewTicker AfterFunc",
		"context.":           "WithCancel WithCancelCause WithTimeout WithTimeoutCause WithDeadline WithDeadlineCause",
		"(*sync.Mutex).":     "Lock Unlock TryLock",
		"(*sync.RWMutex).":   "Lock=RWLock Unlock=RWUnlock RLock RUnlock TryLock=RWTryLock TryRLock=RTryLock",
		"(*sync.WaitGroup).": "Add=WGAdd Done=WGDone Wait=WGWait Go=WGGo",
		"(*sync.Once).":      "Do=OnceDo",
		"(*sync.Cond).":      "Wait=CondWait Signal=CondSignal Broadcast=CondBroadcast",
		"(*sync.Pool).":      "Get=PoolGet Put=PoolPut",
		"(*time.Timer).":     "Stop=TimerStop Reset=TimerReset",
		"(*time.Ticker).":    "Stop=TickerStop Reset=TickerReset",
	} {
		for _, entry := range strings.Fields(names) {
			name, to, ok := strings.Cut(entry, "=")
			if !ok {
				to = name
			}
			table[prefix+name] = operation{to, placed}
		}
	}
	return table
}

// lockers are the methods of interfaces that are taken for those of locks.
func lockers() map[string]operation {
	return map[string]operation{
		"Lock": {"LockerLock", placed}, "Unlock": {"LockerUnlock", placed},
		"RLock": {"LockerRLock", placed}, "RUnlock": {"LockerRUnlock", placed},
	}
}

// operationOf returns the operation that stands for fn.
func (e *editor) operationOf(fn *types.Func) (operation, bool) {
	sig := fn.Signature()
	if fn.Pkg() == nil {
		return operation{}, false
	}
	if isDeadline(fn) {
		return operation{fn.Name(), whole}, true
	}
	if recv := sig.Recv(); recv != nil && types.IsInterface(recv.Type()) && fn.Pkg().Path() != "context" {
		op, ok := e.lockers[fn.Name()]
		return op, ok && sig.Params().Len() == 0 && sig.Results().Len() == 0
	}
	switch path := fn.Pkg().Path(); path {
	case "os", "log", "sync", "time", "runtime", "context", "testing":
		name := fn.FullName()
		if strings.HasPrefix(name, "(*sync.Map).") {
			return operation{fn.Name(), then}, true
		}
		op, ok := e.functions[name]
		return op, ok
	case "sync/atomic":
		return operation{fn.Name(), then}, true
	}
	return operation{}, false
}

// isDeadline reports whether fn sets a deadline of a connection or a file.
func isDeadline(fn *types.Func) bool {
	switch fn.Name() {
	case "SetDeadline", "SetReadDeadline", "SetWriteDeadline":
	default:
		return false
	}
	sig := fn.Signature()
	recv := sig.Recv()
	if recv == nil || sig.Params().Len() != 1 || sig.Results().Len() != 1 ||
		sig.Params().At(0).Type().String() != "time.Time" || sig.Results().At(0).Type().String() != "error" {
		return false
	}
	switch fn.Pkg().Path() {
	case "net", "os", "crypto/tls", "net/http":
		return true
	}
	return types.IsInterface(recv.Type())
}
