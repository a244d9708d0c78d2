package syncapi

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Quiet reports whether a call of a function that is not in the package under
// analysis neither waits for another goroutine nor tells one anything, and keeps no
// pointer that it is given. It knows the standard library; everything else is taken
// to synchronise in some way.
func Quiet(call *ssa.CallCommon) bool {
	var obj *types.Func
	if call.IsInvoke() {
		obj = call.Method
		// An interface may be implemented by anything, unless it is one that
		// has one kind of implementation.
		if obj.Name() == "Error" || obj.Name() == "String" {
			return true
		}
	} else if fn := call.StaticCallee(); fn != nil {
		obj, _ = fn.Object().(*types.Func)
		if o := fn.Origin(); obj == nil && o != nil {
			obj, _ = o.Object().(*types.Func)
		}
	}
	if obj == nil || obj.Pkg() == nil {
		return obj != nil // a method of the universe: error.Error
	}
	for _, arg := range call.Args {
		if callsBack(arg.Type()) {
			return false
		}
	}
	if obj.Pkg().Path() == "fmt" && strings.HasPrefix(obj.Name(), "F") {
		// Fprint to one end of a pipe, Fscan from the other
		return writesFirst(obj) && inMemory(call.Args[0])
	}
	if named := invoked(call); named != nil {
		return quietPackage(named.Pkg().Path())
	}
	return quietPackage(obj.Pkg().Path())
}

// quietPackage names the packages whose functions are quiet.
func quietPackage(path string) bool {
	switch path {
	case "fmt", "errors", "strings", "strconv", "bytes", "math", "math/big", "math/bits", "math/rand", "math/rand/v2", "math/cmplx",
		"sort", "slices", "maps", "cmp", "unicode", "unicode/utf8", "unicode/utf16", "unsafe", "runtime", "runtime/debug", "time", "log",
		"reflect", "path", "path/filepath", "regexp", "regexp/syntax", "testing", "internal/race", "internal/goarch",
		"internal/abi", "internal/bytealg", "internal/itoa", "internal/godebug", "internal/stringslite", "internal/byteorder", "encoding/binary",
		"encoding/hex", "encoding/base64", "container/list", "container/heap", "container/ring", "html", "net/url", "net/netip", "internal/testenv", "flag":
		return true
	}
	return path != "crypto/tls" && (strings.HasPrefix(path, "hash") || strings.HasPrefix(path, "crypto/") || strings.HasPrefix(path, "go/"))
}

// invoked is the named type that an interface method is called through.
func invoked(call *ssa.CallCommon) *types.TypeName {
	if !call.IsInvoke() {
		return nil
	}
	if n, ok := types.Unalias(call.Value.Type()).(*types.Named); ok && n.Obj().Pkg() != nil {
		return n.Obj()
	}
	return nil
}

// callsBack reports whether a value of type t is a function.
func callsBack(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// Acquires reports whether an operation may learn what another goroutine did before,
// or wait for it; used says whether the caller looks at its result.
func (k Kind) Acquires(used bool) bool {
	switch k {
	case Lock, RLock, TryLock, TryRLock, WaitGroupWait, OnceDo, OnceFunc, CondWait, MapRead, MapRMW, PoolGet, GroupWait,
		ContextErr, SignalNotify, TestRun, TestParallel, BenchParallel, BenchNext, ServeHTTP:
		return true
	case AtomicLoad, AtomicRMW, AtomicCAS, TimerStop:
		return used
	}
	return false
}

// Neutral reports whether an operation neither tells another goroutine anything nor
// learns or waits; it may take time.
func (k Kind) Neutral() bool {
	switch k {
	case Sleep, TestFailNow, TestLog, CallsBack, RLocker, Goexit:
		return true
	}
	return false
}
