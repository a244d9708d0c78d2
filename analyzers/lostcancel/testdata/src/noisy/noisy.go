package noisy

import (
	"context"
	"time"
)

func thrownAway() context.Context {
	ctx, _ := context.WithTimeout(context.Background(), time.Second) // want `^the cancel function of context\.WithTimeout is thrown away`
	return ctx
}

func oneBranch(parent context.Context, ok bool) {
	ctx, cancel := context.WithCancel(parent) // want `^cancel is not used on every path: .* write "defer cancel\(\)" behind this line`
	if ok {
		defer cancel()
	}
	<-ctx.Done()
}

func literal(parent context.Context) {
	go func() {
		ctx, stop := context.WithCancelCause(parent) // want `^stop is not used on every path`
		if ctx.Err() != nil {
			return
		}
		stop(nil)
	}()
}
