// Package lostwork reports goroutines that nobody waits for when main or a test
// returns: what they do may not be done.
//
// # Wrong
//
//	func main() {
//		for _, name := range os.Args[1:] {
//			go compress(name)
//		}
//	} // and the program ends, most often before anything is compressed
//
// # Right
//
//	func main() {
//		var wg sync.WaitGroup
//		for _, name := range os.Args[1:] {
//			wg.Go(func() { compress(name) })
//		}
//		wg.Wait()
//	}
//
// # Why it breaks
//
// When main returns, the program ends, and all goroutines with it, wherever they are.
// In other languages the program waits for its threads; Go does not. How far a
// goroutine comes depends on the machine and on chance: often it has not even begun.
// A test that returns before its goroutines reports success whatever they find, and
// if they call a method of t later, the test binary panics.
//
// # How to fix it
//
// Wait: with a sync.WaitGroup, an errgroup.Group, or a receive from a channel on
// which each goroutine says that it is done. A time.Sleep is no wait: it is too short
// on the day that matters.
//
// # What counts
//
// A go statement in main, or in a function that it calls, behind which main only
// returns: on no way does it wait for anything, take a lock, read an input, or call what the
// check cannot see into. The goroutine must be one that comes to an end, and do
// something that others see: call another package, or write what it has not made itself.
// Of tests those are reported whose goroutines use the test.
//
// The strict tier adds those for which main only sleeps, and tests whatever their goroutines do.
//
// # Limitations
//
// A wait for something else counts too, such as for another goroutine, and so does a
// lock. Other functions than main and tests may leave goroutines behind. That os.Exit and
// log.Fatal skip deferred calls is not reported.
package lostwork
