// Package noisy tells WaitGroups too late, or too little.
package noisy

import (
	"fmt"
	"sync"
)

func fetch(string) {}

func late(urls []string) {
	var wg sync.WaitGroup
	for _, u := range urls {
		go func() {
			fmt.Println("fetching", u)
			wg.Add(1) // want `late calls wg.Add in the goroutine started at noisy.go:14, which nobody has counted: Wait at noisy.go:21 may come before`
			defer wg.Done()
			fetch(u)
		}()
	}
	wg.Wait()
}

type pool struct{ wg sync.WaitGroup }

func (p *pool) work(u string) {
	p.wg.Add(1) // want `work calls p.wg.Add in the goroutine started at noisy.go:35, which nobody has counted`
	defer p.wg.Done()
	fetch(u)
}

func methods(urls []string) {
	p := &pool{}
	for _, u := range urls {
		go p.work(u)
	}
	p.wg.Wait()
}

func tooFew(urls []string) {
	var wg sync.WaitGroup
	wg.Add(1)
	for _, u := range urls {
		go func() {
			defer wg.Done() // want `tooFew calls wg.Done in each of the goroutines started at noisy.go:44, but wg.Add at noisy.go:42 has counted 1: Wait returns too early, and the next Done panics`
			fetch(u)
		}()
	}
	wg.Wait()
}

func constants() {
	var wg sync.WaitGroup
	wg.Add(3)
	for range 4 {
		go func() {
			fetch("a")
			wg.Done() // want `constants calls wg.Done in each of the goroutines started at noisy.go:56, but wg.Add at noisy.go:54 has counted 3`
		}()
	}
	wg.Wait()
}

func twice(urls []string) {
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Add(1)
		go func() {
			defer wg.Done() // want `twice calls wg.Done in each of the goroutines started at noisy.go:68, but wg.Add at noisy.go:67 has counted 1`
			fetch(u)
			wg.Done()
		}()
	}
	wg.Wait()
}

func worker(u string, wg *sync.WaitGroup) {
	wg.Add(1) // want `worker calls wg.Add in the goroutine started at noisy.go:92, which nobody has counted: Wait at noisy.go:94 may come before`
	defer wg.Done()
	fetch(u)
}

// Another one has been counted.
func oneCounted(urls []string) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		fetch("index")
	}()
	for _, u := range urls {
		go worker(u, &wg)
	}
	wg.Wait()
}

// The same with Go.
func oneOfGo(urls []string) {
	var wg sync.WaitGroup
	wg.Go(func() { fetch("index") })
	for _, u := range urls {
		go func() {
			fetch("first")
			wg.Add(1) // want `oneOfGo calls wg.Add in the goroutine started at noisy.go:102, which nobody has counted`
			defer wg.Done()
			fetch(u)
		}()
	}
	wg.Wait()
}
