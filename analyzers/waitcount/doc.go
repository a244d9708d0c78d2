// Package waitcount reports WaitGroups that are told of their goroutines too late,
// or of fewer than there are.
//
// # Wrong
//
//	var wg sync.WaitGroup
//	for _, url := range urls {
//		go func() {
//			log.Print("fetching ", url)
//			wg.Add(1) // Wait may have returned by now
//			defer wg.Done()
//			fetch(url)
//		}()
//	}
//	wg.Wait()
//
//	wg.Add(1) // one for all of them
//	for _, url := range urls {
//		go func() {
//			defer wg.Done()
//			fetch(url)
//		}()
//	}
//	wg.Wait()
//
// # Right
//
//	for _, url := range urls {
//		wg.Go(func() { fetch(url) })
//	}
//	wg.Wait()
//
// # Why it breaks
//
// A WaitGroup counts, and Wait returns when the count is zero. A go statement does not
// wait until its goroutine runs: if the goroutine itself calls Add, Wait may come
// first, find nothing to wait for, and return. If Done is called more often than was
// counted, Wait returns after the first ones, and the next Done panics with
// "sync: negative WaitGroup counter".
//
// # How to fix it
//
// Use wg.Go, which adds before it starts the goroutine and calls Done when it ends.
// Before Go 1.25, call wg.Add(1) in front of each go statement, and Done in a
// deferred call.
//
// # What counts
//
// Add in a goroutine that a go statement starts, if who started it calls Wait later, has
// not counted anything before but goroutines that it has started likewise, and comes from the go statement to Wait on some way
// without receiving anything or taking a lock. The only call of Add, with a
// constant, if each of the goroutines that a go statement starts calls Done more often;
// or if Add is outside of the loop that starts one in each round.
//
// # Limitations
//
// An Add that is the first statement of a function literal is left to the check
// waitgroup. Counts that are not constants are not compared, nor is Done with several calls
// of Add, or in goroutines of several go statements. That a goroutine may return without Done is reported by goroutineleak.
package waitcount
