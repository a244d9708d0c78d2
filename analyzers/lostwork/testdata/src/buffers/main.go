// Command buffers hands its goroutine what it works on, and waits in that.
package main

import "fmt"

func main() {
	jobs := make(chan int)
	go func() {
		for j := range jobs {
			fmt.Println(j)
		}
	}()
	for i := range 3 {
		jobs <- i
	}
	close(jobs)
}
