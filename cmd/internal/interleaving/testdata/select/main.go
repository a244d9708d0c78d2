// A worker stops when it is told to, and a job may be left.
package main

import "fmt"

func work(jobs <-chan int, quit <-chan struct{}, done chan<- int) {
	sum := 0
	for {
		select {
		case job := <-jobs:
			sum += job
		case <-quit:
			done <- sum
			return
		}
	}
}

func main() {
	jobs := make(chan int, 2)
	quit := make(chan struct{})
	done := make(chan int)
	go work(jobs, quit, done)
	jobs <- 1
	jobs <- 2
	close(quit)
	fmt.Println(<-done)
}
