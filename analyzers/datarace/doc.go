// Package datarace reports variables that goroutines share without
// synchronisation: two accesses, at least one a write, that may run at the
// same time.
//
// # Wrong
//
//	count := 0
//	for range 10 {
//		go func() { count++ }() // ten goroutines write count
//	}
//	fmt.Println(count) // while this reads it
//
//	var err error
//	go func() {
//		err = first() // the err around it, not one of its own
//	}()
//	err = second()
//
// # Right
//
//	var (
//		mu    sync.Mutex
//		wg    sync.WaitGroup
//		count int
//	)
//	for range 10 {
//		wg.Go(func() {
//			mu.Lock()
//			defer mu.Unlock()
//			count++
//		})
//	}
//	wg.Wait()
//	fmt.Println(count)
//
//	errs := make(chan error, 1)
//	go func() { errs <- first() }()
//	err := errors.Join(second(), <-errs)
//
// # Why it breaks
//
// count++ is a load, an addition and a store. Two goroutines that load the same
// value both store the same sum, and one increment is lost. That is the harmless
// outcome: the compiler and the processor may reorder, repeat or tear accesses
// that nothing orders, so that a reader sees half of an interface or slice
// value, or a pointer to memory that is not filled in yet. Concurrent writes to
// a map stop the program.
//
// # How to fix it
//
// Guard every access, reads too, by one mutex. Or let one goroutine own the
// variable, and send it what to do. Or wait (WaitGroup, channel) before the
// variable is used again. Or give each goroutine a variable of its own. A single
// counter or flag can be a type of sync/atomic, if every access goes through it.
// Sleeping orders nothing.
//
// # What counts
//
// A variable is a package-level or local variable, a field, an element with a
// constant index, a map, the elements of a slice that range, copy or append
// uses as a whole, a channel that one goroutine closes while another may
// send on it, or an object of the standard library that is not safe for concurrent
// use, such as a bytes.Buffer, a rand.Rand, a big.Int or an http.Header, with what
// its methods do to it. Of each variable one pair of accesses is reported for each pair
// of functions.
//
// Two accesses are ordered by a lock that both hold, a channel operation, a
// WaitGroup or errgroup, a Once, a Cond, an atomic or a flag under a lock, if
// it can tell the second goroutine that the first is done. Synchronisation that
// the check does not understand, such as a call into another package on both
// sides, counts as order.
//
// Of other packages that are checked in the same run the check knows which of their
// functions start a goroutine for a function, or for a method of an interface value,
// that they are given; which do not synchronise, and so are no order; and what these
// read and write through their parameters and of package-level variables. If the
// callee takes no lock, its callers have to.
//
// A function that other packages cannot call, whose name
// or comment speaks of locks, is left alone with accesses without one.
//
// A report names both accesses, where their goroutines start, and the locks that
// each holds. With it come the nearest two things that could have ordered the two,
// and why they do not: a wait that comes after the access, a Done that comes before
// it, a Sleep, a lock of another object, a channel that has room.
//
// A loop that ends only when a field or package-level variable changes, and that
// neither changes it nor synchronises, such as for !w.stop, is reported if another
// function of the package writes the variable, also if only other packages call
// the two.
//
// # Limitations
//
// The check follows calls within one package, from functions that start
// goroutines, to a limit of depth and size. Of functions of other packages it knows
// summaries of a few words, under go vet only of packages that import sync or use
// goroutines or channels themselves. A function that a pool keeps in a queue, or
// runs under a lock or a semaphore, is not followed, nor one that is called under a
// lock of another package; and in a function that locks anything no access counts for
// its callers. Other than such loops, it does not report methods that only other
// packages call from several goroutines, pointers that may mean several variables,
// elements whose index is not constant, accesses through reflection, objects of a
// sync.Pool that are used after they were given back, and functions chosen from a
// table. A receive that may get its value from either of two senders counts as order
// for both, and so does a channel that lets several goroutines pass. An element whose
// index is not constant is taken for the own one of a goroutine that a loop over all
// elements starts. That a loop ends with the round that starts a goroutine, because
// of a field, is not seen, and can give a false report. In a test file, an HTTP
// handler counts as called by the test, one request after the other. An object
// that a goroutine gets by a race, such as from a variable that is stored to
// without a lock, is not followed if it is made after the goroutine was started:
// the race on the variable is what is reported.
package datarace
