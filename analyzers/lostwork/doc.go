// Package lostwork reports work that is lost since the program ends before: of goroutines
// that nobody waits for when main or a test returns, and of deferred calls that os.Exit skips.
//
// # Wrong
//
//	func main() {
//		for _, name := range os.Args[1:] {
//			go compress(name)
//		}
//	} // and the program ends, most often before anything is compressed
//
//	func TestMain(m *testing.M) {
//		dir := setUp()
//		defer os.RemoveAll(dir)
//		os.Exit(m.Run()) // and dir is not removed
//	}
//
//	func TestFetch(t *testing.T) {
//		time.AfterFunc(time.Second, func() { t.Error("timeout") })
//		fetch()
//	} // and a second later the tests that run then end with a panic
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
//	func TestMain(m *testing.M) {
//		dir := setUp()
//		defer os.RemoveAll(dir)
//		m.Run() // since Go 1.15 the program exits with its result when TestMain returns
//	}
//
//	func TestFetch(t *testing.T) {
//		defer time.AfterFunc(time.Second, func() { t.Error("timeout") }).Stop()
//		fetch()
//	}
//
// # Why it breaks
//
// When main returns, the program ends, and all goroutines with it, wherever they are.
// In other languages the program waits for its threads; Go does not. How far a
// goroutine comes depends on the machine and on chance: often it has not even begun.
// A test that returns before its goroutines reports success whatever they find, and
// if they call a method of t later, the test binary panics. So it does if a timer that the test
// has left behind calls a function that fails the test: that happens in the middle of other tests.
//
// os.Exit ends the program where it is called, and so do log.Fatal and its like: no function
// returns, and no deferred call runs, in this goroutine or another. For an unlock, a Done, a
// cancel or a closed file that is no loss, since they end with the program. What is still in the
// buffer of a writer does not come out, a CPU profile cannot be read, and a temporary folder stays.
//
// # How to fix it
//
// Wait: with a sync.WaitGroup, an errgroup.Group, or a receive from a channel on
// which each goroutine says that it is done. A time.Sleep is no wait: it is too short
// on the day that matters. A timer is to be stopped, by a deferred call or t.Cleanup.
//
// Let main do nothing but os.Exit(run()), and run return the status: what run defers comes
// about. Where the program has to end in the middle, make the call by hand before.
//
// # What counts
//
// A go statement in main, or in a function that it calls, behind which main only
// returns: on no way does it wait for anything, take a lock, read an input, or call what the
// check cannot see into. The goroutine must be one that comes to an end, and do
// something that others see: call another package, or write what it has not made itself.
// Of tests those are reported whose goroutines use the test.
//
// A time.AfterFunc in a test, or in a function that t.Run calls, whose function always fails the
// test and does nothing else that the test could wait for. On some way the test returns without
// a call of Stop and without a sleep.
//
// Of deferred calls those whose effect lasts longer than the program: Flush, or Close, of a writer
// of the standard library that has a buffer, the end of a profile or trace, os.Remove,
// RemoveAll and Rename, and Kill of a process, also in a function of the package that is deferred.
// All ways behind the defer statement must end the program, or one ends it with status 0 and, if
// it is a writer, something was written. A function of the package that always ends the program
// counts as os.Exit does. The same call made by hand before ends the way.
//
// The strict tier adds those goroutines for which main only sleeps, tests whatever their goroutines
// do, deferred calls that are skipped only when the program fails, those that have their effect on
// a condition, and calls of function values. Of timers it adds those whose function logs, or does
// more, those of helpers and of tests that sleep, and a context.AfterFunc that uses the test if a
// deferred cancel starts it.
//
// # Limitations
//
// A wait for something else counts too, such as for another goroutine, and so does a
// lock. Other functions than main and tests may leave goroutines behind. Deferred calls are
// followed within the function that defers them: that one which it calls may end the program is
// not asked. A timer that is kept, or given to another function, counts as stopped. A package without any concurrency is not looked at.
package lostwork
