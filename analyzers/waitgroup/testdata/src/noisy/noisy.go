package noisy

import "sync"

func inside(work []func()) {
	var wg sync.WaitGroup
	for _, f := range work {
		go func() {
			wg.Add(1) // want `^wg\.Add\(1\) is called in the goroutine that it counts: Wait may return before`
			defer wg.Done()
			f()
		}()
	}
	wg.Wait()
}
