// Package why has races next to what could have ordered them. A comment "why"
// says what is said about its line, the lines meant relative to it.
package why

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

func use(...any) {}

func alone() {
	x := 0
	go func() { x = 1 }() // why: reason why-alone place=+1; spawn started-here // want `x is written here`
	use(x)                // why: read read-here
}

func slept() {
	x := 0
	go func() { x = 1 }()   // why: reason why-alone place=+2; spawn started-here // want `x is written here`
	time.Sleep(time.Second) // why: reason why-sleeps
	use(x)                  // why: read read-here
}

func timer() {
	x := 0
	go func() { x = 1 }()     // why: reason why-alone place=+2; spawn started-here // want `x is written here`
	<-time.After(time.Second) // why: reason why-sleeps
	use(x)                    // why: read read-here
}

func receivesTooLate() {
	x, done := 0, make(chan bool)
	go func() { // why: reason why-started place=+4; spawn started-here
		x = 1 // want `x is written here`
		done <- true
	}()
	use(x) // why: read read-here
	<-done // why: reason why-too-late other=-1 place=-4
}

func waitsTooLate() {
	x := 0
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { // why: reason why-started place=+4; spawn started-here
		defer wg.Done()
		x = 1 // want `x is written here`
	}()
	use(x)    // why: read read-here
	wg.Wait() // why: reason why-too-late other=-1 place=-3
}

func goroutineWaitsTooLate(start chan bool) {
	x, ready := 0, make(chan bool)
	use(&x)
	go func() { // why: reason why-alone place=+4; spawn started-here
		x = 1   // want `x is written here`
		<-ready // why: reason why-too-late other=-1 place=+2
	}()
	x = 2 // why: write written-here
	close(ready)
}

func doneTooEarly() {
	x := 0
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { // why: reason why-started place=+5; spawn started-here
		wg.Done() // why: reason why-early-done other=+3 place=+1
		x = 1     // want `x is written here`
	}()
	wg.Wait()
	use(x) // why: read read-here
}

func sentTooEarly() {
	x, done := 0, make(chan bool)
	go func() { // why: reason why-started place=+5; spawn started-here
		done <- true // why: reason why-early-send other=+3 place=+1
		x = 1        // want `x is written here`
	}()
	<-done
	use(x) // why: read read-here
}

func storedTooEarly() {
	x := 0
	var done atomic.Bool
	go func() { // why: reason why-started place=+6; spawn started-here
		done.Store(true) // why: reason why-early-store other=+3 place=+1
		x = 1            // want `x is written here`
	}()
	for !done.Load() {
	}
	use(x) // why: read read-here
}

func addedTooLate() {
	x := 0
	var wg sync.WaitGroup
	go func() { // why: reason why-started place=+6; spawn started-here
		wg.Add(1) // why: reason why-late-add other=+4 place=+2
		defer wg.Done()
		x = 1 // want `x is written here`
	}()
	wg.Wait()
	use(x) // why: read read-here
}

func notLookedAt() {
	x := 0
	var n atomic.Int32
	go func() { // why: reason why-started place=+5; spawn started-here
		x = 1 // want `x is written here`
		n.Add(1)
	}()
	n.Add(1) // why: reason why-unused place=-2
	use(x)   // why: read read-here
}

func anotherWaitGroup() {
	x := 0
	var wg, other sync.WaitGroup
	other.Add(1)
	go other.Done()
	wg.Add(1)
	go func() { // why: reason why-alone place=+5; spawn started-here
		defer wg.Done()
		x = 1 // want `x is written here`
	}()
	other.Wait() // why: reason why-other-wait place=-4
	use(x)       // why: read read-here
}

func anotherChannel(in chan int) {
	x := 0
	go func() { x = 1 }() // why: reason why-alone place=+2; spawn started-here // want `x is written here`
	<-in                  // why: reason why-other-wait place=-1
	use(x)                // why: read read-here
}

// The two may be one channel: it is not said that this waits for others.
func perhapsTheSame(in, out chan int) {
	x := 0
	go func() { // why: reason why-started place=+5; spawn started-here
		out <- 1
		x = 1 // want `x is written here`
	}()
	<-in
	use(x) // why: read read-here
}

// The goroutine that is waited for does not wait for that which it starts.
func outlives() {
	x := 0
	var wg sync.WaitGroup
	wg.Go(func() { // why: reason why-started place=+6; spawn started-here
		go func() { // why: reason why-outlives place=+4
			x = 1 // want `x is written here`
		}()
	})
	wg.Wait()
	use(x) // why: read read-here
}

func closes(work chan int) {
	x, stop := 0, make(chan bool)
	use(&x)
	go func() { // why: reason why-alone place=+11; spawn started-here
		for {
			select {
			case <-stop:
				return
			case <-work:
				x++ // why: read read-here
			}
		}
	}()
	close(stop) // why: reason why-closes place=-8
	x = 0       // want `x is written here`
}

