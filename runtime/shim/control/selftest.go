package control

import (
	"sync"
	"time"
	"unsafe"
)

// selfTest checks that Go's types are laid out as peek.go has it. It returns what
// is not, or "".
func selfTest() string {
	for _, test := range []struct {
		name string
		ok   func() bool
	}{
		{"layout-of-channels", channelsAsKnown},
		{"layout-of-Mutex", mutexAsKnown},
		{"layout-of-RWMutex", rwmutexAsKnown},
		{"layout-of-WaitGroup", waitGroupAsKnown},
	} {
		if !test.ok() {
			return test.name
		}
	}
	return ""
}

func channelsAsKnown() bool {
	ch := make(chan int32, 3)
	h := pointer(ch)
	if h.qcount != 0 || h.dataqsiz != 3 || h.closed != 0 || h.receivable() || !h.sendable() {
		return false
	}
	ch <- 1
	if h.qcount != 1 || !h.receivable() {
		return false
	}
	close(ch)
	if h.closed == 0 {
		return false
	}
	return queuesAsKnown()
}

// queuesAsKnown checks that goroutines that wait natively are seen.
func queuesAsKnown() bool {
	in, out := make(chan int), make(chan int)
	ended := make(chan struct{})
	go func() { <-in; out <- 1; close(ended) }()
	ok := seenSoon(func() bool { return pointer(in).sendable() })
	in <- 1
	ok = seenSoon(func() bool { return pointer(out).receivable() }) && ok
	<-out
	<-ended
	return ok
}

func seenSoon(is func() bool) bool {
	for begin := time.Now(); time.Since(begin) < time.Second; time.Sleep(20 * time.Microsecond) {
		if is() {
			return true
		}
	}
	return false
}

func mutexAsKnown() bool {
	var m sync.Mutex
	p := unsafe.Pointer(&m)
	free := mutexFree(p)
	m.Lock()
	taken := !mutexFree(p)
	m.Unlock()
	return free && taken && mutexFree(p)
}

func rwmutexAsKnown() bool {
	var m sync.RWMutex
	p := unsafe.Pointer(&m)
	if unsafe.Sizeof(m) != unsafe.Sizeof(rwmutex{}) || !rwFree(p) || !rwReadable(p) || writing(p) {
		return false
	}
	m.RLock()
	read := !rwFree(p) && rwReadable(p) && !writing(p)
	m.RUnlock()
	m.Lock()
	written := !rwFree(p) && !rwReadable(p) && writing(p)
	m.Unlock()
	return read && written && rwFree(p)
}

func waitGroupAsKnown() bool {
	var wg sync.WaitGroup
	p := unsafe.Pointer(&wg)
	wg.Add(2)
	two := counter(p) == 2
	wg.Done()
	wg.Done()
	return two && counter(p) == 0 && unsafe.Offsetof(struct {
		state uint64
		sema  uint32
	}{}.sema) == wgSema
}
