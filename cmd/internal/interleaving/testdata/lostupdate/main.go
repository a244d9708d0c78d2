// Two goroutines count, and one of their updates is lost.
package main

import (
	"fmt"
	"sync"
)

var counter int

func count(wg *sync.WaitGroup) {
	defer wg.Done()
	counter++
}

func main() {
	var wg sync.WaitGroup
	wg.Add(2)
	go count(&wg)
	go count(&wg)
	wg.Wait()
	fmt.Println(counter)
}