func cancels(work chan int) {
	x := 0
	use(&x)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { // why: reason why-alone place=+6; spawn started-here
		for ctx.Err() == nil {
			x++ // why: read read-here
		}
	}()
	cancel() // why: reason why-cancels
	x = 0    // want `x is written here`
}

func stops() {
	x := 0
	t := time.AfterFunc(time.Second, func() { x = 1 }) // why: reason why-alone place=+2; spawn started-here // want `x is written here`
	t.Stop()                                           // why: reason why-stops
	use(x)                                             // why: read read-here
}

func hasRoom() {
	x, c := 0, make(chan bool, 1)
	use(&x)
	go func() { // why: reason why-started place=+5; spawn started-here
		x = 1 // want `x is written here`
		<-c
	}()
	c <- true // why: reason why-has-room place=-2
	x = 2     // why: write written-here
}

func delivers() {
	x, c := 0, make(chan bool, 1)
	use(&x)
	go func() { // why: reason why-started place=+5; spawn started-here
		<-c
		x = 1 // want `x is written here`
	}()
	c <- true // why: reason why-delivers other=-3 place=-2
	x = 2     // why: write written-here
}

func handsOver(n int) {
	x, c := 0, make(chan int)
	go func() { // why: spawn started-here
		for range c { // why: reason why-handover place=+5
			x++ // want `x is written here`
		}
	}()
	for i := range n {
		c <- i
		use(x) // why: read read-here
	}
}

func eachRound() {
	x := 0
	use(&x)
	for range 3 {
		go func() { x++ }() // why: reason why-each-round; spawn started-here; write written-here // want `x is written here`
	}
}

func start(f func()) { go f() } // why: spawn started-here

func eachRoundCalls() {
	x := 0
	use(&x)
	for range 3 {
		start(func() { x++ }) // why: reason why-each-round; write written-here // want `x is written here`
	}
}

func nextRound(names []string) {
	x := ""
	for _, name := range names {
		x = name               // want `x is written here`
		go func() { use(x) }() // why: read read-here; reason why-next-round place=-1; spawn started-here
	}
}

func siblings() {
	x := 0
	use(&x)
	go func() { x = 1 }() // why: reason why-siblings place=+1; spawn started-here // want `x is written here`
	go func() { x = 2 }() // why: spawn second-started-here; write written-here
}

func eachRequest() {
	x := 0
	use(&x)
	http.HandleFunc("/", func(http.ResponseWriter, *http.Request) { // why: reason why-each-request; spawn started-here
		x++ // why: write written-here // want `x is written here`
	})
}

type guarded struct {
	mu sync.Mutex
	n  *int
}

func (g *guarded) add() {
	g.mu.Lock() // why: lock locked-here lock=g.mu place=+1; reason why-two-locks lock=g.mu
	*g.n++      // why: read read-here holding locks=g.mu // want `g.n is written here`
	g.mu.Unlock()
}

func twoLocks() {
	n := 0
	a, b := &guarded{n: &n}, &guarded{n: &n}
	go a.add() // why: reason why-alone place=-7; spawn started-here
	b.add()
}

func releasedBefore() {
	x := 0
	var mu sync.Mutex
	go func() { // why: reason why-alone place=+8; spawn started-here
		mu.Lock() // why: lock locked-here lock=mu place=+1
		x++       // why: read read-here holding locks=mu
		mu.Unlock()
	}()
	mu.Lock()
	use(&mu)
	mu.Unlock() // why: reason why-unlocked-before lock=mu place=+1
	x = 2       // want `x is written here`
}

func readers() {
	x := 0
	var mu sync.RWMutex
	go func() { // why: reason why-alone place=+6; spawn started-here
		mu.RLock() // why: reason why-held-to-read lock=mu
		x = 1      // want `x is written here`
		mu.RUnlock()
	}()
	mu.RLock() // why: lock read-locked-here lock=mu place=+1
	use(x)     // why: read read-here holding locks=mu
	mu.RUnlock()
}

func eitherFirst() {
	x := 0
	var mu sync.Mutex
	go func() { // why: reason why-started place=+7; spawn started-here
		x = 1 // want `x is written here`
		mu.Lock()
		mu.Unlock()
	}()
	mu.Lock() // why: reason why-either-first lock=mu place=-3
	mu.Unlock()
	use(x) // why: read read-here
}

func atomicAndPlain() {
	var n int32
	var mu sync.Mutex
	use(&n)
	go func() { // why: reason why-alone place=+5; spawn started-here
		mu.Lock()              // why: lock locked-here lock=mu place=+1
		atomic.AddInt32(&n, 1) // why: write written-here holding locks=mu
		mu.Unlock()
	}()
	n = 0 // want `n is written here without an atomic operation`
}

type Worker struct{ stop bool }

func (w *Worker) Run() {
	for !w.stop { // want `Run waits in a loop for w.stop to change`
		time.Sleep(time.Millisecond)
	}
}

func (w *Worker) Stop() { w.finish() } // why: call other-called-here func=Stop; declared other-entered-here func=Stop

func (w *Worker) finish() { w.stop = true } // why: write written-here
