// Package ignored has loops that a cancelled context does not end, and others that it does.
package ignored

import (
	"context"
	"fmt"
	"sync"
	"time"
)

func work() {}

func begin(context.Context) {}

func sleeps(ctx context.Context) {
	for {
		work()
		time.Sleep(time.Second) // want `sleeps waits here in a loop without a way out, and does not look at its context: when that is cancelled, the goroutine started at ignored.go:25 goes on for ever`
	}
}

func Sleeps(done chan bool) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go sleeps(ctx)
	<-done
}

func looks(ctx context.Context) {
	for ctx.Err() == nil {
		time.Sleep(time.Second)
	}
}

func Looks(done chan bool) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go looks(ctx)
	<-done
}

// The context ends the call before the loop alone.
func Ticks(done chan bool, dial func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		if dial(ctx) != nil {
			return
		}
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for range ticker.C { // want `Ticks waits here in a loop without a way out, and does not look at its context: .* started at ignored.go:47`
			work()
		}
	})
	<-done
}

func Called(done chan bool, in chan int) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		forward(ctx, in)
	}()
	<-done
}

func forward(ctx context.Context, in chan int) {
	for {
		select { // want `forward waits here in a loop without a way out, .* started at ignored.go:63`
		case n := <-in:
			fmt.Println(n)
		case <-time.After(time.Second):
			work()
		}
	}
}

func Breaks(ctx context.Context, in chan int) {
	for {
		select {
		case n := <-in:
			fmt.Println(n)
		case <-ctx.Done(): // want `Breaks receives from Done of its context here, but does not leave the loop around it: when the context is cancelled, the loop goes on for ever`
			fmt.Println("stopped")
			break
		}
	}
}

func BreaksLoop(ctx context.Context, in chan int) {
loop:
	for {
		select {
		case n := <-in:
			fmt.Println(n)
		case <-ctx.Done():
			break loop
		}
	}
}

// Another way out is one for who cancels as well.
func OtherWay(done chan bool, in chan int) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		begin(ctx)
		for {
			if n := <-in; n == 0 {
				return
			}
		}
	}()
	<-done
}

// A range over a channel ends when it is closed.
func Ranges(done chan bool, in chan int) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		begin(ctx)
		for range in {
			work()
		}
	}()
	<-done
}

// Each round has a context of its own.
func OwnContext(in chan int) {
	for {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		select {
		case n := <-in:
			fmt.Println(n)
		case <-ctx.Done():
			fmt.Println("late")
		}
		cancel()
	}
}

type session struct{ ctx context.Context }

// The context of a field may be set anew.
func (s *session) run(in chan int) {
	for {
		select {
		case n := <-in:
			fmt.Println(n)
		case <-s.ctx.Done():
			time.Sleep(time.Second)
		}
	}
}

// What a call does in the end is not known.
func Obscure(ctx context.Context, in chan int, stop func()) {
	for {
		select {
		case n := <-in:
			fmt.Println(n)
		case <-ctx.Done():
			stop()
		}
	}
}

// The case ends the goroutine, or all of them.
func Panics(ctx context.Context, in chan int) {
	for {
		select {
		case n := <-in:
			fmt.Println(n)
		case <-ctx.Done():
			panic(ctx.Err())
		}
	}
}

type holder struct{ ctx context.Context }

func (h *holder) step() bool { return h.ctx.Err() == nil }

// The loop may look at the context where it is stored.
func Stored(done chan bool) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		h := &holder{ctx}
		for {
			h.step()
			time.Sleep(time.Second)
		}
	}()
	<-done
}

// Nobody can cancel it.
func Background(done chan bool) {
	go forever(context.Background())
	<-done
}

func forever(ctx context.Context) {
	for {
		work()
		time.Sleep(time.Second)
	}
}

// What the call does with the context in each round is not known.
func Passes(done chan bool) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		for {
			begin(ctx)
			time.Sleep(time.Second)
		}
	}()
	<-done
}
