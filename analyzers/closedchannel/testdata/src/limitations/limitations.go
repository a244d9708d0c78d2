// Package limitations has what the check misses.
package limitations

// The condition is the same on both sides.
func conditions(names []string, early bool) {
	out := make(chan string)
	go func() {
		if early {
			close(out)
		}
		for _, n := range names {
			_ = n
		}
		if early {
			close(out)
		}
	}()
	<-out
}

type Stopper struct{ done chan struct{} }

// Whoever calls it twice panics.
func (s *Stopper) Stop() { close(s.done) }

// There may be but one round.
func rounds(names []string) {
	out := make(chan string)
	go func() { <-out }()
	for range names {
		close(out)
	}
}

func fetch(int) int { return 0 }

// The condition decides whether the send comes, and nobody asks it before the close.
func sometimes(numbers []int) int {
	results := make(chan int)
	for _, n := range numbers {
		go func() {
			if r := fetch(n); r > 0 {
				results <- r
			}
		}()
	}
	defer close(results)
	return <-results
}
