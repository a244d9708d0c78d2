// Package order has accesses that synchronisation orders, or fails to.
package order

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

func receiveJoins() int {
	x, done := 0, make(chan bool)
	go func() {
		x = 1
		done <- true
	}()
	<-done
	return x
}

func receiveTooLate() int {
	x, done := 0, make(chan bool)
	go func() {
		x = 1 // want `x is written here by the goroutine started at order.go:\d+ while order.go:\d+ reads it`
		done <- true
	}()
	y := x
	<-done
	return y
}

// A send on a buffered channel does not wait for the receiver.
func bufferedReverse() {
	x, c := 0, make(chan bool, 1)
	_ = &x
	go func() {
		c <- true
		x = 1 // want `x is written here by the goroutine started at order.go:\d+ while order.go:\d+ writes it too`
	}()
	x = 2
	<-c
}

// A send on an unbuffered channel does.
func unbufferedReverse() {
	x, c := 0, make(chan bool)
	_ = &x
	go func() {
		c <- true
		x = 1
	}()
	x = 2
	<-c
}

func closeJoins() int {
	x, done := 0, make(chan struct{})
	go func() {
		defer close(done)
		x = 1
	}()
	<-done
	return x
}

func selectJoins(stop chan bool) int {
	x, done := 0, make(chan bool)
	go func() {
		x = 1
		done <- true
	}()
	select {
	case <-done:
		return x
	case <-stop:
	}
	return 0
}

func waitJoins() int {
	x := 0
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		x = 1
	}()
	wg.Wait()
	return x
}

func waitTooEarly() {
	x := 0
	_ = &x
	var wg sync.WaitGroup
	wg.Wait()
	go func() {
		x = 1 // want `x is written here by the goroutine started at order.go:\d+ while order.go:\d+ writes it too`
	}()
	x = 2
}

// The goroutine adds itself: Wait may be through before that.
func addTooLate() {
	x := 0
	_ = &x
	var wg sync.WaitGroup
	go func() {
		wg.Add(1)
		x = 1 // want `x is written here by the goroutine started at order.go:\d+ while order.go:\d+ writes it too`
		wg.Done()
	}()
	wg.Wait()
	x = 2
}

func atomicFlag() int {
	x := 0
	var done atomic.Bool
	go func() {
		x = 1
		done.Store(true)
	}()
	for !done.Load() {
	}
	return x
}

// An atomic counter that nobody looks at orders nothing.
func atomicCounter() int {
	x := 0
	var n atomic.Int32
	go func() {
		x = 1 // want `x is written here by the goroutine started at order.go:\d+ while order.go:\d+ reads it`
		n.Add(1)
	}()
	n.Add(1)
	return x
}

// The flag is raised before the write that it should announce.
func flagTooEarly() {
	x := 0
	var n atomic.Int32
	go func() {
		if n.Add(1) == 1 {
			x++
		}
	}()
	for n.Load() != 1 {
	}
	x = 2 // want `x is written here while the goroutine started at order.go:\d+ reads it at order.go:\d+`
}

func flagUnderLock() int {
	var mu sync.Mutex
	x, ready := 0, false
	go func() {
		x = 1
		mu.Lock()
		ready = true
		mu.Unlock()
	}()
	for {
		mu.Lock()
		ok := ready
		mu.Unlock()
		if ok {
			return x
		}
	}
}

// That both took the lock once says nothing about the order.
func lockWithoutFlag() int {
	var mu sync.Mutex
	x := 0
	go func() {
		x = 1 // want `x is written here by the goroutine started at order.go:\d+ while order.go:\d+ reads it`
		mu.Lock()
		mu.Unlock()
	}()
	mu.Lock()
	mu.Unlock()
	return x
}

func cond() int {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	x, ready := 0, false
	go func() {
		x = 1
		mu.Lock()
		ready = true
		c.Signal()
		mu.Unlock()
	}()
	mu.Lock()
	for !ready {
		c.Wait()
	}
	mu.Unlock()
	return x
}

func unlockHandsOver() int {
	var mu sync.Mutex
	x := 0
	mu.Lock()
	go func() {
		x = 1
		mu.Unlock()
	}()
	mu.Lock()
	return x
}

var (
	once  sync.Once
	table map[string]int
)

func lookup(key string) int {
	once.Do(func() {
		table = map[string]int{"a": 1}
	})
	return table[key]
}

func onceInTwo() {
	go lookup("a")
	lookup("b")
}

func cancelled() int {
	ctx, cancel := context.WithCancel(context.Background())
	x := 0
	go func() {
		x = 1
		cancel()
	}()
	<-ctx.Done()
	return x
}

// One slot makes a lock of a channel.
func channelAsMutex() {
	sem := make(chan bool, 1)
	x := 0
	for range 3 {
		go func() {
			sem <- true
			x++
			<-sem
		}()
	}
}

func semaphoreAsWait(n int) int {
	sem := make(chan bool, n)
	x := 0
	sem <- true
	go func() {
		x++
		<-sem
	}()
	for range n {
		sem <- true
	}
	return x
}

func timerStops() {
	x := 0
	_ = &x
	t := time.AfterFunc(time.Second, func() { x = 1 })
	if t.Stop() {
		x = 2
	}
}

func timerRuns() {
	x := 0
	_ = &x
	time.AfterFunc(time.Second, func() { x = 1 }) // want `x is written here by the goroutine started at order.go:\d+ while order.go:\d+ writes it too`
	x = 2
}

// Sleeping orders nothing.
func sleeping() int {
	x := 0
	go func() { x = 1 }() // want `x is written here by the goroutine started at order.go:\d+ while order.go:\d+ reads it`
	time.Sleep(time.Second)
	return x
}

// What follows a send runs beside what follows its receive.
func producer(n int) int {
	x, c := 0, make(chan int)
	go func() {
		for range c {
			x++ // want `x is written here by the goroutine started at order.go:\d+ while order.go:\d+ reads it`
		}
	}()
	for i := range n {
		c <- i
		println(x)
	}
	return 0
}

func requestAndReply(n int) int {
	x, req, rep := 0, make(chan int), make(chan int)
	go func() {
		for range req {
			x++
			rep <- x
		}
	}()
	for i := range n {
		req <- i
		<-rep
		println(x)
	}
	return x
}
