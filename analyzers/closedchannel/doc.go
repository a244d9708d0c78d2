// Package closedchannel reports sends on channels that are closed by then, and
// channels that are closed twice, and closes that come while others are still to send.
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
//	results := make(chan string)
//	for _, s := range servers {
//		go func() { results <- ask(s) }()
//	}
//	answer := <-results
//	close(results) // and all but the first panic
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
//	results := make(chan string, len(servers))
//	for _, s := range servers {
//		go func() { results <- ask(s) }()
//	}
//	answer := <-results // and nobody closes: a channel need not be closed
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
// done as often as one likes. Whoever receives does not close: it tells those who send to stop, and waits
// until they have. A timer that sends or closes is stopped first, and if Stop returns false, waited for.
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
// And a close while another goroutine, which the same function has started and does not wait for, always
// sends again: it sends in a loop that does not end, or there are more such sends than receives
// before the close and places in the channel. Of a loop of unknown length two rounds are counted.
// And a close with a time.AfterFunc before it whose function always sends, or closes, that nobody
// stops, and a way between them on which its value is not received, without a sleep. The same of a
// channel in a field that a method Close, Stop or Shutdown always closes, if the function of
// time.AfterFunc has no condition and its timer is not kept.
//
// # Limitations
//
// What depends on conditions on both sides is not reported, nor are a close and a send that
// nothing orders, if the send may be first: the check datarace reports that they may come at the same time. Methods that other packages call twice are not known, and neither is how often a loop
// goes round that depends on a variable.
package closedchannel
