// Package double unlocks twice what is locked once.
package double

import (
	"errors"
	"sync"
)

type account struct {
	mu      sync.Mutex
	balance int
}

var errShort = errors.New("not enough")

// A return was forgotten behind the unlock of the error branch.
func (a *account) withdraw(n int) error {
	var err error
	a.mu.Lock()
	if a.balance < n {
		a.mu.Unlock()
		err = errShort
	}
	a.balance -= n
	a.mu.Unlock() // want `withdraw unlocks a.mu, which it has unlocked already, at line 21, and not locked since`
	return err
}

func (a *account) withdrawRight(n int) error {
	a.mu.Lock()
	if a.balance < n {
		a.mu.Unlock()
		return errShort
	}
	a.balance -= n
	a.mu.Unlock()
	return nil
}

// The deferred unlock was added and the explicit ones were left.
func (a *account) deposit(n int) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n < 0 {
		a.mu.Unlock() // want `deposit unlocks a.mu here, and the deferred unlock of line 43 does it again`
		return errShort
	}
	a.balance += n
	return nil
}

// Behind the deferred unlock, an explicit one needs a lock in turn.
func (a *account) audit(report func(int)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := a.balance
	a.mu.Unlock()
	report(n)
	a.mu.Lock()
	a.balance = n
}

func (a *account) deferredTwice() int {
	a.mu.Lock()
	defer a.mu.Unlock() // want `this deferred call unlocks a.mu, which the deferred call of line 68 has unlocked before it`
	if a.balance > 0 {
		a.balance--
		defer a.mu.Unlock()
	}
	return a.balance
}

func (a *account) deferredLiteral() int {
	a.mu.Lock()
	defer func() {
		a.balance = 0
		a.mu.Unlock()
	}()
	if a.balance > 10 {
		a.mu.Unlock() // want `deferredLiteral unlocks a.mu here, and the deferred unlock of line 75 does it again`
		return 10
	}
	return a.balance
}

// The unlock of one of two locks twice is not that of the other.
func transfer(from, to *account, n int) {
	from.mu.Lock()
	to.mu.Lock()
	from.balance -= n
	to.balance += n
	from.mu.Unlock()
	from.mu.Unlock() // want `transfer unlocks from.mu, which it has unlocked already, at line 92`
}

func transferRight(from, to *account, n int) {
	from.mu.Lock()
	to.mu.Lock()
	from.balance -= n
	to.balance += n
	to.mu.Unlock()
	from.mu.Unlock()
}

// Both are the caller's.
func unlockTwice(a *account) {
	a.mu.Unlock()
	a.balance = 0
	a.mu.Unlock() // want `unlockTwice unlocks a.mu, which it has unlocked already, at line 107`
}

// Without a lock first: Unlock was written for Lock.
func (a *account) set(n int) {
	a.mu.Unlock() // want `set unlocks a.mu, which it has not locked, and the deferred unlock of line 115 does it again: Lock was meant`
	defer a.mu.Unlock()
	a.balance = n
}

// In a switch, the unlock behind it serves the cases that do not unlock.
func (a *account) apply(kind, n int) {
	a.mu.Lock()
	switch kind {
	case 0:
		a.balance += n
	case 1:
		a.balance -= n
		a.mu.Unlock()
	default:
		a.mu.Unlock()
		return
	}
	a.mu.Unlock() // want `apply unlocks a.mu, which it has unlocked already, at line 127`
}

// In a loop, the second iteration unlocks again.
func (a *account) drain(steps int) {
	a.mu.Lock()
	for range steps {
		a.balance--
		a.mu.Unlock() // want `drain unlocks a.mu, and the next iteration does it again without locking it in between`
	}
}

func (a *account) drainRight(steps int) {
	for range steps {
		a.mu.Lock()
		a.balance--
		a.mu.Unlock()
	}
}

func (a *account) drainOutside(steps int, log func(int)) {
	a.mu.Lock()
	for range steps {
		a.balance--
		a.mu.Unlock()
		log(steps)
		a.mu.Lock()
	}
	a.mu.Unlock()
}

func local() int {
	var mu sync.Mutex
	n := 0
	mu.Lock()
	n++
	mu.Unlock()
	mu.Unlock() // want `local unlocks mu, which it has unlocked already`
	return n
}

var (
	tableMu sync.RWMutex
	table   = map[string]int{}
)

func lookup(key string) (int, bool) {
	tableMu.RLock()
	v, ok := table[key]
	tableMu.RUnlock()
	if !ok {
		tableMu.RUnlock() // want `lookup unlocks tableMu, which it has unlocked already`
		return 0, false
	}
	return v, true
}
