// Workers look up prices in a shared cache that loads what it lacks.
package main

import (
	"fmt"
	"sync"
)

type cache struct {
	mu     sync.Mutex
	prices map[string]int
}

func (c *cache) price(item string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.prices[item]; !ok {
		c.storeLocked(item, 10*len(item))
	}
	return c.prices[item]
}

func (c *cache) store(item string, price int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.storeLocked(item, price)
}

// storeLocked is store for callers that hold c.mu.
func (c *cache) storeLocked(item string, price int) {
	c.prices[item] = price
}

func main() {
	c := &cache{prices: make(map[string]int)}
	c.store("tea", 25)

	var wg sync.WaitGroup
	for _, item := range []string{"tea", "coffee"} {
		wg.Go(func() {
			fmt.Printf("%s costs %d\n", item, c.price(item))
		})
	}
	wg.Wait()
}
