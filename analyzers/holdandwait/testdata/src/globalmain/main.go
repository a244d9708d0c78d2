// Command globalmain has no users but main.
package main

import "sync"

var (
	mu   sync.Mutex
	jobs = make(chan int)
	sum  int
)

func run() {
	for n := range jobs {
		mu.Lock()
		sum += n
		mu.Unlock()
	}
}

func send(n int) {
	mu.Lock()
	defer mu.Unlock()
	jobs <- n // want `send sends on jobs while holding mu`
}

func main() {
	go run()
	for i := range 10 {
		send(i)
	}
}
