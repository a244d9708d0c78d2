// Package helpers has functions that lock or unlock for others.
package helpers

import (
	"errors"
	"sync"
)

type db struct {
	mu     sync.Mutex
	closed bool
	n      int
}

// hold returns with the lock held, always: its callers release it.
func (d *db) hold() { d.mu.Lock() }

func (d *db) drop() { d.mu.Unlock() }

func (d *db) get(ok bool) int {
	d.hold()
	if !ok {
		return 0 // want `get returns with d.mu still locked: it was locked at line 21`
	}
	d.drop()
	return d.n
}

func (d *db) getRight(ok bool) int {
	d.hold()
	defer d.drop()
	if !ok {
		return 0
	}
	return d.n
}

var errClosed = errors.New("closed")

// open returns with the lock held unless it fails.
func (d *db) open() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return errClosed
	}
	return nil
}

func (d *db) use() error {
	if err := d.open(); err != nil {
		return err
	}
	defer d.mu.Unlock()
	d.n++
	return nil
}

func (d *db) useWrong(n int) error {
	if err := d.open(); err != nil {
		return err
	}
	if n > d.n {
		return errClosed // want `useWrong returns with d.mu still locked`
	}
	d.n -= n
	d.mu.Unlock()
	return nil
}

// The same, told by a bool.
func (d *db) ready() bool {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return false
	}
	return true
}

func (d *db) useReady() int {
	if !d.ready() {
		return 0
	}
	n := d.n
	d.mu.Unlock()
	return n
}

// A callee unlocks first and locks again: nothing changes for the caller.
func (d *db) pause(f func()) {
	d.mu.Unlock()
	defer d.mu.Lock()
	f()
}

func (d *db) long(f func()) {
	d.mu.Lock()
	d.pause(f)
	d.n++
	d.mu.Unlock()
}

// A callee unlocks on behalf of the caller, on the way out.
func (d *db) fail(err error) error {
	d.mu.Unlock()
	return err
}

func (d *db) fails(ok bool) error {
	d.mu.Lock()
	if !ok {
		return d.fail(errClosed)
	}
	d.mu.Unlock()
	return nil
}

// A helper that keeps the lock by mistake is reported, its callers are not.
func (d *db) leak(ok bool) error {
	d.mu.Lock()
	if !ok {
		return errClosed // want `leak returns with d.mu still locked`
	}
	d.mu.Unlock()
	return nil
}

func (d *db) leaks(ok bool) error {
	if err := d.leak(ok); err != nil {
		return err
	}
	return nil
}

// Named for what it does.
func (d *db) lockIfOpen() bool {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return false
	}
	return true
}

// Begin and end in different functions.
type section struct {
	mu   sync.Mutex
	busy bool
}

func (s *section) start() bool {
	s.mu.Lock()
	if s.busy {
		s.mu.Unlock()
		return false
	}
	s.busy = true
	return true
}

func (s *section) stop() {
	s.busy = false
	s.mu.Unlock()
}

// A helper that unlocks only if nobody else uses it.
type counted struct {
	mu    sync.Mutex
	users int
}

func (c *counted) release() {
	c.users--
	if c.users == 0 {
		c.mu.Unlock()
	}
}

func (c *counted) useCounted(ok bool) bool {
	c.mu.Lock()
	c.users++
	if !ok {
		c.release()
		return false
	}
	c.release()
	return true
}

// Recursion.
func (d *db) recurse(n int) int {
	d.mu.Lock()
	if n == 0 {
		d.mu.Unlock()
		return 0
	}
	d.mu.Unlock()
	return d.recurse(n-1) + d.mutual(n-1)
}

func (d *db) mutual(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n == 0 {
		return 1
	}
	return d.recurse(n - 1)
}

// A recursive function that returns with the lock held, sometimes.
func (d *db) descend(n int) {
	if n == 0 {
		d.mu.Lock()
		return
	}
	d.descend(n - 1)
}

func (d *db) useDescend(n int) bool {
	d.descend(n)
	if n == 1 {
		return false // want `useDescend returns with d.mu still locked`
	}
	d.mu.Unlock()
	return true
}

// The object that is returned is locked.
type entry struct {
	mu   sync.Mutex
	live bool
}

func find(entries []*entry) *entry {
	for {
		for _, e := range entries {
			e.mu.Lock()
			if e.live {
				return e
			}
			e.mu.Unlock()
		}
	}
}

func newEntry() (*entry, error) {
	e := &entry{live: true}
	e.mu.Lock()
	if !e.live {
		e.mu.Unlock()
		return nil, errClosed
	}
	return e, nil
}

func useEntry(entries []*entry, ok bool) bool {
	e := find(entries)
	if !ok {
		return false // want `useEntry returns with e.mu still locked`
	}
	e.mu.Unlock()
	return true
}

func useNewEntry() error {
	e, err := newEntry()
	if err != nil {
		return err
	}
	e.live = false
	e.mu.Unlock()
	return nil
}

// Nil says that nothing is locked.
func lookup(entries map[string]*entry, key string) (e *entry, n int) {
	e = entries[key]
	if e == nil {
		return nil, 0
	}
	e.mu.Lock()
	if e.live {
		return e, 1
	}
	return e, 0
}

func useLookup(entries map[string]*entry, key string) bool {
	e, n := lookup(entries, key)
	if n == 0 {
		if e != nil {
			e.mu.Unlock()
		}
		return false
	}
	e.mu.Unlock()
	return true
}

// A caller that locks again does not release what the callee forgot.
type timer struct{ base }

type base struct {
	mu   sync.Mutex
	done bool
}

func (b *base) cancel() {
	b.mu.Lock()
	if b.done {
		return // want `cancel returns with b.mu still locked`
	}
	b.done = true
	b.mu.Unlock()
}

func (t *timer) cancel() {
	t.base.cancel()
	t.mu.Lock()
	t.mu.Unlock()
}

// A callee that gives the lock up for a while is not who releases it.
type config struct {
	mu   sync.RWMutex
	keys []int
}

func (c *config) initRLocked() {
	c.mu.RUnlock()
	defer c.mu.RLock()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys = append(c.keys, 0)
}

func (c *config) ticket(ok bool) []int {
	c.mu.RLock()
	c.initRLocked()
	if !ok {
		return nil // want `ticket returns with c.mu still locked`
	}
	keys := c.keys
	c.mu.RUnlock()
	return keys
}
