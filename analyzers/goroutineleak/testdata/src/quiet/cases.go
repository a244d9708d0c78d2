package quiet

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
)

// The case says that the channel is closed, and so the wait is over.
type closing struct{ c chan struct{} }

func (c *closing) end() {
	select {
	case <-c.c:
	default:
		close(c.c)
	}
}

func closings(name string) {
	c := &closing{make(chan struct{})}
	defer c.end()
	go func() { <-c.c }()
	if _, err := os.Stat(name); err != nil {
		c.end()
	}
}

// One of them sends: the first.
func onceSent(names []string) error {
	var once sync.Once
	errs, done := make(chan error), make(chan struct{})
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Go(func() {
			if _, err := os.Stat(n); err != nil {
				once.Do(func() { errs <- err })
			}
		})
	}
	go func() {
		wg.Wait()
		close(done)
	}()
	select {
	case err := <-errs:
		return err
	case <-done:
		return nil
	}
}

func swapped(names []string) error {
	var failed atomic.Bool
	errs, done := make(chan error), make(chan struct{})
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Go(func() {
			if _, err := os.Stat(n); err != nil && failed.CompareAndSwap(false, true) {
				errs <- err
			}
		})
	}
	go func() {
		wg.Wait()
		close(done)
	}()
	select {
	case err := <-errs:
		return err
	case <-done:
		return nil
	}
}

func swappedInt(names []string) error {
	var failed int32
	errs, done := make(chan error), make(chan struct{})
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Go(func() {
			_, err := os.Stat(n)
			if err != nil && atomic.CompareAndSwapInt32(&failed, 0, 1) {
				errs <- err
			}
		})
	}
	go func() {
		wg.Wait()
		close(done)
	}()
	select {
	case err := <-errs:
		return err
	case <-done:
		return nil
	}
}

// The one that finds the variable unset.
func underLock(names []string) error {
	var mu sync.Mutex
	failed := false
	errs, done := make(chan error), make(chan struct{})
	var wg sync.WaitGroup
	for range names {
		wg.Go(func() {
			mu.Lock()
			first := !failed
			failed = true
			mu.Unlock()
			if first {
				errs <- errors.New("first")
			}
		})
	}
	go func() {
		wg.Wait()
		close(done)
	}()
	select {
	case err := <-errs:
		return err
	case <-done:
		return nil
	}
}
