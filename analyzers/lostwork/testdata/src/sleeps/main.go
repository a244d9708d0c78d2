// Command sleeps hopes.
package main

import (
	"fmt"
	"time"
)

func main() {
	go func() { // want `main sleeps, at main.go:13, instead of a wait for the goroutine started here`
		fmt.Println("hello")
	}()
	time.Sleep(time.Second)
}
