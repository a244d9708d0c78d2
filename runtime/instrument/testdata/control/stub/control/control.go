// Package control has the functions that programs under control call. They do
// what the program did before.
package control

import (
	"cmp"
	"context"
	"log"
	"os"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"time"
)

type G struct{}

func Begin(at string) *G { return new(G) }
func (g *G) End()        {}
func (g *G) Start()      {}
func Began(at string)    {}
func Gosched(at string)  { runtime.Gosched() }
func NumGoroutine() int  { return runtime.NumGoroutine() }
func Forever(at string)  { select {} }
func AtEnd()             {}
func Exit(code int)      { os.Exit(code) }
func Fatal(v ...any)     { log.Fatal(v...) }

func Fatalf(format string, v ...any) { log.Fatalf(format, v...) }
func Fatalln(v ...any)               { log.Fatalln(v...) }

func Send[T any](ch chan<- T, at string) func(T)         { return func(v T) { ch <- v } }
func Recv[T any](ch <-chan T, at string) T               { return <-ch }
func Recv2[T any](ch <-chan T, at string) (v T, ok bool) { v, ok = <-ch; return }
func Close[T any](ch chan<- T, at string)                { close(ch) }

type Selection struct {
	cases []reflect.SelectCase
	got   []func(reflect.Value, bool)
	rest  bool
}

type Received[T any] struct {
	v  T
	ok bool
}

func (r *Received[T]) Value() T          { return r.v }
func (r *Received[T]) Value2() (T, bool) { return r.v, r.ok }

func Select(at string, hasDefault bool) *Selection { return &Selection{rest: hasDefault} }

func RecvCase[T any](s *Selection, ch <-chan T, at string) *Received[T] {
	r := new(Received[T])
	s.cases = append(s.cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ch)})
	s.got = append(s.got, func(v reflect.Value, ok bool) {
		reflect.ValueOf(&r.v).Elem().Set(v)
		r.ok = ok
	})
	return r
}

func SendCase[T any](s *Selection, ch chan<- T, at string) func(T) {
	return func(v T) {
		s.cases = append(s.cases, reflect.SelectCase{Dir: reflect.SelectSend, Chan: reflect.ValueOf(ch), Send: reflect.ValueOf(&v).Elem()})
		s.got = append(s.got, func(reflect.Value, bool) {})
	}
}

func (s *Selection) Do() int {
	cases := s.cases
	if s.rest {
		cases = append(slices.Clip(cases), reflect.SelectCase{Dir: reflect.SelectDefault})
	}
	i, v, ok := reflect.Select(cases)
	if i == len(s.cases) {
		return -1
	}
	s.got[i](v, ok)
	return i
}

func Lock(m *sync.Mutex, at string)               { m.Lock() }
func Unlock(m *sync.Mutex, at string)             { m.Unlock() }
func TryLock(m *sync.Mutex, at string) bool       { return m.TryLock() }
func RWLock(m *sync.RWMutex, at string)           { m.Lock() }
func RWUnlock(m *sync.RWMutex, at string)         { m.Unlock() }
func RLock(m *sync.RWMutex, at string)            { m.RLock() }
func RUnlock(m *sync.RWMutex, at string)          { m.RUnlock() }
func RWTryLock(m *sync.RWMutex, at string) bool   { return m.TryLock() }
func RTryLock(m *sync.RWMutex, at string) bool    { return m.TryRLock() }
func LockerLock(l interface{ Lock() }, at string) { l.Lock() }

func LockerUnlock(l interface{ Unlock() }, at string)   { l.Unlock() }
func LockerRLock(l interface{ RLock() }, at string)     { l.RLock() }
func LockerRUnlock(l interface{ RUnlock() }, at string) { l.RUnlock() }

