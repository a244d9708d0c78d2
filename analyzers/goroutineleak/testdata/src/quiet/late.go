package quiet

// Whoever is left to send panics, and does not wait for ever.
func firstCloses(names []string) string {
	results := make(chan string)
	for _, n := range names {
		go func() { results <- n }()
	}
	r := <-results
	close(results)
	return r
}

// The sender goes on until it panics; the range is left by break.
func closesWithin(limit int) (sum int) {
	numbers := make(chan int)
	go func() {
		for i := 0; ; i++ {
			numbers <- i
		}
	}()
	for n := range numbers {
		if sum += n; sum > limit {
			close(numbers)
			break
		}
	}
	return sum
}
