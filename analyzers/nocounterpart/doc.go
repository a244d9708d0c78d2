// Package nocounterpart reports sends, receives and waits that last for ever,
// since nothing in the package does what would end them.
//
// # Wrong
//
//	func fetch(urls []string) {
//		results := make(chan string)
//		for _, u := range urls {
//			go func() { results <- get(u) }() // nobody receives
//		}
//	}
//
//	func all(jobs []func()) {
//		var wg sync.WaitGroup
//		for _, job := range jobs {
//			wg.Add(1)
//			go job()
//		}
//		wg.Wait() // nobody calls Done
//	}
//
// # Right
//
//	func fetch(urls []string) []string {
//		results := make(chan string)
//		for _, u := range urls {
//			go func() { results <- get(u) }()
//		}
//		var all []string
//		for range urls {
//			all = append(all, <-results)
//		}
//		return all
//	}
//
//	func all(jobs []func()) {
//		var wg sync.WaitGroup
//		for _, job := range jobs {
//			wg.Go(job)
//		}
//		wg.Wait()
//	}
//
// # Why it breaks
//
// A channel without room hands a value from one goroutine to another: the send
// waits until somebody receives. A receive waits until somebody sends or closes
// the channel. A channel that is nil does neither. Wait of a WaitGroup waits
// until Done was called as often as Add has counted. A goroutine that waits for
// what nobody does never ends; it keeps its memory, and whoever waits for it
// waits for ever too.
//
// # How to fix it
//
// Write the other half, or remove this one. If the result may be unwanted, give
// the channel room for it. If a receive waits for a signal to stop, close the
// channel when it is time. A send and its receive need two goroutines, or a
// channel with room.
//
// # What counts
//
// All functions of the package are read. Channels that may be the same one,
// by assignments, calls and captures, are counted as one, and so are those of
// the same field. One that other packages can reach, that is converted to an
// interface, or that goes where it cannot be followed is left alone. A case of
// a select statement is only reported if no other case can come about.
//
// The strict tier adds a receive that is the only use of its channel, which is a
// way to stop a goroutine for good, and operations on a channel that is always nil:
// code that is never reached, such as behind a t.Skip, may be what makes it.
//
// # Limitations
//
// A close in the package ends all that waits for the channel: a send on it
// panics. How often something is done is not counted: two sends for one receive
// are missed, and so is a receiver that returns early. So is a channel of one
// object that lacks what those of others of its type have.
package nocounterpart
