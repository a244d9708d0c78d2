// Ops does one kind of operation, so often in all, in so many goroutines.
//
//	ops KIND GOROUTINES COUNT
package main

import (
	"os"
	"strconv"
	"sync"
	"sync/atomic"
)

func main() {
	goroutines, _ := strconv.Atoi(os.Args[2])
	count, _ := strconv.Atoi(os.Args[3])
	each := count / goroutines
	switch os.Args[1] {
	case "start": // and end a goroutine
		turns(goroutines, each)
	case "mutex": // lock and unlock
		var mu sync.Mutex
		spread(goroutines, func() {
			for range each {
				mu.Lock()
				mu.Unlock()
			}
		})
	case "own-mutex": // nobody else wants it
		spread(goroutines, func() {
			var mu sync.Mutex
			for range each {
				mu.Lock()
				mu.Unlock()
			}
		})
	case "rwmutex": // a read lock and its unlock, and rarely a write
		var mu sync.RWMutex
		spread(goroutines, func() {
			for i := range each {
				if i%10 == 0 {
					mu.Lock()
					mu.Unlock()
				} else {
					mu.RLock()
					mu.RUnlock()
				}
			}
		})
	case "channel": // there and back, in pairs of goroutines
		spread(goroutines, func() { pingPong(each) })
	case "select":
		spread(goroutines, func() { selects(each) })
	case "atomic":
		var n atomic.Int64
		spread(goroutines, func() {
			for range each {
				n.Add(1)
			}
		})
	case "waitgroup": // of a goroutine's own
		spread(goroutines, func() {
			var wg sync.WaitGroup
			for range each {
				wg.Add(1)
				wg.Done()
				wg.Wait()
			}
		})
	}
}

// spread calls f in so many goroutines.
func spread(goroutines int, f func()) {
	var wg sync.WaitGroup
	for range goroutines {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f()
		}()
	}
	wg.Wait()
}

// turns starts so many goroutines, and again when they have ended.
func turns(goroutines, rounds int) {
	for range rounds {
		spread(goroutines, func() {})
	}
}

func pingPong(n int) {
	there, back := make(chan int), make(chan int)
	go func() {
		for v := range there {
			back <- v
		}
	}()
	for i := range n {
		there <- i
		<-back
	}
	close(there)
}

func selects(n int) {
	a, b := make(chan int, 1), make(chan int, 1)
	for i := range n {
		select {
		case a <- i:
		case b <- i:
		}
		select {
		case <-a:
		case <-b:
		}
	}
}
