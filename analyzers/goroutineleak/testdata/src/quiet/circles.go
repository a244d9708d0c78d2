package quiet

import (
	"context"
	"sync"
	"time"
)

// There is room for all, as far as is known.
func roomInGroup(names []string) {
	results := make(chan string, 100)
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Go(func() { results <- get(n) })
	}
	wg.Wait()
	close(results)
	for range results {
	}
}

func exactRoom() {
	results := make(chan string, 4)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { results <- get("") })
	}
	wg.Wait()
	close(results)
	for range results {
	}
}

// The one who waits for the group is not the one who receives.
func collected(names []string) (n int) {
	results, done := make(chan string), make(chan struct{})
	go func() {
		defer close(done)
		for range results {
			n++
		}
	}()
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Go(func() { results <- get(name) })
	}
	wg.Wait()
	close(results)
	<-done
	return n
}

// Those in the group have said that they are done before they send.
func doneBefore(names []string) {
	results := make(chan string)
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Add(1)
		go func() {
			wg.Done()
			results <- get(n)
		}()
	}
	wg.Wait()
	for range names {
		<-results
	}
}

// Whether the group is waited for first depends on the flag with which it is not sent to.
func sometimesFirst(names []string, send bool) {
	results := make(chan string)
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Go(func() {
			if send {
				results <- get(n)
			}
		})
	}
	if !send {
		wg.Wait()
		return
	}
	for range names {
		<-results
	}
}

// One of two ends the wait for the group too.
func untilCancelled(ctx context.Context, names []string) {
	results := make(chan string)
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Go(func() {
			select {
			case results <- get(n):
			case <-ctx.Done():
			}
		})
	}
	wg.Wait()
	for range names {
		<-results
	}
}

// What is received later may be received by a timer before.
func byTimer() {
	results := make(chan string)
	var wg sync.WaitGroup
	wg.Go(func() { results <- get("") })
	time.AfterFunc(time.Second, func() { <-results })
	wg.Wait()
	select {
	case <-results:
	default:
	}
}

// Some values are received in later rounds: the counter tells when the first has been sent.
func window(n int) {
	data, acks := make(chan int), make(chan int, 8)
	go func() {
		defer close(acks)
		for range data {
			acks <- 1
		}
	}()
	for i := range n {
		if i >= 8 {
			<-acks
		}
		data <- i
	}
	close(data)
	for range acks {
	}
}

// Who lets the receiver go on is a goroutine of the same function, which is not laid out again.
func countdown(n int, c, ready chan int) {
	if n == 0 {
		ready <- 1
		return
	}
	go countdown(n-1, c, ready)
	c <- n
}

func recursive() {
	c, ready := make(chan int), make(chan int)
	go countdown(1, c, ready)
	<-ready
	<-c
}

// As many workers as jobs: each keeps its result until all jobs are handed out.
func equal() {
	jobs, results := make(chan int), make(chan int)
	for range 3 {
		go func() {
			for j := range jobs {
				results <- j
			}
		}()
	}
	for i := range 3 {
		jobs <- i
	}
	close(jobs)
	for range 3 {
		<-results
	}
}

func workerEach(names []string) {
	jobs, results := make(chan string), make(chan string)
	for range names {
		go func() {
			for j := range jobs {
				results <- get(j)
			}
		}()
	}
	for _, n := range names {
		jobs <- n
	}
	close(jobs)
	for range names {
		<-results
	}
}

// A third one takes the results.
func forwarded(names []string) []string {
	jobs, results, all := make(chan string), make(chan string), make(chan []string)
	go func() {
		defer close(results)
		for j := range jobs {
			results <- get(j)
		}
	}()
	go func() {
		var list []string
		for r := range results {
			list = append(list, r)
		}
		all <- list
	}()
	for _, n := range names {
		jobs <- n
	}
	close(jobs)
	return <-all
}

// Results are taken between the jobs, not more than three behind.
func inFlight(names []string) {
	jobs, results := make(chan string), make(chan string)
	defer close(jobs)
	for range 3 {
		go func() {
			for j := range jobs {
				results <- get(j)
			}
		}()
	}
	for i, n := range names {
		if i >= 3 {
			<-results
		}
		jobs <- n
	}
	for range min(3, len(names)) {
		<-results
	}
}
