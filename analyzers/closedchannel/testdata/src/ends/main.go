// Command ends is over when it has closed its channel.
package main

func main() {
	numbers := make(chan int)
	go func() {
		for i := 0; ; i++ {
			numbers <- i
		}
	}()
	println(<-numbers)
	close(numbers)
}
