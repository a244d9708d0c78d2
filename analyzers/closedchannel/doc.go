// Package closedchannel reports sends on channels that are closed by then, and
// channels that are closed twice.
//
// # Wrong
//
//	func produce(names []string) <-chan string {
//		out := make(chan string)
//		go func() {
//			defer close(out)
//			for _, n := range names {
//				if n == "" {
//					close(out) // and once more by the deferred call
//					return
//				}
//				out <- n
//			}
//		}()
//		return out
//	}
//
//	for _, part := range parts {
//		go func() {
//			results <- work(part)
//			close(results) // each of them
//		}()
//	}
//
// # Right
//
//	go func() {
//		defer close(out)
//		for _, n := range names {
//			if n == "" {
//				return
//			}
//			out <- n
//		}
//	}()
//
//	var wg sync.WaitGroup
//	for _, part := range parts {
//		wg.Go(func() { results <- work(part) })
//	}
//	go func() {
//		wg.Wait()
//		close(results)
//	}()
//
// # Why it breaks
//
// A close says to all who receive: nothing more comes. To say it twice, or to
// send after it, is a mistake that the runtime answers with a panic, which ends the
// program. A receive from a closed channel is fine and returns at once, a close of a
// channel that is nil panics too.
//
// # How to fix it
//
// Let one goroutine close the channel: the one that sends, in a deferred call, or one
// that waits for all who send. If several may be the first to close it, as with a
// signal to stop, close it in a sync.Once, or cancel a context instead, which can be
// done as often as one likes.
//
// # What counts
//
// Two operations on one channel, in one goroutine: the second always follows
// the first, or is only come to by way of the first. A close in a goroutine that is
// started in a loop, with a channel from outside, if it always comes to it. A close in each
// round of a loop that does not end, or goes round a constant number of times. And closes in two
// goroutines that both come to theirs whatever happens, without waiting for anything but
// the other close. Functions that recover are left alone.
//
// # Limitations
//
// What depends on conditions on both sides is not reported, nor are a close and a send that
// nothing orders: the check datarace reports that they may come at the same time. Methods that other packages call twice are not known, and neither is how often a loop
// goes round that depends on a variable.
package closedchannel
