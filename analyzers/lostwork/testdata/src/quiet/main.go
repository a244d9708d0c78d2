// Command quiet waits, in one way or another, or has nothing to wait for.
package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

func work(name string) { fmt.Println("work", name) }

var mu sync.Mutex

func main() {
	if len(os.Args) > 7 {
		daemon()
	}
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		work("a")
	}()
	done := make(chan bool)
	go func() {
		work("b")
		done <- true
	}()
	<-done
	wg.Wait()
	// One that has no end, and one that does nothing that others see.
	go daemon()
	go func() {
		n := 0
		n++
		_ = n
	}()
}

func daemon() {
	for {
		time.Sleep(time.Second)
		work("tick")
	}
}
