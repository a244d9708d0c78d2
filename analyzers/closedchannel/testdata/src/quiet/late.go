package quiet

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

func fetch(string) string { return "" }

// As many are received as are sent.
func all(names [3]string) (list []string) {
	results := make(chan string)
	for _, n := range names {
		go func() { results <- fetch(n) }()
	}
	for range names {
		list = append(list, <-results)
	}
	close(results)
	return list
}

func every(names []string) (list []string) {
	results := make(chan string)
	for _, n := range names {
		go func() { results <- fetch(n) }()
	}
	for range names {
		list = append(list, <-results)
	}
	close(results)
	return list
}

// There is room for those that are not received.
func room() int {
	numbers := make(chan int, 2)
	for i := range 3 {
		go func() { numbers <- i }()
	}
	n := <-numbers
	close(numbers)
	return n
}

// The first is received, the rest is waited for.
func joined(names []string) string {
	results := make(chan string, 1)
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Go(func() { results <- fetch(n) })
	}
	r := <-results
	go func() {
		for range results {
		}
	}()
	wg.Wait()
	close(results)
	return r
}

// The sender has a signal to stop.
func signalled(limit int) (sum int) {
	numbers, stop := make(chan int), make(chan bool)
	go func() {
		for i := 0; ; i++ {
			select {
			case numbers <- i:
			case <-stop:
				return
			}
		}
	}()
	for sum < limit {
		sum += <-numbers
	}
	stop <- true
	close(numbers)
	return sum
}

// The sender gets something to do from who closes.
func asked(limit int) (sum int) {
	questions, answers := make(chan int), make(chan int)
	go func() {
		for {
			q := <-questions
			answers <- q * q
		}
	}()
	for i := range limit {
		questions <- i
		sum += <-answers
	}
	close(answers)
	return sum
}

func answered(limit int) (sum int) {
	questions, answers := make(chan int), make(chan int)
	go func() {
		for {
			answers <- 1
			<-questions
		}
	}()
	for i := range limit {
		sum += <-answers
		questions <- i
	}
	sum += <-answers
	close(answers)
	return sum
}

// A variable stops the sender.
func flagged(limit int) (sum int) {
	var stop atomic.Bool
	numbers := make(chan int)
	go func() {
		for i := 0; ; i++ {
			numbers <- i
			if stop.Load() {
				return
			}
		}
	}()
	for sum < limit {
		sum += <-numbers
	}
	stop.Store(true)
	sum += <-numbers
	close(numbers)
	return sum
}

// The sends wait for another channel, which may have come to be closed too late.
func gated(names []string, gate chan bool) string {
	results := make(chan string)
	for _, n := range names {
		go func() {
			<-gate
			results <- fetch(n)
		}()
	}
	r := <-results
	close(results)
	return r
}

// If there is more than one, the close is never come to.
func joinedEach(names []string) string {
	results := make(chan string)
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Go(func() { results <- fetch(n) })
	}
	r := <-results
	wg.Wait()
	close(results)
	return r
}

// Whoever makes the ticks may have stopped.
func ticking(limit int, ticks chan bool) (sum int) {
	numbers := make(chan int)
	go func() {
		for i := 0; ; i++ {
			numbers <- i
			<-ticks
		}
	}()
	for sum < limit {
		sum += <-numbers
	}
	close(numbers)
	return sum
}

// The losers take another case.
func cancelled(names []string) string {
	results, stop := make(chan string), make(chan bool)
	for _, n := range names {
		go func() {
			select {
			case results <- fetch(n):
			case <-stop:
			}
		}()
	}
	r := <-results
	close(stop)
	close(results)
	return r
}

// One sends always, the other perhaps.
func perhaps(n string) string {
	results := make(chan string)
	go func() { results <- fetch(n) }()
	go func() {
		if r := fetch(n); r != "" {
			results <- r
		}
	}()
	r := <-results
	close(results)
	return r
}

// The only sender may have sent.
func one(n string) string {
	results := make(chan string, 1)
	go func() { results <- fetch(n) }()
	time.Sleep(time.Second)
	close(results)
	return <-results
}

// Only one of them is started.
func branch(ok bool) int {
	numbers := make(chan int)
	if ok {
		go func() { numbers <- 1 }()
	} else {
		go func() { numbers <- 2 }()
	}
	n := <-numbers
	close(numbers)
	return n
}

// A send is tried, or comes on a condition.
func tried(names []string) string {
	results := make(chan string)
	for _, n := range names {
		go func() {
			if r := fetch(n); r != "" {
				results <- r
			}
		}()
	}
	r := <-results
	close(results)
	return r
}

// The loop starts one.
func breaks(names []string) string {
	results := make(chan string)
	for _, n := range names {
		go func() { results <- fetch(n) }()
		if n != "" {
			break
		}
	}
	r := <-results
	close(results)
	return r
}

func stopped(ctx context.Context, d time.Duration) bool {
	late := make(chan bool, 1)
	defer close(late)
	timer := time.AfterFunc(d, func() { late <- true })
	defer timer.Stop()
	select {
	case <-late:
		return false
	case <-ctx.Done():
		return true
	}
}

// The timer is waited for.
func waited(d time.Duration) {
	late := make(chan bool)
	time.AfterFunc(d, func() { late <- true })
	<-late
	close(late)
}

func waitedOther(d time.Duration, done chan bool) {
	late := make(chan bool, 1)
	time.AfterFunc(d, func() {
		late <- true
		done <- true
	})
	<-done
	select {
	case <-late:
	default:
	}
	close(late)
}

func slept(d time.Duration) {
	late := make(chan bool, 1)
	time.AfterFunc(d, func() { late <- true })
	time.Sleep(2 * d)
	select {
	case <-late:
	default:
	}
	close(late)
}

// The channel is closed when the value has come, and is left else.
func onlyThen(ctx context.Context, d time.Duration) {
	late := make(chan bool, 1)
	time.AfterFunc(d, func() { late <- true })
	select {
	case <-late:
		close(late)
	case <-ctx.Done():
	}
}
