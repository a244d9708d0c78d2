// Package noisy uses channels that are closed.
package noisy

import "errors"

func work(string) error { return nil }

// Once by hand and once by the deferred call.
func twice(names []string) {
	out := make(chan string)
	go func() {
		defer close(out) // want `twice closes out, which was closed at noisy.go:15: the second close panics`
		for _, n := range names {
			if n == "" {
				close(out)
				return
			}
			out <- n
		}
	}()
	for range out {
	}
}

func sendBehind(names []string) {
	out := make(chan string, 1)
	go func() {
		for range out {
		}
	}()
	close(out)
	for _, n := range names {
		out <- n // want `sendBehind sends to out, which was closed at noisy.go:31: the send panics`
	}
}

// In two functions.
type pipe struct{ c chan error }

func (p *pipe) fail(err error) {
	p.c <- err // want `fail sends to p.c, which was closed at noisy.go:52: the send panics`
	p.end()
}

func (p *pipe) end() {
	close(p.c) // want `end closes p.c, which was closed at noisy.go:52: the second close panics`
}

func pipes() {
	p := &pipe{make(chan error)}
	go func() {
		p.end()
		p.fail(errors.New("late"))
	}()
	<-p.c
}

// Each of the goroutines closes it.
func each(names []string) {
	results := make(chan error)
	for _, n := range names {
		go func() {
			results <- work(n)
			close(results) // want `each closes results in each of the goroutines started at noisy.go:62: the second close panics`
		}()
	}
	for range results {
	}
}

func null() {
	close((chan int)(nil)) // want `null closes \(chan int\)\(nil\), which is nil: the close panics`
}

// A send on a closed channel is always ready.
func inSelect(quit chan bool) {
	out := make(chan int)
	go func() { <-out }()
	close(out)
	select {
	case <-quit:
	case out <- 1: // want `inSelect sends to out, which was closed at noisy.go:79: the send panics`
	}
}

// It comes again in the next round.
func rounds(reset chan bool) {
	out := make(chan string)
	go func() { <-out }()
	for {
		<-reset
		close(out) // want `rounds closes out in each round of the loop: the second close panics`
	}
}

func threeRounds() {
	out := make(chan string)
	go func() { <-out }()
	for range 3 {
		close(out) // want `threeRounds closes out in each round of the loop`
	}
}

// One of two goroutines comes second.
func race(names [2]string) {
	done := make(chan bool)
	go func() {
		work(names[0])
		close(done) // want `race closes done, and so does another goroutine, at noisy.go:\d+: the second close panics`
	}()
	go func() {
		work(names[1])
		close(done)
	}()
	<-done
}

// The goroutine has closed what is received from.
func bothEnds(name string) {
	done := make(chan bool)
	go func() {
		defer close(done)
		work(name)
	}()
	<-done
	close(done) // want `bothEnds closes done, and so does another goroutine, at noisy.go:\d+: the second close panics`
}
