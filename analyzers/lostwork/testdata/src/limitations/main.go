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

// The deferred call does not come about.
func exits() {
	defer fmt.Println("cleaned up")
	if len(os.Args) > 1 {
		log.Fatal("too many arguments")
	}
}
