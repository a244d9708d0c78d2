// Package noisy has goroutines that may wait for ever.
package noisy

import (
	"context"
	"errors"
	"os"
	"time"
)

func get(string) string { return "" }

// The classic: the caller gives up, the goroutine cannot deliver.
func timeout(url string) (string, error) {
	result := make(chan string)
	go func() {
		result <- get(url) // want `timeout sends to result and may wait for ever: nobody receives from it if another case of the select statement at senders.go:19 comes first`
	}()
	select {
	case r := <-result:
		return r, nil
	case <-time.After(time.Second):
		return "", errors.New("timeout")
	}
}

func canceled(ctx context.Context, url string) (r string, err error) {
	result := make(chan string)
	failed := make(chan error)
	go func() {
		if url == "" {
			failed <- errors.New("no URL") // want `canceled sends to failed and may wait for ever: nobody receives from it if another case`
			return
		}
		result <- get(url) // want `canceled sends to result and may wait for ever: nobody receives from it if another case`
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case r = <-result:
	case err = <-failed:
	}
	return r, err
}

// The first result is enough for the caller.
func first(mirrors []string) string {
	result := make(chan string)
	for _, m := range mirrors {
		go func() {
			result <- get(m) // want `first sends to result and may wait for ever: senders.go:54 is where values are received, fewer than are sent`
		}()
	}
	return <-result
}

// A constant number of them, with too little room.
func two() int {
	c := make(chan int, 1)
	for i := range 3 {
		go func() {
			c <- i // want `two sends to c and may wait for ever: senders.go:65 is where values are received, fewer than are sent`
		}()
	}
	return <-c
}

// The first error ends the loop that receives.
func all(urls []string) error {
	errs := make(chan error)
	for _, u := range urls {
		go func() {
			_, err := os.Stat(u)
			errs <- err // want `all sends to errs and may wait for ever: nobody receives from it after some of what is received at senders.go:78`
		}()
	}
	for range urls {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

// What comes between the start and the receive fails.
func between(name string) error {
	done := make(chan error)
	go func() {
		done <- os.Remove(name) // want `between sends to done and may wait for ever: nobody receives from it if the call at senders.go:91 returns an error`
	}()
	if _, err := os.Stat(name); err != nil {
		return err
	}
	return <-done
}

// The poll is without waiting: nothing there yet, and gone.
func poll(name string) error {
	done := make(chan error)
	go func() {
		done <- os.Remove(name) // want `poll sends to done and may wait for ever: nobody receives from it if another case`
	}()
	select {
	case err := <-done:
		return err
	default:
		return nil
	}
}

// An agent: the loop that receives has a case to stop, those who send have not.
type agent struct {
	status chan int
	stop   chan struct{}
}

func (a *agent) run() {
	for {
		select {
		case <-a.status:
		case <-a.stop:
			return
		}
	}
}

func (a *agent) report() {
	a.status <- 1 // want `report sends to a.status and may wait for ever: nobody receives from it if another case of the select statement at senders.go:119 comes first`
}

func agents() {
	a := &agent{make(chan int), make(chan struct{})}
	go a.run()
	go a.report()
	close(a.stop)
}

// Nobody calls next, and so nobody receives; in the end the channel is closed.
type cursor struct{ rows chan int }

func (c *cursor) next() int { return <-c.rows }

func (c *cursor) fill(rows []int) {
	defer close(c.rows)
	for _, r := range rows {
		c.push(r)
	}
}

func (c *cursor) push(r int) {
	c.rows <- r // want `push sends to c.rows and may wait for ever: nobody receives from it`
}

func open(rows []int) {
	c := &cursor{make(chan int)}
	go c.fill(rows)
}
