package noisy

import (
	"os"
	"sync"
)

// Each of them may send, and the first is enough.
func anyOf(urls []string) error {
	errs, done := make(chan error), make(chan struct{})
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Go(func() {
			if _, err := os.Stat(u); err != nil {
				errs <- err // want `anyOf sends to errs and may wait for ever: several.go:23 is where values are received, fewer than are sent`
			}
		})
	}
	go func() {
		wg.Wait()
		close(done)
	}()
	select {
	case err := <-errs:
		return err
	case <-done:
		return nil
	}
}
