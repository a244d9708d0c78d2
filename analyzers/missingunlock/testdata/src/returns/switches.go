package returns

import "sync"

type state int

func (c *cache) switchCase(s state) int {
	c.mu.Lock()
	switch s {
	case 0:
		c.mu.Unlock()
		return 0
	case 1:
		return 1 // want `switchCase returns with c.mu still locked`
	default:
		c.mu.Unlock()
	}
	return 2
}

func (c *cache) switchRight(s state) int {
	c.mu.Lock()
	switch s {
	case 0:
		c.mu.Unlock()
		return 0
	case 1:
		c.mu.Unlock()
		return 1
	}
	c.mu.Unlock()
	return 2
}

func (c *cache) typeSwitch(v any) int {
	c.mu.Lock()
	switch v := v.(type) {
	case int:
		c.mu.Unlock()
		return v
	case string:
		return len(v) // want `typeSwitch returns with c.mu still locked`
	}
	c.mu.Unlock()
	return 0
}

func (c *cache) selects(a, b chan int) int {
	c.mu.Lock()
	select {
	case v := <-a:
		c.mu.Unlock()
		return v
	case v := <-b:
		return v // want `selects returns with c.mu still locked`
	default:
	}
	c.mu.Unlock()
	return 0
}

func (c *cache) goesTo(n int) {
	c.mu.Lock()
	if n < 0 {
		goto out
	}
	c.values["n"] = n
	c.mu.Unlock()
	return
out:
} // want `goesTo returns with c.mu still locked`

// Without default, a switch statement over all constants of a type has no way past
// its cases.
type phase int

const (
	idle phase = iota
	running
	stopping
)

type machine struct {
	mu    sync.Mutex
	phase phase
	done  chan struct{}
}

func (m *machine) stop() {
	m.mu.Lock()
	switch m.phase {
	case idle:
		m.mu.Unlock()
	case running:
		m.phase = stopping
		fallthrough
	case stopping:
		m.mu.Unlock()
		<-m.done
	}
}

// A constant is missing.
func (m *machine) stopTwo() {
	m.mu.Lock()
	switch m.phase {
	case idle:
		m.mu.Unlock()
	case running:
		m.mu.Unlock()
	}
	m.done = nil
} // want `stopTwo returns with m.mu still locked`

// The default is there for other values.
func (m *machine) stopDefault() {
	m.mu.Lock()
	switch m.phase {
	case idle:
		m.mu.Unlock()
	case running, stopping:
		m.mu.Unlock()
	default:
		return // want `stopDefault returns with m.mu still locked`
	}
}
