// Package goroutineleak reports goroutines that may wait for ever, because
// those who could let them go on have returned, or gone on without them.
//
// # Wrong
//
//	func fetch(ctx context.Context, url string) (string, error) {
//		result := make(chan string)
//		go func() { result <- get(url) }()
//		select {
//		case r := <-result:
//			return r, nil
//		case <-ctx.Done():
//			return "", ctx.Err() // and then nobody receives
//		}
//	}
//
//	func first(mirrors []string) string {
//		result := make(chan string)
//		for _, m := range mirrors {
//			go func() { result <- get(m) }()
//		}
//		return <-result // all but one wait for ever
//	}
//
//	func all(urls []string) []string {
//		results := make(chan string)
//		var wg sync.WaitGroup
//		for _, u := range urls {
//			wg.Go(func() { results <- get(u) }) // waits for the loop below
//		}
//		wg.Wait() // waits for the sends
//		close(results)
//		var all []string
//		for r := range results {
//			all = append(all, r)
//		}
//		return all
//	}
//
//	func (s *Scanner) scan(files []string) error {
//		jobs := make(chan string)
//		go s.work(jobs) // for j := range jobs { … }
//		for _, f := range files {
//			info, err := os.Stat(f)
//			if err != nil {
//				return err // jobs is not closed
//			}
//			jobs <- info.Name()
//		}
//		close(jobs)
//		return nil
//	}
//
//	func poll(ctx context.Context, jobs chan string) {
//		for {
//			select {
//			case job := <-jobs:
//				run(job)
//			case <-ctx.Done():
//				break // leaves the select statement, not the loop
//			}
//		}
//	}
//
// # Right
//
//	func fetch(ctx context.Context, url string) (string, error) {
//		result := make(chan string, 1) // there is always room for the result
//		go func() { result <- get(url) }()
//		select {
//		case r := <-result:
//			return r, nil
//		case <-ctx.Done():
//			return "", ctx.Err()
//		}
//	}
//
//	func first(mirrors []string) string {
//		result := make(chan string, len(mirrors))
//		for _, m := range mirrors {
//			go func() { result <- get(m) }()
//		}
//		return <-result
//	}
//
//	func all(urls []string) []string {
//		…
//		go func() {
//			wg.Wait()
//			close(results)
//		}()
//		for r := range results {
//			…
//		}
//	}
//
//	func (s *Scanner) scan(files []string) error {
//		jobs := make(chan string)
//		defer close(jobs)
//		go s.work(jobs)
//		…
//	}
//
//	func poll(ctx context.Context, jobs chan string) {
//		for {
//			select {
//			case job := <-jobs:
//				run(job)
//			case <-ctx.Done():
//				return
//			}
//		}
//	}
//
// # Why it breaks
//
// A send on a channel without room waits until somebody receives. If the
// receiver has taken another case of its select statement, or has returned an error,
// nobody ever will. The goroutine is not collected: it keeps its stack and all
// that it points to, for as long as the program runs. One timeout costs a few
// kilobytes, a day of timeouts the machine. Nothing crashes and no test fails; the
// number of goroutines grows, and with it what they hold. If it is not a
// goroutine in the background that waits but the function itself, it hangs.
//
// # How to fix it
//
// For a result that may be unwanted, give the channel room for it: a buffer of
// one, or as many as there are senders. Where there is more to send, let the sender
// wait for a signal to stop too: select { case ch <- v: case <-ctx.Done(): return }.
// If it is a receiver that waits, close the channel in a deferred call, so that
// it is closed on every way out. Receive before you wait for those who send, or let a
// goroutine of its own wait for them and close the channel. Call Done in a deferred
// call as well, or use WaitGroup.Go. Who starts a goroutine should know when it ends.
//
// # What counts
//
// A report needs an operation that waits, whose channel (or WaitGroup, or context) is
// made in what the check sees and not given away; and for each goroutine that could
// end the wait a way past all that would do it. The branch by which it leaves must be
// decided by something new: another case of a select statement, an error that a call
// returned, a channel that was closed, what a function of another package returned
// that was not called before. Branches on what was known before, such as the flag
// with which the goroutine was started, are taken to go along with it, and an error that was
// received from the goroutine itself may have been its last word, as one that it has sent to
// who waits is known there. The case of
// the select statement must be able to come while the wait lasts, and who waits must
// be able to come to its wait without what comes behind the branch. The room of a
// channel counts, by constants.
//
// Goroutines that wait for each other in a circle are reported at one of the waits, if
// whoever comes to it stays there whatever the schedule: as long as it lasts, nobody comes
// to what would end it, though all that is not known is taken to let them go on. So is a loop
// that hands out jobs to fewer goroutines than there are rounds, if each of those then waits with
// its result until the loop has ended: a loop of unknown length is taken to have more rounds than
// a known number of goroutines, or a channel with room for one value.
//
// Also reported are waits whose counterparts all come later in the same goroutine, or
// in goroutines that are started behind it; results for which there are fewer receives
// than goroutines that send, of one go statement in a loop or of several that are always
// executed together; WaitGroups of which a goroutine may return without Done,
// or that are waited for in the loop that starts the goroutines; and contexts that
// nobody cancels.
//
// A context asks to stop, and ends nothing by itself. Reported are therefore also a case for
// ctx.Done() in a loop without any way out, whose body only prints, and a goroutine that is given a
// context made next to its go statement with a cancel function, and waits in a loop without any way
// out in which the context is not mentioned. In package main the second is left to the strict
// tier, since the goroutine may be meant to end with the program.
//
// What the function main or init leaves behind ends with the program, and is not
// reported. The strict tier adds tests.
//
// # Limitations
//
// The check follows calls within one package, to a limit of depth and size, and
// does not know what callers in other packages do: goroutines that wait for a method
// of their type to be called are not reported. Neither are channels kept in
// collections, branches on the values of variables, circles that close
// only in some schedules, and loops of unknown length that send on a channel with more room
// than for one, or to an unknown number of goroutines. A goroutine that would not come to its
// send, since what it does before fails too when its owner leaves, is reported. A loop that hands
// its context to a call, or has another way out, is not said to ignore it.
package goroutineleak
