package quiet

import (
	"log"
	"os"
	"sync/atomic"
)

func remove(name string, errs chan error) { errs <- os.Remove(name) }

// Room for the one that is not received.
func roomForOther() error {
	errs := make(chan error, 1)
	go remove("a", errs)
	go remove("b", errs)
	return <-errs
}

// Both are received, one after the other, or one by a deferred function.
func bothReceived() error {
	errs := make(chan error)
	go remove("a", errs)
	go remove("b", errs)
	defer func() { <-errs }()
	return <-errs
}

func oneByAnother() error {
	errs := make(chan error)
	go remove("a", errs)
	go remove("b", errs)
	if err := <-errs; err == nil {
		go func() { <-errs }()
	}
	return <-errs
}

// How often is not known.
func bothInLoop(n int) (err error) {
	errs := make(chan error)
	go remove("a", errs)
	go remove("b", errs)
	for range n {
		err = <-errs
	}
	return err
}

// Only one of them is started.
func eitherStarted(first bool) error {
	errs := make(chan error)
	if first {
		go remove("a", errs)
	} else {
		go remove("b", errs)
	}
	return <-errs
}

// Only one of them sends.
func eitherSends() error {
	errs := make(chan error)
	var won atomic.Bool
	go func() {
		if won.CompareAndSwap(false, true) {
			errs <- os.Remove("a")
		}
	}()
	go func() {
		if won.CompareAndSwap(false, true) {
			errs <- os.Remove("b")
		}
	}()
	return <-errs
}

// The program ends with the first.
func endsProgram() {
	errs := make(chan error)
	go remove("a", errs)
	go remove("b", errs)
	log.Fatal(<-errs)
}

func panics() {
	errs := make(chan error)
	go remove("a", errs)
	go remove("b", errs)
	panic(<-errs)
}

// One of them can give up.
func givesUp() error {
	errs, done := make(chan error), make(chan struct{})
	defer close(done)
	go remove("a", errs)
	go func() {
		select {
		case errs <- os.Remove("b"):
		case <-done:
		}
	}()
	err := <-errs
	return err
}
