// Four turnstiles let people into a stadium and count them together.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

const (
	turnstiles = 4
	people     = 1_000_000 // through each turnstile
)

var visitors atomic.Int64

func turnstile() {
	for range people {
		visitors.Add(1)
	}
}

func main() {
	var wg sync.WaitGroup
	for range turnstiles {
		wg.Go(turnstile)
	}
	wg.Wait()
	fmt.Printf("counted %d of %d visitors\n", visitors.Load(), turnstiles*people)
}
