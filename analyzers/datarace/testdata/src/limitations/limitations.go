// Package limitations has races that the check does not find. A line that
// gains a report is an improvement: move it to the other packages.
package limitations

import (
	"reflect"
	"sync"
)

// Through reflection.
func reflection() {
	i := 0
	v := reflect.ValueOf(&i)
	go func() { v.Elem().SetInt(1) }()
	v.Elem().SetInt(2)
}

// Two senders, one receive: either may be the one that was received.
func oneOfTwo() {
	x, y := 0, 0
	_, _ = &x, &y
	c := make(chan int, 2)
	go func() { x = 1; c <- 1 }()
	go func() { y = 1; c <- 2 }()
	<-c
	x = 2
	y = 2
}

// A semaphore of two is no lock.
func semaphore() {
	sem := make(chan bool, 2)
	x := 0
	for range 3 {
		go func() {
			sem <- true
			x++
			<-sem
		}()
	}
}

// A field that is guarded in one method and not in another, when only code
// outside the package calls them in goroutines.
type Stack struct {
	mu    sync.Mutex
	items []int
}

func (s *Stack) Push(i int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items = append(s.items, i)
}

func (s *Stack) Len() int { return len(s.items) }

// An element whose index is not constant.
func sameElement(s []int, i int) {
	go func() { s[i] = 1 }()
	s[i] = 2
}

// A pointer that may mean either of two variables.
func eitherOfTwo(first bool) {
	x, y := 0, 0
	p := &x
	if first {
		p = &y
	}
	go func() { *p = 1 }()
	*p = 2
}

// An object of a sync.Pool that is used after it was given back.
var pool = sync.Pool{New: func() any { return new(int) }}

func pooled() {
	p := pool.Get().(*int)
	pool.Put(p)
	go func() {
		q := pool.Get().(*int)
		*q = 1
		pool.Put(q)
	}()
	*p = 2
}

// A function chosen from a table.
var handlers = map[string]func(*int){"set": func(n *int) { *n = 1 }}

func table(name string) {
	n := 0
	go handlers[name](&n)
	n = 2
}

// An object that is made after the goroutine was started, and comes to it by a race:
// that on the variable is reported, that on the field is not.
type hub struct{ current *Stack }

func madeLater() {
	h := new(hub)
	go func() { println(h.current.Len()) }()
	s := new(Stack)
	h.current = s // want `h.current is written here`
	s.items = []int{1}
}
