package quiet

import "sync"

type entry struct {
	mu sync.Mutex
	n  int
}

// Each goroutine has a lock of its own, for goroutines that it starts itself.
func nested() {
	for range 3 {
		go func() {
			var mu sync.Mutex
			n := 0
			for range 3 {
				go func() {
					mu.Lock()
					n++
					mu.Unlock()
				}()
			}
		}()
	}
}

// Each goroutine makes an object with a lock, and puts it where others find it.
func shared(cells map[string]*entry, names []string) {
	var all sync.Mutex
	for _, name := range names {
		go func() {
			all.Lock()
			c := cells[name]
			if c == nil {
				c = new(entry)
				cells[name] = c
			}
			all.Unlock()
			c.mu.Lock()
			c.n++
			c.mu.Unlock()
		}()
	}
}

// The lock is handed to all goroutines that the goroutine starts.
func handed() {
	for range 3 {
		go func() {
			c := new(entry)
			go increment(c)
			go increment(c)
		}()
	}
}

func increment(c *entry) {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
}
