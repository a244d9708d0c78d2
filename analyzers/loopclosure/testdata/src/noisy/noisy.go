//go:build go1.21

package noisy

import "testing"

func goroutines(urls []string, fetch func(string)) {
	for _, url := range urls {
		go func() {
			fetch(url) // want `^the function runs while the loop goes on and changes url: all iterations share one url`
		}()
	}
}

func deferred(n int, done func(int)) {
	for i := 0; i < n; i++ {
		defer func() { done(i) }() // want `changes i`
	}
}

func parallel(t *testing.T, names []string) {
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Log(name) // want `changes name`
		})
	}
}
