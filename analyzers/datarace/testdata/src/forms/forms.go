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

func result() (n int) {
	go func() {
		n = 1 // want `n is written here .*; n is a result of result, which a return statement sets`
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
