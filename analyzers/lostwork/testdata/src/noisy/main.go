// Command noisy ends before its goroutines.
package main

import (
	"fmt"
	"os"
)

func compress(name string) { fmt.Println("compress", name) }

func main() {
	for _, name := range os.Args[1:] {
		go compress(name) // want `main returns without a wait for the goroutine started here: the program ends, whether its work is done or not`
	}
	go func() { // want `main returns without a wait for the goroutine started here`
		fmt.Println("hello")
	}()
	start(os.Args[0])
	fmt.Println("done")
}

func start(name string) {
	go compress(name) // want `main returns without a wait for the goroutine that start starts here`
}