func WGAdd(w *sync.WaitGroup, n int, at string)   { w.Add(n) }
func WGDone(w *sync.WaitGroup, at string)         { w.Done() }
func WGWait(w *sync.WaitGroup, at string)         { w.Wait() }
func WGGo(w *sync.WaitGroup, f func(), at string) { w.Go(f) }
func OnceDo(o *sync.Once, f func(), at string)    { o.Do(f) }
func OnceFunc(f func()) func()                    { return sync.OnceFunc(f) }
func OnceValue[T any](f func() T) func() T        { return sync.OnceValue(f) }
func CondWait(c *sync.Cond, at string)            { c.Wait() }
func CondSignal(c *sync.Cond, at string)          { c.Signal() }
func CondBroadcast(c *sync.Cond, at string)       { c.Broadcast() }
func PoolGet(p *sync.Pool, at string) any         { return p.Get() }
func PoolPut(p *sync.Pool, x any, at string)      { p.Put(x) }

func OnceValues[T, U any](f func() (T, U)) func() (T, U) { return sync.OnceValues(f) }

func Sleep(d time.Duration, at string)                           { time.Sleep(d) }
func After(d time.Duration, at string) <-chan time.Time          { return time.After(d) }
func Tick(d time.Duration, at string) <-chan time.Time           { return time.Tick(d) }
func NewTimer(d time.Duration, at string) *time.Timer            { return time.NewTimer(d) }
func NewTicker(d time.Duration, at string) *time.Ticker          { return time.NewTicker(d) }
func AfterFunc(d time.Duration, f func(), at string) *time.Timer { return time.AfterFunc(d, f) }
func TimerStop(t *time.Timer, at string) bool                    { return t.Stop() }
func TimerReset(t *time.Timer, d time.Duration, at string) bool  { return t.Reset(d) }
func TickerStop(t *time.Ticker, at string)                       { t.Stop() }
func TickerReset(t *time.Ticker, d time.Duration, at string)     { t.Reset(d) }
func Now() time.Time                                             { return time.Now() }
func Since(t time.Time) time.Duration                            { return time.Since(t) }
func Until(t time.Time) time.Duration                            { return time.Until(t) }

func WithCancel(parent context.Context, at string) (context.Context, context.CancelFunc) {
	return context.WithCancel(parent)
}

func WithCancelCause(parent context.Context, at string) (context.Context, context.CancelCauseFunc) {
	return context.WithCancelCause(parent)
}

func WithTimeout(parent context.Context, d time.Duration, at string) (context.Context, context.CancelFunc) {
	return context.WithTimeout(parent, d)
}

func WithTimeoutCause(parent context.Context, d time.Duration, cause error, at string) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(parent, d, cause)
}

func WithDeadline(parent context.Context, t time.Time, at string) (context.Context, context.CancelFunc) {
	return context.WithDeadline(parent, t)
}

func WithDeadlineCause(parent context.Context, t time.Time, cause error, at string) (context.Context, context.CancelFunc) {
	return context.WithDeadlineCause(parent, t, cause)
}

func ContextDeadline(ctx context.Context, at string) (time.Time, bool) { return ctx.Deadline() }

func SetDeadline(c interface{ SetDeadline(time.Time) error }, t time.Time, at string) error {
	return c.SetDeadline(t)
}

func SetReadDeadline(c interface{ SetReadDeadline(time.Time) error }, t time.Time, at string) error {
	return c.SetReadDeadline(t)
}

func SetWriteDeadline(c interface{ SetWriteDeadline(time.Time) error }, t time.Time, at string) error {
	return c.SetWriteDeadline(t)
}

func ContextAfterFunc(ctx context.Context, f func(), at string) (stop func() bool) {
	return context.AfterFunc(ctx, f)
}

func Access(at, kind string)                               {}
func Value(at string, read func() any)                     { defer func() { recover() }(); read() }
func Unordered(at string)                                  {}
func Then[F any](f F, at string) F                         { return f }
func Bind[T any](f func(T, string), x T, at string) func() { return func() { f(x, at) } }

func Keys[M ~map[K]V, K cmp.Ordered, V any](m M) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
