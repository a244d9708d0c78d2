package fix

import (
	"context"
	"errors"
	"net/http"
)

var errEmpty = errors.New("empty")

func find(context.Context, string) int { return 0 }

func early(parent context.Context, query string) (int, error) {
	ctx, cancel := context.WithCancel(parent) // want `not used on every path`
	if query == "" {
		return 0, errEmpty
	}
	defer cancel()
	return find(ctx, query), nil
}

func withCause(parent context.Context, query string) {
	ctx, cancel := context.WithCancelCause(parent) // want `not used on every path`
	if query == "" {
		return
	}
	find(ctx, query)
	cancel(nil)
}

// The result may go on with the context.
func handedOut(parent context.Context, query string) *http.Request {
	ctx, cancel := context.WithCancel(parent) // want `not used on every path`
	req, err := http.NewRequestWithContext(ctx, "GET", query, nil)
	if err == nil {
		return req
	}
	cancel()
	return nil
}

func named(parent context.Context, query string) (req *http.Request, err error) {
	ctx, cancel := context.WithCancel(parent) // want `not used on every path`
	req, err = http.NewRequestWithContext(ctx, "GET", query, nil)
	if err == nil {
		return
	}
	cancel()
	return
}

// Where all goes well, the context lives on.
func started(parent context.Context, query string) error {
	ctx, cancel := context.WithCancel(parent) // want `not used on every path`
	if find(ctx, query) == 0 {
		cancel()
		return errEmpty
	}
	return nil
}

// The goroutine goes on.
func goroutine(parent context.Context, query string) {
	ctx, cancel := context.WithCancel(parent) // want `not used on every path`
	go find(ctx, query)
	if query == "" {
		return
	}
	cancel()
}

// The function literal may be called later.
func literal(parent context.Context, query string, run func(func())) {
	ctx, cancel := context.WithCancel(parent) // want `not used on every path`
	run(func() { find(ctx, query) })
	if query == "" {
		return
	}
	cancel()
}

type holder struct{ ctx context.Context }

// What is stored outlives the function.
func stored(parent context.Context, h *holder) {
	ctx, cancel := context.WithCancel(parent) // want `not used on every path`
	h.ctx = ctx
	if find(parent, "") == 0 {
		return
	}
	cancel()
}

// Deferred calls would wait for the end of all rounds.
func loop(parent context.Context, queries []string) {
	for _, q := range queries {
		ctx, cancel := context.WithCancel(parent) // want `not used on every path`
		if find(ctx, q) > 0 {
			return
		}
		cancel()
	}
}

// Who has cancel calls it when it is time.
func given(parent context.Context, query string, keep func(context.CancelFunc)) {
	ctx, cancel := context.WithCancel(parent) // want `not used on every path`
	switch find(ctx, query) {
	case 0:
		return
	case 1:
		keep(cancel)
		return
	}
	cancel()
}
