// Package far has goroutines that another package starts, and calls of other packages'
// functions between what races.
package far

import (
	"fmt"
	"sync"

	"wrappers"
)

func started() {
	n := 0
	wrappers.Go(func() { n++ }) // want `n is written here by the goroutine started at far.go:\d+ while far.go:\d+ reads it`
	fmt.Println(n)
}

func recovering() {
	n := 0
	wrappers.Recovering(func() {
		n++ // want `n is written here by the goroutine started at far.go:\d+ while far.go:\d+ reads it`
	})
	n++
}

func named() {
	wrappers.Go(increment)
	increment()
}

var total int

func increment() {
	total++ // want `total is written here while the goroutine started at far.go:\d+ reads it`
}

func ordered() {
	n, done := 0, make(chan bool)
	wrappers.Go(func() {
		n++
		close(done)
	})
	<-done
	fmt.Println(n)
}

func locked() {
	var mu sync.Mutex
	n := 0
	wrappers.Go(func() {
		mu.Lock()
		defer mu.Unlock()
		n++
	})
	mu.Lock()
	defer mu.Unlock()
	n++
}

func loop() {
	n := 0
	for range 3 {
		wrappers.Go(func() {
			n++ // want `n is written here by all goroutines started at far.go:\d+`
		})
	}
}

func group() {
	var g wrappers.Group
	n := 0
	g.Go(func() { n++ })
	g.Go(func() { n++ }) // want `n is written here by the goroutine started at far.go:\d+ while the one started at far.go:\d+ reads it`
	g.Wait()
	fmt.Println(n)
}

func waited() {
	var g wrappers.Group
	n := 0
	g.Go(func() { n++ })
	g.Wait()
	fmt.Println(n)
}

// A group with a limit may run one after the other.
func limited() {
	var g wrappers.Group
	n := 0
	for range 3 {
		g.Limited(func() { n++ })
	}
	g.Wait()
}

func limitedInside() {
	var g wrappers.Group
	n := 0
	for range 3 {
		g.LimitedInside(func() { n++ })
	}
	g.Wait()
}

func lockedInside() {
	var g wrappers.Group
	n := 0
	for range 3 {
		g.LockedInside(func() { n++ })
	}
}

func all() {
	n := 0
	sums := make([]int, 10)
	wrappers.All(10, func(i int) {
		n++ // want `n is written here by all goroutines started at far.go:\d+`
		sums[i]++
	})
	fmt.Println(n, sums) // All has waited
}

func oneByOne() {
	n := 0
	wrappers.OneByOne(10, func(int) { n++ })
	fmt.Println(n)
}

func later() {
	var g wrappers.Group
	n := 0
	g.Later(func() { n++ })
	n++
}

func startsAndKeeps() {
	var g wrappers.Group
	n := 0
	g.StartsAndKeeps(func() { n++ })
	n++
}

type task struct{ done int }

func (t *task) Run() {
	t.done++ // want `t.done is written here by the goroutine started at far.go:\d+ while far.go:\d+ reads it`
}

func submit() int {
	t := new(task)
	wrappers.Submit(t)
	return t.done
}

// What is called at once is the caller's, and so is the lock that it holds.
func each() {
	var mu sync.Mutex
	n, sum := 0, 0
	go func() {
		n++
		mu.Lock()
		defer mu.Unlock()
		sum++
	}()
	wrappers.Each([]int{1}, func(x int) { n += x }) // want `n is written here while the goroutine started at far.go:\d+ reads it`
	mu.Lock()
	defer mu.Unlock()
	wrappers.Each([]int{1}, func(x int) { sum += x })
}

func underItsLock() {
	var g wrappers.Group
	n := 0
	go g.Locked(func() { n++ })
	g.Locked(func() { n++ })
}

// What calls of functions do that do not synchronise is no order.
func between() string {
	title := ""
	go func() {
		title = wrappers.New("a").Title() // want `title is written here by the goroutine started at far.go:\d+ while far.go:\d+ reads it`
	}()
	n := wrappers.New("b")
	return n.Title() + title
}

// Hook may do anything.
func hook(n *wrappers.Node) string {
	title := ""
	go func() {
		title = "a"
		n.Hook()
	}()
	n.Hook()
	return title
}
