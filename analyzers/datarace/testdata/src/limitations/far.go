package limitations

import (
	"counters"
	"wrappers"
)

// No function of the other package writes Label, so that nothing is known of reads.
func direct(c *counters.Counter) string {
	go func() {
		c.Label = "a"
	}()
	c.Inc()
	return c.GetLabel()
}

// Later keeps the function, and Flush runs it in a goroutine.
func queued() {
	var g wrappers.Group
	n := 0
	g.Later(func() { n++ })
	g.Flush()
	n++
}
