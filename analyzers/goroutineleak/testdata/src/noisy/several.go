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

// The error is told, but only heard when all jobs are sent.
func toldLate(names []string) error {
	jobs, errs := make(chan string), make(chan error, len(names))
	go func() {
		for j := range jobs {
			err := os.Remove(j)
			errs <- err
			if err != nil {
				return
			}
		}
	}()
	for _, n := range names {
		jobs <- n // want `toldLate sends to jobs and may wait for ever: nobody receives from it if the call at several.go:36 returns an error`
	}
	close(jobs)
	return <-errs
}
