// Philosophers eat many times before each holds one fork.
package main

import "sync"

const seats = 3

func philosopher(left, right *sync.Mutex, eaten *int, wg *sync.WaitGroup) {
	defer wg.Done()
	for range 60 {
		left.Lock()
		right.Lock()
		*eaten++
		right.Unlock()
		left.Unlock()
	}
}

func main() {
	var forks [seats]sync.Mutex
	var eaten [seats]int
	var wg sync.WaitGroup
	for i := range seats {
		wg.Add(1)
		go philosopher(&forks[i], &forks[(i+1)%seats], &eaten[i], &wg)
	}
	wg.Wait()
}
