// Package cancelled signals when a context is done, which may be between a look at
// the context and the sleep.
package cancelled

import (
	"context"
	"sync"
)

type queue struct {
	mu    sync.Mutex
	cond  *sync.Cond
	items []int
}

func newQueue() *queue {
	q := &queue{}
	q.cond = sync.NewCond(&q.mu)
	return q
}

func (q *queue) Put(n int) {
	q.mu.Lock()
	q.items = append(q.items, n)
	q.mu.Unlock()
	q.cond.Signal()
}

func (q *queue) Get(ctx context.Context) error {
	stop := context.AfterFunc(ctx, q.cond.Broadcast) // want `Get calls Broadcast, at cancelled.go:\d+, when ctx is done, without holding q.mu: if Get has just looked at it`
	defer stop()
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		q.cond.Wait()
	}
	return nil
}

// The registration is made with the lock held, but the call is not.
func (q *queue) GetLiteral(ctx context.Context) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { // want `GetLiteral calls Broadcast, at cancelled.go:\d+, when ctx is done`
		q.cond.Broadcast()
	})
	defer stop()
	for len(q.items) == 0 && ctx.Err() == nil {
		q.cond.Wait()
	}
	return ctx.Err()
}

func (q *queue) GetGoroutine(ctx context.Context) error {
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-stop:
		case <-ctx.Done(): // want `the function literal in GetGoroutine calls Broadcast, at cancelled.go:\d+, when ctx is done`
			q.cond.Broadcast()
		}
	}()
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		q.cond.Wait()
	}
	return nil
}

// A context that is derived is done when the other is.
func (q *queue) GetDerived(ctx context.Context) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		<-inner.Done() // want `the function literal in GetDerived calls Broadcast, at cancelled.go:\d+, when ctx is done`
		q.cond.Broadcast()
	}()
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && ctx.Err() == nil {
		q.cond.Wait()
	}
	return ctx.Err()
}

func (q *queue) GetDerivedOnly(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	go func() {
		<-ctx.Done() // want `the function literal in GetDerivedOnly calls Broadcast, at cancelled.go:\d+, when the context is done`
		q.cond.Broadcast()
	}()
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && ctx.Err() == nil {
		q.cond.Wait()
	}
	return ctx.Err()
}

// The wait is another function's.
func (q *queue) wait(ctx context.Context) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && ctx.Err() == nil {
		q.cond.Wait()
	}
	return ctx.Err()
}

func (q *queue) GetByHelper(ctx context.Context) error {
	go func() {
		<-ctx.Done() // want `the function literal in GetByHelper calls Broadcast, at cancelled.go:\d+, when ctx is done, without holding q.mu: if wait has`
		q.cond.Broadcast()
	}()
	return q.wait(ctx)
}

// With the lock held, the signal comes before the look or after the sleep began.
func (q *queue) GetRight(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.cond.Broadcast()
	})
	defer stop()
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && ctx.Err() == nil {
		q.cond.Wait()
	}
	return ctx.Err()
}

func (q *queue) GetRightGoroutine(ctx context.Context) error {
	go func() {
		<-ctx.Done()
		q.mu.Lock()
		q.cond.Broadcast()
		q.mu.Unlock()
	}()
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && ctx.Err() == nil {
		q.cond.Wait()
	}
	return ctx.Err()
}

// Another context than the one that is looked at.
func (q *queue) Serve(ctx context.Context) {
	go func() {
		<-ctx.Done()
		q.cond.Broadcast()
	}()
}

// The signal is another case's.
func (q *queue) Pump(ctx context.Context, in <-chan int) error {
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case n := <-in:
				q.Put(n)
				q.cond.Broadcast()
			}
		}
	}()
	return q.wait(ctx)
}
