// Command mainprog ends, and its goroutines with it.
package main

import (
	"context"
	"os"
	"time"
)

func work() int { return 1 }

func main() {
	done := make(chan int)
	go func() { done <- work() }()
	if len(os.Args) > 1 {
		serve()
		tick()
		firstOfTwo()
	}
	select {
	case <-done:
	case <-time.After(time.Second):
	}
}

// What is no more than a step of the program leaves its goroutine behind.
func serve() {
	done := make(chan int)
	go func() {
		done <- work() // want `serve sends to done and may wait for ever`
	}()
	select {
	case <-done:
	case <-time.After(time.Second):
	}
}

// What goes on when its context is cancelled ends with the program.
func tick() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go ticks(ctx)
	serve()
}

func ticks(ctx context.Context) {
	for {
		work()
		time.Sleep(time.Second)
	}
}

// Of those that each send what they end with, all but the first end with the program.
func firstOfTwo() error {
	errs := make(chan error)
	go func() { errs <- os.Remove("a") }()
	go func() { errs <- os.Remove("b") }()
	err := <-errs
	return err
}
