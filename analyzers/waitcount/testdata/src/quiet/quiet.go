// Package quiet tells WaitGroups in time, of all goroutines.
package quiet

import "sync"

func fetch(string) {}

func before(urls []string) {
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Add(1)
		go func() {
			defer wg.Done()
			fetch(u)
		}()
	}
	wg.Wait()
}

func all(urls []string) {
	var wg sync.WaitGroup
	wg.Add(len(urls))
	for _, u := range urls {
		go func() {
			defer wg.Done()
			fetch(u)
		}()
	}
	wg.Wait()
}

func constants() {
	var wg sync.WaitGroup
	wg.Add(4)
	for range 4 {
		go func() {
			defer wg.Done()
			fetch("a")
		}()
	}
	wg.Wait()
}

// Whoever has been counted counts others.
func tree(names []string) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for _, n := range names {
			wg.Add(1)
			go func() {
				defer wg.Done()
				fetch(n)
			}()
		}
	}()
	wg.Wait()
}

func treeOfGo(names []string) {
	var wg sync.WaitGroup
	wg.Go(func() {
		for _, n := range names {
			wg.Add(1)
			go func() {
				defer wg.Done()
				fetch(n)
			}()
		}
	})
	wg.Wait()
}

// The goroutine says that it has counted.
func told(names []string) {
	var wg sync.WaitGroup
	ready := make(chan bool)
	go func() {
		for _, n := range names {
			wg.Add(1)
			go func() {
				defer wg.Done()
				fetch(n)
			}()
		}
		close(ready)
	}()
	<-ready
	wg.Wait()
}

// Another WaitGroup in each round.
func rounds(names []string) {
	for _, n := range names {
		var wg sync.WaitGroup
		wg.Add(1)
		go func() {
			defer wg.Done()
			fetch(n)
		}()
		wg.Wait()
	}
}

// One of the rounds starts the goroutine.
func once(names []string) {
	var wg sync.WaitGroup
	wg.Add(1)
	for i, n := range names {
		if i == len(names)-1 {
			go func() {
				defer wg.Done()
				fetch(n)
			}()
		}
	}
	wg.Wait()
}

// The last of them calls Done.
func last(names []string) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	wg.Add(1)
	left := len(names)
	for _, n := range names {
		go func() {
			fetch(n)
			mu.Lock()
			defer mu.Unlock()
			if left--; left == 0 {
				wg.Done()
			}
		}()
	}
	wg.Wait()
}

// It is the check waitgroup that reports this one.
func first(names []string) {
	var wg sync.WaitGroup
	for _, n := range names {
		go func() {
			wg.Add(1)
			defer wg.Done()
			fetch(n)
		}()
	}
	wg.Wait()
}

// Which WaitGroup it is, the caller knows.
func given(wg *sync.WaitGroup, names []string) {
	for _, n := range names {
		go func() {
			fetch(n)
			wg.Add(1)
			wg.Done()
		}()
	}
	wg.Wait()
}

// One Done or the other.
func either(names []string) {
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Add(1)
		go func() {
			if n == "" {
				wg.Done()
				return
			}
			fetch(n)
			wg.Done()
		}()
	}
	wg.Wait()
}

// Each counts for two.
func two(names []string) {
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Add(2)
		go func() {
			wg.Done()
			fetch(n)
			wg.Done()
		}()
	}
	wg.Wait()
}

// The loop goes round as often as was counted, by the same variable.
func variable() {
	var (
		n  = 10
		wg sync.WaitGroup
	)
	wg.Add(n)
	for range n {
		go func() {
			defer wg.Done()
			fetch("a")
		}()
	}
	wg.Wait()
}

// Who has been counted twice counts one that it starts itself.
func countedTwice(names []string) {
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		fetch("index")
	}()
	go func() {
		wg.Add(1)
		go func() {
			defer wg.Done()
			fetch("more")
		}()
		wg.Done()
	}()
	wg.Wait()
}

// The one that has been counted waits for the one that has not.
func waitsForLate(names []string) {
	var wg sync.WaitGroup
	counted := make(chan bool)
	wg.Add(1)
	go func() {
		defer wg.Done()
		<-counted
	}()
	go func() {
		fetch("first")
		wg.Add(1)
		defer wg.Done()
		counted <- true
		fetch("more")
	}()
	wg.Wait()
}

// Who starts them keeps the count up until all have counted.
func keptUp(names []string) {
	var wg sync.WaitGroup
	counted := make(chan bool)
	wg.Add(1)
	for _, n := range names {
		go func() {
			fetch("first")
			wg.Add(1)
			counted <- true
			defer wg.Done()
			fetch(n)
		}()
	}
	for range names {
		<-counted
	}
	wg.Done()
	wg.Wait()
}

// The first Add is for both.
func forBoth() {
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		fetch("a")
	}()
	go func() {
		fetch("b")
		wg.Add(1)
		wg.Done()
		wg.Done()
	}()
	wg.Wait()
}

// What it counts is done elsewhere.
func handedOn(names []string) {
	var wg sync.WaitGroup
	queue := make(chan string, 10)
	wg.Add(1)
	go func() {
		for n := range queue {
			fetch(n)
			wg.Done()
		}
	}()
	wg.Add(1)
	go func() {
		fetch("first")
		wg.Add(1)
		queue <- "a"
		wg.Done()
	}()
	queue <- "b"
	wg.Wait()
	close(queue)
}

// Both have been counted, and the second counts what the third one does.
func thirdDoes(names []string) {
	var wg sync.WaitGroup
	queue := make(chan string, 10)
	go func() {
		for n := range queue {
			fetch(n)
			wg.Done()
		}
	}()
	wg.Add(1)
	go func() {
		defer wg.Done()
		fetch("index")
	}()
	wg.Add(1)
	go func() {
		fetch("first")
		wg.Add(1)
		queue <- "a"
		wg.Done()
	}()
	wg.Wait()
	close(queue)
}
