// Package phases has a package-level variable that the program which the
// package belongs to uses from goroutines in one phase and alone in another.
package phases

import "sync"

var (
	mu    sync.Mutex // guards sizes
	sizes []int
)

func Add(n int) {
	mu.Lock()
	sizes = append(sizes, n)
	mu.Unlock()
}

func Report() (sum int) {
	for _, n := range sizes { // want `Report reads sizes without holding mu`
		sum += n
	}
	return sum
}
