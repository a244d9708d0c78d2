// A signal comes before anybody waits for it, and is lost.
package main

import "sync"

func main() {
	var mu sync.Mutex
	ready := sync.NewCond(&mu)
	go func() {
		ready.Signal()
	}()
	mu.Lock()
	ready.Wait()
	mu.Unlock()
}
