package fix

import (
	"context"
	"os"
	"sync"
	"time"
)

func get(string) string { return "" }

func fetch(url string) string {
	result := make(chan string)
	go func() {
		result <- get(url) // want `sends to result and may wait for ever`
	}()
	select {
	case r := <-result:
		return r
	case <-time.After(time.Second):
		return ""
	}
}

// One place is not enough for many.
func first(urls []string) string {
	result := make(chan string)
	for _, u := range urls {
		go func() {
			result <- get(u) // want `sends to result and may wait for ever`
		}()
	}
	return <-result
}

func done(names []string) {
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Add(1)
		go func() {
			f, err := os.Open(n)
			if err != nil {
				return
			}
			f.Close()
			wg.Done()
		}()
	}
	wg.Wait() // want `done waits for wg and may wait for ever`
}

func closes(files []string) error {
	jobs := make(chan string)
	go func() {
		for j := range jobs { // want `closes ranges over jobs and may wait for ever`
			get(j)
		}
	}()
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			return err
		}
		jobs <- info.Name()
	}
	close(jobs)
	return nil
}

// Here the close cannot come last: the wait for the workers is behind it.
func closesBefore(files []string) error {
	jobs := make(chan string)
	var wg sync.WaitGroup
	wg.Go(func() {
		for j := range jobs { // want `closesBefore ranges over jobs and may wait for ever`
			get(j)
		}
	})
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			return err
		}
		jobs <- info.Name()
	}
	close(jobs)
	wg.Wait()
	return nil
}

func lines(ctx context.Context, names []string) int {
	results := make(chan string)
	go func() {
		for _, n := range names {
			results <- get(n) // want `lines sends to results and may wait for ever`
		}
		close(results)
	}()
	sum := 0
	for {
		select {
		case r, ok := <-results:
			if !ok {
				return sum
			}
			sum += len(r)
		case <-ctx.Done():
			return sum
		}
	}
}
