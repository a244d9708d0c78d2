// Package randprog makes programs out of byte strings, for tests that run the
// suite over what nobody would write.
//
// Every string gives a package that compiles, and the same string the same
// package. Each byte decides one thing, so that a fuzzer which changes a byte
// changes the program a little; where the string ends, the plainest choice is
// made. The programs make no sense: they lock what they hold, unlock what they
// do not, wait for themselves and jump about. They have all that engines have to
// follow: locks of every kind behind every kind of path, function values,
// deferred calls, goroutines, channels, recursion, type parameters, range over
// functions, labels, and code that is never reached.
package randprog

import (
	"fmt"
	"strings"
)

// Imports are the packages that programs import.
func Imports() []string { return []string{"context", "errors", "sync", "sync/atomic", "time"} }

// Package returns the source of a package in one file.
func Package(name string, data []byte) string {
	g := &generator{data: data}
	g.printf("package %s\n%s", name, prelude)
	g.funcs = 1 + g.choose(maxFuncs)
	for i := range g.funcs {
		g.function(i)
	}
	return g.out.String()
}

const (
	maxFuncs      = 5
	maxStatements = 25 // of a function, before it comes to an end
	maxDepth      = 6
)

// prelude has the types and variables that every program uses, and uses every
// import.
const prelude = `
import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

type T struct {
	sync.Mutex
	mu, other sync.Mutex
	rw        sync.RWMutex
	shared    *sync.RWMutex
	locker    sync.Locker
	byName    map[string]*sync.Mutex
	list      []sync.Mutex
	pair      [2]struct{ mu sync.RWMutex }
	wg        sync.WaitGroup
	once      sync.Once
	cond      *sync.Cond
	pool      sync.Pool
	all       sync.Map
	n         int
	count     atomic.Int64
	m         map[string]int
	c         chan int
	done      chan struct{}
	next      *T
	f         func()
	err       error
	iface     doer
}

type outer struct {
	*T
	rest []*T
}

type doer interface {
	do(t *T) error
	sync.Locker
}

func (t *T) do(u *T) error {
	t.Lock()
	defer t.Unlock()
	u.n++
	return t.err
}

func (t *T) lock() func() {
	t.mu.Lock()
	return t.mu.Unlock
}

func (t *T) unlock() { t.mu.Unlock() }

func (t *T) each(yield func(int, *T) bool) {
	t.rw.RLock()
	defer t.rw.RUnlock()
	for i := 0; t != nil; i, t = i+1, t.next {
		if !yield(i, t) {
			return
		}
	}
}

type box[K comparable, V any] struct {
	mu sync.RWMutex
	m  map[K]V
}

func (b *box[K, V]) get(k K, make func() V) V {
	b.mu.RLock()
	v, ok := b.m[k]
	b.mu.RUnlock()
	if !ok {
		b.mu.Lock()
		v = make()
		b.m[k] = v
		b.mu.Unlock()
	}
	return v
}

func with[L sync.Locker, R any](l L, f func() R) R {
	l.Lock()
	defer l.Unlock()
	return f()
}

type group struct {
	wg   sync.WaitGroup
	once sync.Once
	err  error
}

func (g *group) Go(f func() error) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		if err := f(); err != nil {
			g.once.Do(func() { g.err = err })
		}
	}()
}

func (g *group) Wait() error {
	g.wg.Wait()
	return g.err
}

var (
	mu     sync.Mutex
	rw     sync.RWMutex
	global = &T{done: make(chan struct{})}
	things = map[string]*T{}
	boxes  box[string, *T]
	n      int
	hook   func(*T) error
	errBad = errors.New("bad")
	begun  = time.Now()
	table  = []func(*T, int) error{func(t *T, n int) error { t.mu.Lock(); return nil }}
	root   = context.Background()
)
`

// A generator writes one program. Its variables in scope are named by their
// type and numbered.
type generator struct {
	data       []byte
	out        strings.Builder
	funcs      int
	statements int // left to be written in the function
	depth      int
	names      int
	ts         []string // expressions of type *T in scope
	closures   []string // variables of type func() in scope
	loops      []string // labels of the loops around, "" if without
	results    bool     // the function around returns an error
}

func (g *generator) printf(format string, args ...any) { fmt.Fprintf(&g.out, format, args...) }

// choose returns a number below n.
func (g *generator) choose(n int) int {
	if len(g.data) == 0 {
		return 0
	}
	b := g.data[0]
	g.data = g.data[1:]
	return int(b) % n
}

func (g *generator) pick(list ...string) string { return list[g.choose(len(list))] }

