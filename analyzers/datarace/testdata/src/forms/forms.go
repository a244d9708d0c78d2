// Package forms has the forms in which most races are written, each with what
// is said of it.
package forms

import (
	"errors"
	"sync"
)

func work(int) error { return errors.New("no") }

func capturedError() error {
	err := work(1)
	done := make(chan bool)
	go func() {
		err = work(2) // want `err is written here .*; err is the variable of capturedError \(forms.go:13\): declare one inside of the function literal with :=`
		done <- true
	}()
	if err != nil {
		return err
	}
	<-done
	return nil
}

func ownError() error {
	err := work(1)
	done := make(chan error)
	go func() {
		err := work(2)
		done <- err
	}()
	if err != nil {
		return err
	}
	return <-done
}

func awaitedError() error {
	var err error
	go func() {
		err = work(2) // want `err is written here .*; awaitedError uses it at forms.go:44: hand the error over on a channel, or use an errgroup.Group`
	}()
	return err
}

func awaitedBehindWait() error {
	err := work(1)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			if e := work(i); e != nil {
				err = e // want `err is written here by all goroutines .*; awaitedBehindWait uses it at forms.go:61: hand the error over`
			}
		})
	}
	wg.Wait()
	return err
}

func assignedAnew() error {
	var err error
	done := make(chan bool)
	go func() {
		err = work(2) // want `err is written here .*; err is the variable of assignedAnew \(forms.go:65\): declare one inside`
		println(err)
		done <- true
	}()
	err = work(3)
	<-done
	err = work(4)
	return err
}

func readInside() error {
	err := work(1)
	done := make(chan bool)
	go func() {
		println(err)
		done <- true
	}()
	err = work(3) // want `err is written here .*orders them$`
	<-done
	return err
}

func handedOver() error {
	errs := make(chan error)
	go func() { errs <- work(2) }()
	return <-errs
}

func result() (n int) {
	go func() {
		n = 1 // want `n is written here .*; n is a result of result, which a return statement sets`
	}()
	return 2
}

func ownResult() (n int) {
	go func() {
		n := 1
		println(n)
	}()
	return 2
}

func appended() []int {
	var all []int
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			all = append(all, i) // want `all is written here by all goroutines .*; of two calls of append one may be lost`
		})
	}
	wg.Wait()
	return all
}

func appendedUnderLock() []int {
	var all []int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			all = append(all, i)
		})
	}
	wg.Wait()
	return all
}

func ownElements() []int {
	all := make([]int, 10)
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() { all[i] = i })
	}
	wg.Wait()
	return all
}

func mapped() map[int]int {
	m := make(map[int]int)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			m[i] = i // want `m is written here by all goroutines .*; a map that is written while it is used stops the program`
		})
	}
	wg.Wait()
	return m
}

func mappedUnderLock() map[int]int {
	m := make(map[int]int)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			m[i] = i
		})
	}
	wg.Wait()
	return m
}

func readLocked() int {
	var mu sync.RWMutex
	var wg sync.WaitGroup
	n := 0
	for range 10 {
		wg.Go(func() {
			mu.RLock()
			n++ // want `n is written here by all goroutines .*; RLock lets other readers in: to write, Lock`
			mu.RUnlock()
		})
	}
	wg.Wait()
	return n
}

func writeLocked() int {
	var mu sync.RWMutex
	var wg sync.WaitGroup
	n := 0
	for range 10 {
		wg.Go(func() {
			mu.Lock()
			n++
			mu.Unlock()
		})
	}
	wg.Wait()
	return n
}

// Locking a copy keeps nobody out.

type account struct {
	mu      sync.Mutex
	balance int
}

func lockedCopy() int {
	a := new(account)
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			mu := a.mu
			mu.Lock()
			a.balance++ // want `a.balance is written here by all goroutines .*; mu does not keep them apart; each goroutine has a mu of its own, which keeps nobody out`
			mu.Unlock()
		})
	}
	wg.Wait()
	return a.balance
}

// A method with a value receiver locks a copy.
func (a account) add(balance *int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	*balance++ // want `is written here by all goroutines .*; each goroutine has a a.mu of its own`
}

func lockedReceiver() int {
	var a account
	var wg sync.WaitGroup
	balance := 0
	for range 10 {
		wg.Go(func() { a.add(&balance) })
	}
	wg.Wait()
	return balance
}

func lockedOriginal() int {
	a := new(account)
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			mu := &a.mu
			mu.Lock()
			a.balance++
			mu.Unlock()
		})
	}
	wg.Wait()
	return a.balance
}
