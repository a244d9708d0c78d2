// Command ranges has goroutines that range over channels which nothing closes: they have no end
// that could be waited for. One of them is closed.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	n := 0
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	sig := make(chan os.Signal, 1)
	signal.Notify(sig, os.Interrupt)
	go func() {
		for s := range sig {
			fmt.Println(s)
		}
	}()
	go func() {
		for range time.Tick(time.Second) {
			fmt.Println(n)
		}
	}()
	go func() {
		for range ticker.C {
			fmt.Println(n)
		}
	}()
	var never chan int
	go func() {
		for range never {
			fmt.Println(n)
		}
	}()
	names := make(chan string, 1)
	go func() { // want `main returns without a wait for the goroutine started here`
		for name := range names {
			fmt.Println(name)
		}
	}()
	close(names)
	go func() { // want `main returns without a wait for the goroutine started here`
		for range time.Tick(time.Second) {
			fmt.Println(n)
			if n > 7 {
				return
			}
		}
	}()
	for range 1000 {
		n++
	}
}
