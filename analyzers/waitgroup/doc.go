// Package waitgroup reports calls of WaitGroup.Add in the goroutine that is
// counted, where they may come too late.
//
// # Wrong
//
//	var wg sync.WaitGroup
//	for _, url := range urls {
//		go func() {
//			wg.Add(1)
//			defer wg.Done()
//			fetch(url)
//		}()
//	}
//	wg.Wait()
//
// # Right
//
//	var wg sync.WaitGroup
//	for _, url := range urls {
//		wg.Go(func() { fetch(url) })
//	}
//	wg.Wait()
//
// # Why it breaks
//
// A go statement does not wait until its goroutine runs. Wait may be reached
// before any of the goroutines has called Add: it finds nothing to wait for and
// returns, and the program goes on, or ends, while nothing has been fetched.
// Which of the two happens differs from run to run.
//
// # How to fix it
//
// Use wg.Go, which adds before it starts the goroutine and calls Done when it
// ends. Before Go 1.25, call wg.Add(1) in front of the go statement.
//
// # What counts
//
// Add as the first statement of a function literal that a go statement starts.
//
// This is the check of the same name of go vet, with its sentences worded for
// this suite. Under "go vet -vettool" it is off unless named, since go vet
// itself has run it.
//
// # Limitations
//
// An Add further down in the goroutine, or in a function that it calls, is not
// reported.
package waitgroup
