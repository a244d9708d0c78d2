// Package limitations has what the check misses, and what it reports though it is right.
package limitations

import (
	"net"
	"os"
	"sync"
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

// There may be as many rounds as there is room.
func unknownRoom(names []string) {
	results := make(chan string, 8)
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Go(func() { results <- get(n) })
	}
	wg.Wait()
	close(results)
	for range results {
	}
}

// There may be as many workers as jobs.
func unknownWorkers(n int, names []string) {
	jobs, results := make(chan string), make(chan string)
	for range n {
		go func() {
			for j := range jobs {
				results <- get(j)
			}
		}()
	}
	for _, name := range names {
		jobs <- name
	}
	close(jobs)
	for range names {
		<-results
	}
}
