package limitations

import (
	"net/http"
	"testing"
)

// In a test file, a handler counts as called by the test, one request after the
// other.
func TestTwoRequests(t *testing.T) {
	calls := 0
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) { calls++ })
	go request(mux)
	go request(mux)
}

func request(http.Handler) {}
