package spawn

import (
	"net/http"
	"testing"
)

// Subtests of one table that run in parallel share what is outside them.
func TestParallel(t *testing.T) {
	shared, own := 0, 0
	for _, name := range []string{"a", "b"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shared++ // want `shared is written here by all goroutines started at spawn_test.go:\d+, which run at the same time, .*; subtests that call t.Parallel run beside each other`
		})
	}
	t.Run("sequential", func(t *testing.T) { own++ })
	own++
	shared++
}

// Each round has a variable of its own.
func TestParallelOwn(t *testing.T) {
	for _, name := range []string{"a", "b"} {
		n := 0
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n++
		})
	}
}

// The group waits for its parallel subtests.
func TestGroup(t *testing.T) {
	n := 0
	t.Run("group", func(t *testing.T) {
		t.Run("one", func(t *testing.T) {
			t.Parallel()
			n++
		})
	})
	n++
}

// In a test, the test decides how many requests there are.
func TestHandler(t *testing.T) {
	called := false
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) { called = true })
	request(mux)
	if !called {
		t.Error("not called")
	}
}

func request(http.Handler) {}
