// Package limitations has what the check misses, and what it reports though it is right.
package limitations

import (
	"net"
	"os"
)

func get(string) string { return "" }

// What a caller in another package does is not known: nobody may call Next.
type Cursor struct{ rows chan string }

func Open(names []string) *Cursor {
	c := &Cursor{make(chan string)}
	go func() {
		defer close(c.rows)
		for _, n := range names {
			c.rows <- get(n)
		}
	}()
	return c
}

func (c *Cursor) Next() string { return <-c.rows }

// Which channel of a collection is meant is not known.
func collection(names []string) error {
	var all []chan string
	for _, n := range names {
		c := make(chan string)
		all = append(all, c)
		go func() { c <- get(n) }()
	}
	if _, err := os.Stat("x"); err != nil {
		return err
	}
	for _, c := range all {
		<-c
	}
	return nil
}

// The branch is on the value of a variable.
func value(n int) {
	done := make(chan bool)
	go func() { done <- true }()
	if n > 7 {
		return
	}
	<-done
}

// When the listener is closed, Accept fails, and nothing is sent: the check does not know.
func accept() error {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return err
	}
	defer l.Close()
	conns := make(chan net.Conn)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		conns <- conn // want `accept sends to conns and may wait for ever`
	}()
	if _, err := os.Stat("x"); err != nil {
		return err
	}
	return (<-conns).Close()
}

// Each waits for the other, in a loop: one to send a job, the other to send a result.
func circle(n int) {
	jobs, results := make(chan int), make(chan int)
	go func() {
		for j := range jobs {
			results <- j
		}
	}()
	for i := range n {
		jobs <- i
	}
	close(jobs)
	for range n {
		<-results
	}
}

// Each is one of a kind, and might be the one that is received from.
func oneEach(a, b string) string {
	c := make(chan string)
	go func() { c <- get(a) }()
	go func() { c <- get(b) }()
	return <-c
}
