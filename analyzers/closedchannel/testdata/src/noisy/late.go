package noisy

import (
	"context"
	"time"
)

func fetch(string) string { return "" }

// The first result wins, and the others come too late.
func first(names []string) string {
	results := make(chan string)
	for _, n := range names {
		go func() { results <- fetch(n) }()
	}
	r := <-results
	close(results) // want `first closes results after fewer receives than the goroutines started at late.go:14 send values: a send at late.go:14 panics`
	return r
}

func three() (sum int) {
	numbers := make(chan int, 1)
	for i := range 3 {
		go func() { numbers <- i }()
	}
	sum += <-numbers
	defer close(numbers) // want `three closes numbers after fewer receives than the goroutines started at late.go:24 send values`
	return sum
}

func endless(limit int) (sum int) {
	numbers := make(chan int)
	go func() {
		for i := 0; ; i++ {
			numbers <- i
		}
	}()
	for sum < limit {
		sum += <-numbers
	}
	close(numbers) // want `endless closes numbers, to which the goroutine started at late.go:33 sends again and again: its next send, at late.go:35, panics`
	return sum
}

func timeout(ctx context.Context, d time.Duration) bool {
	late := make(chan bool, 1)
	defer close(late) // want `timeout closes late without a stop of the timer started at late.go:48: when it runs out, the send at late.go:48 panics`
	time.AfterFunc(d, func() { late <- true })
	select {
	case <-late:
		return false
	case <-ctx.Done():
		return true
	}
}

func stopBoth(d time.Duration, names []string) {
	stop := make(chan bool)
	go func() { <-stop }()
	time.AfterFunc(d, func() { close(stop) })
	for _, n := range names {
		fetch(n)
	}
	close(stop) // want `stopBoth closes stop without a stop of the timer started at late.go:60: when it runs out, the close at late.go:60 panics`
}
