package fix

import "sync"

type Counter struct {
	mu sync.Mutex
	n  int
	// byName has no comment behind it.
	byName map[string]int `json:"names"`
	last   string         // the name of the last
}

func (c *Counter) Inc(name string) {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
	c.mu.Lock()
	c.byName[name]++
	c.mu.Unlock()
	c.mu.Lock()
	c.last = name
	c.mu.Unlock()
}

func (c *Counter) Value() int { return c.n } // want `Value reads c.n`

func (c *Counter) Of(name string) int { return c.byName[name] } // want `Of reads c.byName`

func (c *Counter) Last() string { return c.last } // want `Last reads c.last`

type line struct{ mu sync.Mutex; n int }

var one line

func Inc() {
	one.mu.Lock()
	defer one.mu.Unlock()
	one.n++
}

func Value() int { return one.n } // want `Value reads one.n`

var (
	mu    sync.Mutex
	total int
)

func Add(n int) {
	mu.Lock()
	defer mu.Unlock()
	total += n
}

func Total() int { return total } // want `Total reads total`
