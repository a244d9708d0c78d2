// Package basic has variables that goroutines share, with and without order.
package basic

import "sync"

func lostUpdate() int {
	count := 0
	for range 10 {
		go func() {
			count++ // want `count is written here by the goroutine started at basic.go:9 while basic.go:13 reads it, with no common lock and nothing that orders them`
		}()
	}
	return count
}

func countedUnderLock() int {
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		count int
	)
	for range 10 {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			count++
		})
	}
	wg.Wait()
	return count
}

var total int

func add() { total++ }

func global() {
	go add()
	total = 0 // want `total is written here while the goroutine started at basic.go:38 reads it at basic.go:35`
}

func globalInOneGoroutine() {
	total = 1
	add()
	go func() {}()
}

// The read comes before the goroutine starts.
func before() int {
	x := 1
	y := x
	go func() { x = 2 }()
	return y
}

// Only reads.
func reads(x int) {
	x++
	go func() { _ = x }()
	go func() { _ = x }()
}

// Both goroutines write, the function itself does not.
func siblings() {
	var x int
	_ = &x
	go func() { x = 1 }() // want `x is written here by the goroutine started at basic.go:67 while the one started at basic.go:68 writes it at basic.go:68`
	go func() { x = 2 }()
}

// The classic: the outer err is shared by mistake.
func outerErr(f func() error) error {
	var err error
	go func() {
		err = f() // want `err is written here by the goroutine started at basic.go:74 while basic.go:77 writes it too`
	}()
	err = nil
	return err
}

// Every iteration has variables of its own.
func ownVariables(items []int) {
	for _, it := range items {
		sum := 0
		go func() { sum += it }()
	}
}
