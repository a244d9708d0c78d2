// Package limitations has what the check misses.
package limitations

import "sync"

func fetch(string) {}

// Counts that are not constants.
func oneShort(urls []string) {
	var wg sync.WaitGroup
	wg.Add(len(urls) - 1)
	for _, u := range urls {
		go func() {
			defer wg.Done()
			fetch(u)
		}()
	}
	wg.Wait()
}

// Two calls of Done in each goroutine.
func twice(urls []string) {
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Add(1)
		go func() {
			defer wg.Done()
			fetch(u)
			wg.Done()
		}()
	}
	wg.Wait()
}
