// Package counters counts without any lock: it leaves that to its callers.
package counters

import "fmt"

type Counter struct {
	n     int
	names map[string]int
	next  *Counter
	Label string
}

func New() *Counter { return &Counter{names: make(map[string]int)} }

func (c *Counter) Inc() { c.n++ }

func (c *Counter) Twice() {
	c.Inc()
	c.Inc()
}

func (c *Counter) Value() int { return c.n }

func (c *Counter) Name(s string) { c.names[s]++ }

func (c *Counter) Names() string { return fmt.Sprint(len(c.names)) }

func (c *Counter) IncNext() { c.next.n++ }

func (c *Counter) SetNext(n *Counter) { c.next = n }

func (c *Counter) GetLabel() string { return c.Label }

func (c *Counter) Reset() { *c = Counter{} }

func (c Counter) Copy() int { return c.n }

var total int

func Count() { total++ }

func Total() int { return total }

var All = map[string]int{}

func Add(s string) { All[s]++ }

// Move writes two fields, which is one race.
func (c *Counter) Move() {
	c.n++
	c.next = nil
}
