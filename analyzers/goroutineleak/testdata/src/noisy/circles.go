package noisy

import (
	"os"
	"sync"
)

// Those in the group wait for the receive, and that for the group.
func groupFirst(names []string) {
	results := make(chan string)
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Go(func() {
			results <- get(n) // want `groupFirst sends to results and may wait for ever: who receives from it, at circles.go:19, waits at circles.go:17 for what comes behind the send`
		})
	}
	wg.Wait()
	close(results)
	for range results {
	}
}

// Only errors are sent, and there is room for one.
func errorsFirst(names []string) error {
	errs := make(chan error, 1)
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := os.Remove(n); err != nil {
				errs <- err // want `errorsFirst sends to errs and may wait for ever: who receives from it, at circles.go:37, waits at circles.go:36 for what comes behind the send`
			}
		}()
	}
	wg.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

// What waits for the group is a goroutine in it.
func inGroup(names []string) (n int) {
	results := make(chan string)
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Go(func() { results <- get(name) })
	}
	wg.Go(func() {
		for range results { // want `inGroup ranges over results and may wait for ever: who closes it, at circles.go:58, waits at circles.go:57 for what comes behind the loop`
			n++
		}
	})
	wg.Wait()
	close(results)
	return n
}

// The jobs are handed out by the same goroutine that collects the results.
func pool(names []string) {
	jobs, results := make(chan string), make(chan string)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for j := range jobs {
				results <- get(j)
			}
		})
	}
	for _, n := range names {
		jobs <- n // want `pool sends to jobs and may wait for ever: who receives from it, at circles.go:68, waits at circles.go:69 for what comes behind the send`
	}
	close(jobs)
	wg.Wait()
	close(results)
	for range results {
	}
}

// One worker, and as many jobs as there may be.
func oneWorker(n int) {
	jobs, results := make(chan int), make(chan int)
	go func() {
		for j := range jobs {
			results <- j
		}
	}()
	for i := range n {
		jobs <- i // want `oneWorker sends to jobs and may wait for ever: who receives from it, at circles.go:\d+, waits at circles.go:\d+ for what comes behind the send`
	}
	close(jobs)
	for range n {
		<-results
	}
}

// One more job than there are workers.
func oneMore() {
	jobs, results := make(chan int), make(chan int)
	for range 3 {
		go func() {
			for j := range jobs {
				results <- j
			}
		}()
	}
	for i := range 4 {
		jobs <- i // want `oneMore sends to jobs and may wait for ever: who receives from it, at circles.go:\d+, waits at circles.go:\d+ for what comes behind the send`
	}
	close(jobs)
	for range 4 {
		<-results
	}
}

// The gate is opened when all have passed it.
func gate(names []string) {
	open := make(chan struct{})
	var wg sync.WaitGroup
	for range names {
		wg.Go(func() {
			<-open // want `gate receives from open and may wait for ever: who sends to it or closes it, at circles.go:\d+, waits at circles.go:\d+ for what comes behind the receive`
		})
	}
	wg.Wait()
	close(open)
}

// They say that they are done when the result has been received.
func doneLast(names []string) {
	results, done := make(chan string), make(chan bool)
	for _, n := range names {
		go func() {
			results <- get(n)
			done <- true
		}()
	}
	for range names {
		<-done // want `doneLast receives from done and may wait for ever: who sends to it or closes it, at circles.go:\d+, waits at circles.go:\d+ for what comes behind the receive`
	}
	for range names {
		<-results
	}
}

// Each wants to give before it takes. It is told once.
func both() {
	a, b := make(chan int), make(chan int)
	go func() {
		b <- 1
		<-a
	}()
	a <- 1 // want `both sends to a and may wait for ever: who receives from it, at circles.go:\d+, waits at circles.go:\d+ for what comes behind the send`
	<-b
}

// And here in a circle of three.
func three() {
	a, b, c := make(chan int), make(chan int), make(chan int)
	go func() { b <- <-a }()
	go func() { c <- <-b }()
	<-c // want `three receives from c and may wait for ever: who sends to it or closes it, at circles.go:\d+, waits at circles.go:\d+ for what comes behind the receive`
	a <- 1
}
