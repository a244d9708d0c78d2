//go:build go1.21

package quiet

import "sync"

func argument(urls []string, fetch func(string)) {
	for _, url := range urls {
		go func(url string) { fetch(url) }(url)
	}
}

func copied(urls []string, fetch func(string)) {
	for _, url := range urls {
		url := url
		go func() { fetch(url) }()
	}
}

func waitsInTheIteration(urls []string, fetch func(string)) {
	for _, url := range urls {
		var wg sync.WaitGroup
		wg.Add(1)
		go func() {
			defer wg.Done()
			fetch(url)
		}()
		wg.Wait()
	}
}
