/*
Package datarace defines a check for variables that goroutines share without
synchronisation.

# Analyzer datarace

datarace: report two accesses to one variable that may run at the same time

A data race is two accesses to the same memory by two goroutines, at least one
of them a write, that nothing orders: no lock that both hold, no channel
operation, WaitGroup or atomic flag between them.

Wrong:

	count := 0
	for range 10 {
		go func() { count++ }()
	}
	fmt.Println(count)

Right:

	var (
		mu    sync.Mutex
		count int
		wg    sync.WaitGroup
	)
	for range 10 {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			count++
		})
	}
	wg.Wait()
	fmt.Println(count)

# Why it breaks

count++ is a load, an addition and a store. Two goroutines that load the same
value both store the same sum, and one increment is lost. That is the harmless
outcome: the compiler and the processor may reorder, repeat or tear accesses
that nothing orders, so that a reader sees half of an interface or slice value,
or a pointer to memory that is not filled in yet. Concurrent use of a map stops
the program.

# How to fix

Guard every access, reads too, by one mutex; or let one goroutine own the
variable and send it what to do; or wait (WaitGroup, channel) before reading;
or give each goroutine a variable of its own. A single counter or flag can be a
type of sync/atomic, if every access goes through it.

# What is reported

For each variable and pair of functions one pair of accesses. A variable is a
package-level or local variable, a field, an element with a constant index, a
map, or a channel that is closed while another goroutine may send on it.

# Limitations

The check follows calls within one package, from functions that start
goroutines. It stays silent where two accesses are separated by
synchronisation that it does not understand, such as a call into another
package; where a pointer may mean several variables; about elements whose index
is not constant; and about methods of one value that other packages call from
several goroutines.
*/
package datarace
