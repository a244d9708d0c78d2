// Package notlocks has methods that are called Lock and are no locks of the
// process.
package notlocks

import (
	"context"
	"sync"
)

// A lease in a database.
type lease interface {
	Lock(ctx context.Context) error
	Unlock(ctx context.Context) error
}

func withLease(ctx context.Context, l lease, ok bool) error {
	if err := l.Lock(ctx); err != nil {
		return err
	}
	if !ok {
		return nil
	}
	return l.Unlock(ctx)
}

type door struct{ open bool }

func (d *door) Lock()   { d.open = false }
func (d *door) Unlock() { d.open = true }

func shut(d *door, ok bool) {
	d.Lock()
	if !ok {
		return
	}
	d.Unlock()
}

// The package does use locks.
var mu sync.Mutex

func use() {
	mu.Lock()
	defer mu.Unlock()
}
