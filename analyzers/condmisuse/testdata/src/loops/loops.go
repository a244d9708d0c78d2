// Package loops waits with and without looking at the condition again.
package loops

import "sync"

type queue struct {
	mu     sync.Mutex
	cond   *sync.Cond
	items  []int
	closed bool
}

func newQueue() *queue {
	q := new(queue)
	q.cond = sync.NewCond(&q.mu)
	return q
}

func (q *queue) put(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = append(q.items, n)
	q.cond.Signal()
}

func (q *queue) get() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		q.cond.Wait() // want `get goes on behind q.cond.Wait without checking the condition again`
	}
	n := q.items[0]
	q.items = q.items[1:]
	return n
}

func (q *queue) getRight() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.cond.Wait()
	}
	n := q.items[0]
	q.items = q.items[1:]
	return n
}

// The loop around is another one: each turn has its own critical section.
func (q *queue) consume(n int, use func(int)) {
	for range n {
		q.mu.Lock()
		if len(q.items) == 0 {
			q.cond.Wait() // want `consume goes on behind q.cond.Wait without checking`
		}
		use(q.items[0])
		q.items = q.items[1:]
		q.mu.Unlock()
	}
}

func (q *queue) consumeUntilClosed(use func(int)) {
	q.mu.Lock()
	for !q.closed {
		for len(q.items) == 0 && !q.closed {
			q.cond.Wait()
		}
		for _, n := range q.items {
			use(n)
		}
		q.items = nil
	}
	q.mu.Unlock()
}

// The loop checks in its body.
func (q *queue) drain(use func(int)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if len(q.items) > 0 {
			break
		}
		q.cond.Wait()
	}
	use(q.items[0])
}

// Unlocked and locked again, and then checked.
func (q *queue) poll(idle func()) {
	for {
		q.mu.Lock()
		if len(q.items) > 0 {
			q.mu.Unlock()
			return
		}
		q.cond.Wait()
		q.mu.Unlock()
		idle()
	}
}

// The condition is looked at once more, by an if.
func (q *queue) tryGet() (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		q.cond.Wait()
	}
	if len(q.items) == 0 {
		return 0, false
	}
	return q.items[0], true
}

// Having waited, it does not rely on anything.
func (q *queue) getOrWait() (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		q.cond.Wait()
		return 0, false
	}
	return q.items[0], true
}

// Something else is done in the loop that checks.
func (q *queue) gather(wait bool, use func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) < 10 {
		if q.closed {
			return
		}
		if wait {
			q.cond.Wait()
		}
		use()
	}
}

func (q *queue) gatherOrNot(use func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) < 10 {
		if !q.closed {
			q.cond.Wait()
		}
		use()
	}
}

// By a goto.
func (q *queue) jump() int {
	q.mu.Lock()
	defer q.mu.Unlock()
again:
	if len(q.items) == 0 {
		q.cond.Wait()
		goto again
	}
	return q.items[0]
}

// The condition is a function, or a variable of the function around.
func (q *queue) empty() bool { return len(q.items) == 0 }

func (q *queue) byMethod() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.empty() {
		q.cond.Wait()
	}
}

func (q *queue) byMethodWrong() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.empty() {
		q.cond.Wait() // want `byMethodWrong goes on behind q.cond.Wait without checking`
	}
	return q.items[0]
}

func (q *queue) captured(start func(func())) {
	done := false
	start(func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		done = true
		q.cond.Broadcast()
	})
	q.mu.Lock()
	for !done {
		q.cond.Wait()
	}
	q.mu.Unlock()
}

// Nothing is checked at all.
func (q *queue) next() int {
	q.mu.Lock()
	q.cond.Wait() // want `next calls q.cond.Wait without checking a condition, before it or after`
	q.mu.Unlock()
	return 0
}

// A condition that cannot change.
func (q *queue) forever() {
	q.mu.Lock()
	defer q.mu.Unlock()
	exists := true
	for exists {
		q.cond.Wait() // want `forever calls q.cond.Wait in a loop whose condition no other goroutine can change`
	}
}

// The state is checked once it has changed.
func (q *queue) events(handle func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		q.cond.Wait()
		if q.closed {
			return
		}
		handle()
	}
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.cond.Broadcast()
}

// A range over what is waited for is a check.
func (q *queue) each(use func(int)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		q.cond.Wait()
	}
	for _, n := range q.items {
		use(n)
	}
}
