// Add comes too late: Wait may be over before it.
package main

import (
	"fmt"
	"sync"
)

func main() {
	var wg sync.WaitGroup
	results := make(chan int, 3)
	for i := range 3 {
		go func() {
			wg.Add(1)
			defer wg.Done()
			results <- i
		}()
	}
	wg.Wait()
	fmt.Println(len(results))
}
