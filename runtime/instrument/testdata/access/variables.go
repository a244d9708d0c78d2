package p

import (
	"bytes"
	"sort"
	"sync"
)

var (
	counter  int
	table    = map[string]int{"a": 1}
	constant = 5
	buffer   bytes.Buffer
	mu       sync.Mutex
	inited   int
)

func init() { inited = 1 }

func packageVariables() int {
	counter = 1                   // write: counter
	counter++                     // read: counter; write: counter
	counter += 2                  // read: counter; write: counter
	counter += inc()              // update: counter
	counter = counter * 2         // read: counter; write: counter
	counter = 2 * inc() * counter // update: counter
	mu.Lock()
	buffer.WriteString("x") // update: buffer
	mu.Unlock()
	if counter > 1 { // read: counter
		return constant
	} else if counter > 0 { // read: counter
		return inited
	}
	for counter < 10 { // read: counter; read: counter
	}
	switch {
	case counter == 0: // read: counter
	}
	return table["a"] // read: table["a"]
}

func set() { table["b"] = 2 } // write: table["b"]

func inc() int { return 1 }

func locals() int {
	x := 1
	x++
	fs := []func(){func() { x++ }} // read: x; write: x
	fs[0]()
	return x // read: x
}

func captured(done chan bool) (int, int) {
	x, y, z := 0, 0, 0
	y = 2
	go func() {
		x = y // write: x
		z++   // read: z; write: z
		done <- true
	}()
	<-done
	z = 1       // write: z
	return x, y // read: x
}

func early() {
	x := 0
	if inc() == 1 {
		x = 2
	}
	go func() { println(x) }()
}

type tree struct{ up *tree }

var top *tree

func long() {
	top = &tree{ // read: top; write: top
		up: top,
	}
}

func inLoop() {
	x := 0
	for {
		x = 2                      // write: x
		go func() { println(x) }() // read: x
	}
}

func loopVariable() {
	for i := 0; i < 3; i++ {
		go func() { println(i) }()
	}
}

func inert(list []int) int {
	sum := 0
	sort.Slice(list, func(i, j int) bool { sum++; return i < j })
	defer func() { sum = 0 }()
	func() { sum++ }()
	return sum
}

func gotos() {
again:
	if counter == 0 { // read: counter
		goto again
	}
loop:
	for counter == 1 { // read: counter; read: counter
		continue loop
	}
}

//go:norace
func norace() { counter++ }

//go:nosplit
func nosplit() { counter++ }
