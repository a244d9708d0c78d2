package ops

import (
	"context"
	"net/http"
	"sort"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

type s struct {
	mu sync.Mutex
	rw sync.RWMutex
	wg sync.WaitGroup
	c  *sync.Cond
	n  atomic.Int64
	p  atomic.Pointer[s]
}

type embeds struct {
	*deep
	n int
}

type deep struct{ sync.RWMutex }

type lease struct{}

func (lease) Lock() {}

func locks(s *s, l sync.Locker, e *embeds, other lease) {
	s.mu.Lock()           // want `^Lock s.mu$`
	defer s.mu.Unlock()   // want `^Unlock s.mu$`
	s.rw.RLock()          // want `^RLock s.rw$`
	s.rw.RUnlock()        // want `^RUnlock s.rw$`
	_ = s.mu.TryLock()    // want `^TryLock s.mu$`
	l.Lock()              // want `^Lock l$`
	e.Lock()              // want `^Lock e$`
	e.deep.RWMutex.Lock() // want `^Lock e$`
	s.rw.RLocker().Lock() // want `^RLocker s.rw$` `^Lock RLocker\(…\)$`
	other.Lock()
}

func values(s *s, e *embeds) {
	u := s.mu.Unlock
	u() // want `^Unlock s.mu$`
	v := e.Unlock
	defer v()                   // want `^Unlock e$`
	(*sync.Mutex).Lock(&s.mu)   // want `^Lock s.mu$`
	(*embeds).Lock(e)           // want `^Lock e$`
	func() { u() }()            // want `^Unlock s.mu$`
	sync.Locker(&s.mu).Unlock() // want `^Unlock s.mu$`
}

func others(s *s, once *sync.Once, word *int32) {
	s.wg.Add(1)                                                       // want `^WaitGroupAdd s.wg$`
	s.wg.Go(func() {})                                                // want `^WaitGroupGo s.wg callback async=true$`
	once.Do(func() {})                                                // want `^OnceDo once callback async=false$`
	s.c = sync.NewCond(&s.mu)                                         // want `^CondNew$`
	s.c.Wait()                                                        // want `^CondWait s.c$`
	s.n.Add(1)                                                        // want `^AtomicRMW s.n$`
	_ = s.p.Load()                                                    // want `^AtomicLoad s.p$`
	atomic.StoreInt32(word, 1)                                        // want `^AtomicStore$`
	atomic.CompareAndSwapInt32(word, 1, 2)                            // want `^AtomicCAS$`
	time.AfterFunc(0, func() {})                                      // want `^TimerStart callback async=true$`
	sort.Slice(nil, func(int, int) bool { return false })             // want `^CallsBack callback async=false$`
	http.HandleFunc("/", func(http.ResponseWriter, *http.Request) {}) // want `^Handler callback async=true$`
	ctx, cancel := context.WithCancel(context.Background())           // want `^ContextNew$`
	<-ctx.Done()                                                      // want `^ContextDone WithCancel\(…\)$`
	cancel()
}

func tests(t *testing.T, tb testing.TB) {
	t.Run("", func(t *testing.T) { // want `^TestRun t callback async=true$`
		t.Fatal() // want `^TestFailNow t$`
	})
	tb.FailNow() // want `^TestFailNow tb$`
}
