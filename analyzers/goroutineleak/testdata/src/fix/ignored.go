package fix

import (
	"context"
	"time"
)

func breaks(ctx context.Context, in chan int) {
	for {
		select {
		case n := <-in:
			println(n)
		case <-ctx.Done(): // want `does not leave the loop`
			break
		}
	}
}

// What to return is not known.
func breaksWithResult(ctx context.Context, in chan int) error {
	for {
		select {
		case n := <-in:
			println(n)
		case <-ctx.Done(): // want `does not leave the loop`
			break
		}
	}
}

func starts(done, in chan int) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go sleeps(ctx)
	go receives(ctx, in)
	go shadows(ctx)
	<-done
}

func sleeps(ctx context.Context) {
	for {
		println("tick")
		time.Sleep(time.Second) // want `does not look at its context`
	}
}

func receives(ctx context.Context, in chan int) {
	for {
		<-in // want `does not look at its context`
		println("received")
	}
}

func shadows(ctx context.Context) {
	for {
		ctx := 1
		time.Sleep(time.Duration(ctx)) // want `does not look at its context`
	}
}
