// Package quiet closes channels once.
package quiet

import "sync"

func work(string) error { return nil }

func deferred(names []string) {
	out := make(chan string)
	go func() {
		defer close(out)
		for _, n := range names {
			if n == "" {
				return
			}
			out <- n
		}
	}()
	for range out {
	}
}

// One or the other.
func either(ok bool) {
	done := make(chan bool)
	go func() {
		if ok {
			done <- true
			close(done)
			return
		}
		close(done)
	}()
	<-done
}

// A variable says whether it was closed.
func flag(names []string) {
	done := make(chan bool)
	go func() {
		closed := false
		for _, n := range names {
			if n == "" && !closed {
				close(done)
				closed = true
			}
		}
		if !closed {
			close(done)
		}
	}()
	<-done
}

type stopper struct {
	once sync.Once
	done chan struct{}
}

func (s *stopper) stop() { s.once.Do(func() { close(s.done) }) }

func once() {
	s := &stopper{done: make(chan struct{})}
	go func() {
		s.stop()
		s.stop()
	}()
	<-s.done
}

// The panic is expected.
func tryClose(c chan bool) {
	defer func() { recover() }()
	close(c)
}

func recovers() {
	c := make(chan bool)
	go func() {
		tryClose(c)
		tryClose(c)
	}()
	<-c
}

// A channel for each goroutine, and for each round.
func own(names []string) {
	for _, n := range names {
		c := make(chan error)
		go func() {
			c <- work(n)
			close(c)
		}()
		<-c
	}
}

// The last of them closes it.
func last(names []string) {
	results := make(chan error)
	var mu sync.Mutex
	left := len(names)
	for _, n := range names {
		go func() {
			results <- work(n)
			mu.Lock()
			defer mu.Unlock()
			if left--; left == 0 {
				close(results)
			}
		}()
	}
	for range results {
	}
}

// A loop without end sends in one case and closes in the other, for as long as it makes new ones.
func server(stop chan bool, names chan string) {
	out := make(chan string)
	go func() {
		for range out {
		}
	}()
	for {
		select {
		case <-stop:
			close(out)
			out = make(chan string)
		case n := <-names:
			out <- n
		}
	}
}

// One of the rounds starts the goroutine that closes the channel.
func atLimit(names []string) {
	done := make(chan bool)
	for i, n := range names {
		if i == 7 {
			go func() {
				work(n)
				close(done)
			}()
		}
	}
	<-done
}

// The loop ends in the first round, or goes on without the close.
func firstRound() {
	out := make(chan string)
	go func() { <-out }()
	for range 3 {
		close(out)
		break
	}
}

func someRound(more func() bool) {
	out := make(chan string)
	go func() { <-out }()
	for range 3 {
		close(out)
		if !more() {
			return
		}
	}
}

func oneRound(in chan int) {
	out := make(chan string)
	go func() { <-out }()
	for {
		if <-in == 3 {
			close(out)
		}
	}
}

func lastRound(in chan int) {
	out := make(chan string)
	go func() { <-out }()
	for {
		close(out)
		for {
			<-in
		}
	}
}

// A channel for each round.
func newRound(reset chan bool) {
	for {
		out := make(chan string)
		go func() { <-out }()
		<-reset
		close(out)
	}
}

// One of two goroutines closes it: the one that is told to, or the one that is started.
func told(a, b chan bool) {
	done := make(chan bool)
	go func() {
		<-a
		close(done)
	}()
	go func() {
		<-b
		close(done)
	}()
	<-done
}

func started(first bool) {
	done := make(chan bool)
	if first {
		go func() { close(done) }()
	} else {
		go func() { close(done) }()
	}
	<-done
}

func itself(ok bool) {
	done := make(chan bool)
	if ok {
		go func() { close(done) }()
		<-done
		return
	}
	close(done)
}

func sameFlag(ok bool) {
	done := make(chan bool)
	go func() {
		if ok {
			close(done)
		}
	}()
	if !ok {
		close(done)
	}
	<-done
}
