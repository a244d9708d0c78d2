// Package correlated unlocks under conditions that exclude each other.
package correlated

import (
	"sync"
	"testing"
)

type job struct {
	mu   sync.Mutex
	done bool
	n    int
}

func (j *job) flag(early bool) {
	j.mu.Lock()
	if early {
		j.mu.Unlock()
	}
	j.n++
	if !early {
		j.mu.Unlock()
	}
}

func (j *job) variable(f func() error) {
	j.mu.Lock()
	locked := true
	if f() != nil {
		j.mu.Unlock()
		locked = false
	}
	f()
	if locked {
		j.mu.Unlock()
	}
}

func (j *job) deferred(f func() error) error {
	j.mu.Lock()
	locked := true
	defer func() {
		if locked {
			j.mu.Unlock()
		}
	}()
	if j.n > 0 {
		j.mu.Unlock()
		locked = false
		return f()
	}
	j.n++
	return nil
}

func (j *job) onPanic(f func()) {
	j.mu.Lock()
	ok := false
	defer func() {
		if !ok {
			j.mu.Unlock()
		}
	}()
	f()
	ok = true
	j.mu.Unlock()
}

func (j *job) tried() {
	if j.mu.TryLock() {
		j.n++
		j.mu.Unlock()
	} else {
		j.mu.Lock()
		j.mu.Unlock()
	}
}

func (j *job) tryOrReturn() bool {
	if !j.mu.TryLock() {
		return false
	}
	defer j.mu.Unlock()
	j.n++
	return true
}

func (j *job) errorDecides(f func() error) error {
	j.mu.Lock()
	err := f()
	if err != nil {
		j.mu.Unlock()
	}
	j.n++
	if err != nil {
		return err
	}
	j.mu.Unlock()
	return nil
}

// The loop ends when it has unlocked.
func (j *job) loop(f func() bool) {
	j.mu.Lock()
	for {
		if f() {
			j.mu.Unlock()
			break
		}
		j.n++
	}
	j.n = 0
}

// Every iteration unlocks another one.
func all(jobs []*job) {
	for _, j := range jobs {
		j.mu.Lock()
	}
	for _, j := range jobs {
		j.n++
	}
	for _, j := range jobs {
		j.mu.Unlock()
	}
}

func some(a [4]*job, i, k int) {
	a[i].mu.Lock()
	a[k].mu.Lock()
	a[i].mu.Unlock()
	a[k].mu.Unlock()
}

// A test ends where it fails, also behind an interface.
func failing(t testing.TB, j *job) int {
	j.mu.Lock()
	if j.n == 0 {
		j.mu.Unlock()
		t.Fatal("none")
	}
	n := j.n
	j.mu.Unlock()
	return n
}

func fail(t testing.TB) { t.Fatal("none") }

func failingByHelper(t testing.TB, j *job) int {
	j.mu.Lock()
	if j.n == 0 {
		j.mu.Unlock()
		fail(t)
	}
	n := j.n
	j.mu.Unlock()
	return n
}
