// Command limitations shows what lostwork does not report.
package main

import (
	"fmt"
	"log"
	"os"
	"sync"
)

var mu sync.Mutex

// A lock may be how main learns that the other is done, and counts as a wait.
func main() {
	go fmt.Println("a builtin or a function of another package is not followed")
	go func() {
		fmt.Println("a")
	}()
	mu.Lock()
	fmt.Println("b")
	mu.Unlock()
	exits()
}

// Of a function of another package it is not known that its effect lasts.
func exits() {
	defer os.Remove("pid") // nor is it in a function that is called
	stop()

	defer fmt.Println("cleaned up")
	if len(os.Args) > 1 {
		log.Fatal("too many arguments")
	}
}

func stop() {
	if len(os.Args) > 2 {
		os.Exit(0)
	}
}