func (g *generator) name(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

// function writes the function f0, f1, and so on, of one of the forms that
// call knows.
func (g *generator) function(i int) {
	g.statements, g.results = maxStatements, true
	g.ts, g.closures, g.loops = []string{"t", "t", "global"}, nil, nil
	switch i % 4 {
	case 0:
		g.printf("\nfunc f%d(t *T, n int) (err error) {\n", i)
	case 1:
		g.printf("\nfunc (t *T) f%d(n int) error {\nvar err error\n", i)
	case 2:
		g.printf("\nfunc f%d[P any](t *T, n int, p P) error {\nvar err error\n_ = p\n", i)
	case 3:
		g.printf("\nfunc (o outer) f%d(n int) (err error) {\nt := o.T\n_ = t\nfor _, u := range o.rest { u.mu.Lock() }\n", i)
	}
	g.body()
	g.printf("return err\n}\n")
}

// call is a call of one of the functions of the program.
func (g *generator) call() string {
	i, t := g.choose(g.funcs), g.t()
	switch i % 4 {
	case 0:
		return fmt.Sprintf("f%d(%s, n)", i, t)
	case 1:
		return fmt.Sprintf("%s.f%d(n-1)", t, i)
	case 2:
		return fmt.Sprintf("f%d(%s, n, %s)", i, t, g.pick("n", "t", `""`, "&t.mu", "f0"))
	}
	return fmt.Sprintf("(outer{T: %s}).f%d(n)", t, i)
}

// t is an expression of type *T.
func (g *generator) t() string {
	e := g.ts[g.choose(len(g.ts))]
	switch g.choose(6) {
	case 3:
		return e + ".next"
	case 4:
		return g.pick(`things["a"]`, "(outer{T: "+e+"}).T", "new(T)", e+".next.next")
	case 5:
		return `boxes.get("k", func() *T { return ` + e + ` })`
	}
	return e
}

// lock is an expression on which Lock and Unlock can be called.
func (g *generator) lock() string {
	switch g.choose(12) {
	case 0, 1:
		return g.t() + ".mu"
	case 2:
		return g.rwlock()
	case 3:
		return g.t()
	case 4:
		return g.t() + `.byName["x"]`
	case 5:
		return g.t() + ".list[n]"
	case 6:
		return g.t() + ".locker"
	case 7:
		return "mu"
	case 8:
		return g.t() + ".cond.L"
	case 9:
		return g.t() + ".iface"
	case 10:
		return "sync.Locker(&" + g.t() + ".other)"
	}
	return g.t() + ".rw.RLocker()"
}

func (g *generator) rwlock() string {
	switch g.choose(4) {
	case 0:
		return g.t() + ".rw"
	case 1:
		return g.t() + ".shared"
	case 2:
		return g.t() + ".pair[n&1].mu"
	}
	return "rw"
}

// mutex is an expression on which TryLock can be called.
func (g *generator) mutex() string {
	return g.pick(g.t()+".mu", g.rwlock(), "mu", g.t()+".other")
}

func (g *generator) cond() string {
	switch g.choose(9) {
	case 1:
		return g.t() + ".n > n"
	case 2:
		return "err != nil"
	case 3:
		return g.mutex() + ".TryLock()"
	case 4:
		return g.call() + " == nil"
	case 5:
		return g.t() + " == " + g.t()
	case 6:
		return "n == " + g.pick("0", "1", "2")
	case 7:
		return "!(" + g.cond2() + ")"
	case 8:
		return g.t() + ".count.Add(1) > 0"
	}
	return "n > 0"
}

func (g *generator) cond2() string {
	return g.pick("n > 0 && t != nil", "err == nil || n < 3", "true", "false")
}

// body writes some statements. Variables that they declare go out of scope.
func (g *generator) body() {
	ts, closures := len(g.ts), len(g.closures)
	g.depth++
	for range 1 + g.choose(5) {
		g.statement()
	}
	g.depth--
	g.ts, g.closures = g.ts[:ts], g.closures[:closures]
}

func (g *generator) block() {
	g.printf("{\n")
	g.body()
	g.printf("}")
}

// literal writes a function literal of type func(), or func() error, which
// cannot jump out of itself.
func (g *generator) literal(result bool) {
	loops, results := g.loops, g.results
	g.loops, g.results = nil, result
	if result {
		g.printf("func() error ")
	} else {
		g.printf("func() ")
	}
	g.printf("{\n")
	g.body()
	if result {
		g.printf("return %s\n", g.pick("err", "nil", "errBad", g.call()))
	}
	g.printf("}")
	g.loops, g.results = loops, results
}
