// Package flags has function literals that note in a variable whether they have
// unlocked. A variable that is assigned once holds something before that.
package flags

import "sync"

type once struct {
	mu   sync.Mutex
	done bool
}

func (o *once) unlockEarly() {
	o.mu.Lock()
	var unlocked bool
	unlock := func() {
		if !unlocked {
			o.mu.Unlock()
		}
		unlocked = true
	}
	defer unlock()
	if o.done {
		return
	}
	unlock()
	println()
}

func (o *once) countUnlocks() {
	o.mu.Lock()
	unlocks := 0
	unlock := func() {
		if unlocks == 0 {
			o.mu.Unlock()
		}
		unlocks = 1
	}
	defer unlock()
	if !o.done {
		unlock()
	}
}

func (o *once) forgets() {
	o.mu.Lock()
	var unlocked bool
	unlock := func() {
		if !unlocked {
			o.mu.Unlock()
		}
		unlocked = true
	}
	if o.done {
		return // want `forgets returns with o.mu still locked`
	}
	unlock()
	println()
}
