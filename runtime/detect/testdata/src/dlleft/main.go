package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/sasha-s/go-deadlock"
)

type store struct {
	mu    deadlock.Mutex
	items map[string]int
}

var errEmpty = errors.New("empty name")

func (s *store) add(name string) error {
	s.mu.Lock()

	// A name must not be empty.
	if name == "" {
		return errEmpty
	}
	s.items[name]++; s.mu.Unlock()
	return nil
}

func (s *store) size() int {
	s.mu.Lock(); n := len(s.items)
	s.mu.Unlock()
	return n
}

func main() {
	deadlock.Opts.DeadlockTimeout = 200 * time.Millisecond
	deadlock.Opts.OnPotentialDeadlock = func() {}
	s := &store{items: map[string]int{}}
	go func() { fmt.Println(s.add("")) }()
	time.Sleep(50 * time.Millisecond)
	go func() { fmt.Println(s.size()) }()
	time.Sleep(500 * time.Millisecond)
}
