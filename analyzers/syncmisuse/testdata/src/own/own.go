// Package own has locks that only one goroutine uses.
package own

import "sync"

var (
	total   int
	names   = map[string]int{}
	totalMu sync.Mutex
)

func add(n int) {
	var mu sync.Mutex
	mu.Lock() // want `each call of add has a lock mu of its own, so that it excludes nobody from total`
	total += n
	mu.Unlock()
}

func addName(name string) {
	mu := sync.RWMutex{}
	mu.Lock() // want `each call of addName has a lock mu of its own`
	defer mu.Unlock()
	names[name]++
}

func addRight(n int) {
	totalMu.Lock()
	total += n
	totalMu.Unlock()
}

// One lock for each iteration.
func sum(ns []int) int {
	sum := 0
	var wg sync.WaitGroup
	for _, n := range ns {
		var mu sync.Mutex
		wg.Add(1)
		go func() {
			defer wg.Done()
			mu.Lock() // want `each goroutine that sum starts here has a lock mu of its own, so that it excludes nobody from sum`
			sum += n
			mu.Unlock()
		}()
	}
	wg.Wait()
	return sum
}

func sumRight(ns []int) int {
	sum := 0
	var wg sync.WaitGroup
	var mu sync.Mutex
	for _, n := range ns {
		wg.Go(func() {
			mu.Lock()
			sum += n
			mu.Unlock()
		})
	}
	wg.Wait()
	return sum
}

// In the goroutine itself.
func sumInside(ns []int) int {
	sum := 0
	var wg sync.WaitGroup
	for _, n := range ns {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var mu sync.Mutex
			mu.Lock() // want `the function literal in sumInside has a lock mu of its own, so that it excludes nobody from sum`
			sum += n
			mu.Unlock()
		}()
	}
	wg.Wait()
	return sum
}

// Shared by two goroutines of one call.
func two() {
	var mu sync.Mutex
	go func() {
		mu.Lock()
		total++
		mu.Unlock()
	}()
	mu.Lock()
	total++
	mu.Unlock()
}

// By callbacks that others call.
func register(handle func(func())) {
	var mu sync.Mutex
	handle(func() {
		mu.Lock()
		total++
		mu.Unlock()
	})
}

// By those who are given it.
func given(use func(*sync.Mutex)) {
	var mu sync.Mutex
	use(&mu)
	mu.Lock()
	total++
	mu.Unlock()
}

// Held for nothing that is shared, as in a benchmark.
func bench(n int) int {
	var mu sync.Mutex
	x := 0
	for range n {
		mu.Lock()
		x++
		mu.Unlock()
	}
	return x
}

// Beside the lock that protects the variable.
func both(n int) {
	var mu sync.Mutex
	mu.Lock()
	totalMu.Lock()
	total += n
	totalMu.Unlock()
	mu.Unlock()
}

// As a signal to a goroutine.
func signal(f func()) {
	var mu sync.Mutex
	mu.Lock()
	go func() {
		f()
		mu.Unlock()
	}()
	mu.Lock()
	total++
	mu.Unlock()
}
