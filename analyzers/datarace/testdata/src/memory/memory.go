// Package memory has the kinds of memory that goroutines share.
package memory

import (
	"bytes"
	"sync"
	"sync/atomic"
)

type point struct{ x, y int }

func fields() {
	var p point
	go func() { p.x = 1 }() // want `p.x is written here by the goroutine started at memory.go:\d+ while memory.go:\d+ reads it`
	p.y = 2
	println(p.x)
}

func wholeStruct() {
	var p point
	go func() { p.x = 1 }() // want `p.x is written here by the goroutine started at memory.go:\d+ while memory.go:\d+ writes it too`
	p = point{}
}

func throughPointer() {
	p := &point{}
	q := p
	go func() { q.x = 1 }() // want `q.x is written here by the goroutine started at memory.go:\d+ while memory.go:\d+ writes it too`
	p.x = 2
}

func constantElements() {
	s := make([]int, 4)
	go func() { s[0] = 1 }() // want `s\[.*\] is written here by the goroutine started at memory.go:\d+ while memory.go:\d+ reads it`
	s[1] = 2
	println(s[0])
}

// Each goroutine has an element of its own.
func elementEach(n int) []int {
	s := make([]int, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { s[i] = i })
	}
	wg.Wait()
	return s
}

func rangeBesideWrites(n int) (sum int) {
	s := make([]int, n)
	for i := range n {
		go func() { s[i] = i }() // want `is written here by the goroutine started at memory.go:\d+ while memory.go:\d+ reads it`
	}
	for _, v := range s {
		sum += v
	}
	return sum
}

func constantLength() (sum int) {
	s := make([]int, 10)
	go func() { s[3] = 3 }() // want `s\[3\] is written here by the goroutine started at memory.go:\d+ while memory.go:\d+ reads it`
	for _, v := range s {
		sum += v
	}
	return sum
}

func twoHalves() (sum int) {
	s := make([]int, 10)
	low, high := s[:5], s[5:]
	go func() { low[3] = 3 }()
	for _, v := range high {
		sum += v
	}
	return sum
}

func appends() {
	var s []int
	go func() { s = append(s, 1) }() // want `s is written here by the goroutine started at memory.go:\d+ while memory.go:\d+ reads it`
	println(len(s))
}

func maps() {
	m := make(map[int]int)
	go func() { m[1] = 1 }() // want `m is written here by the goroutine started at memory.go:\d+ while memory.go:\d+ reads it`
	println(m[2])
}

func mapRange() {
	m := make(map[int]int)
	go func() {
		for range m {
		}
	}()
	delete(m, 1) // want `m is written here while the goroutine started at memory.go:\d+ reads it at memory.go:\d+`
}

func mapReads() {
	m := map[int]int{1: 1}
	go func() { println(m[1]) }()
	println(len(m))
}

func interfaces() {
	var i any
	go func() { i = 1 }() // want `i is written here by the goroutine started at memory.go:\d+ while memory.go:\d+ reads it`
	_, _ = i.(int)
}

func atomicAndPlain() int64 {
	var n int64
	go func() { atomic.AddInt64(&n, 1) }() // want `n is written atomically here while memory.go:\d+ reads it without an atomic operation, and nothing orders them`
	return n
}

func onlyAtomic() int64 {
	var n int64
	go func() { atomic.AddInt64(&n, 1) }()
	return atomic.LoadInt64(&n)
}

func buffers() string {
	var b bytes.Buffer
	go func() { b.WriteString("a") }() // want `b is written here by the goroutine started at memory.go:\d+ while memory.go:\d+ reads it`
	return b.String()
}

// What a goroutine makes is its own, and the receiver's once it is sent.
func handedOver() int {
	c := make(chan *point)
	go func() {
		p := &point{}
		p.x = 1
		c <- p
	}()
	p := <-c
	p.x = 2
	return p.x
}

func usedAfterSend() {
	c := make(chan *point)
	go func() {
		p := &point{}
		c <- p
		p.x = 1 // want `is written here by the goroutine started at memory.go:\d+ while memory.go:\d+ writes it too`
	}()
	p := <-c
	p.x = 2
}

func closeAndSend() {
	c := make(chan int, 1)
	go func() { close(c) }() // want `c is closed here while memory.go:\d+ may still send on it, which would panic; nothing orders them`
	c <- 1
}

func closeAfterSend() {
	c := make(chan int, 1)
	go func() {
		c <- 1
		close(c)
	}()
	<-c
}

func overwrittenLock() {
	var mu sync.Mutex
	go func() { mu.Lock() }()
	mu = sync.Mutex{} // want `mu is overwritten here while memory.go:\d+ uses it, and nothing orders them`
}

// Workers made in one loop and started in another are different objects.
func workers(n int) {
	var ws []*point
	for range n {
		ws = append(ws, &point{})
	}
	for _, w := range ws {
		go func() { w.x = 1 }()
	}
}

// The loop writes the first element, too, after a goroutine that reads it has
// started.
func firstElement(n int) {
	cs := make([]int, n)
	for i := range cs {
		cs[i] = i // want `cs\[…\] is written here while the goroutine started at memory.go:\d+ reads it`
		go func() { println(cs[0]) }()
	}
}

// Each round is over when the goroutine of the round before may still write.
func lastRound(n int, j int) {
	cs := make([]int, n)
	for {
		for i := range cs {
			cs[i] = 0 // want `cs\[…\] is written here while the goroutine started at memory.go:\d+ reads it`
		}
		go func() { cs[j]++ }()
	}
}
