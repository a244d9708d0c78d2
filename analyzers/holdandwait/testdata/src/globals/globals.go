// Package globals has locks and channels in package-level variables, which the
// functions that other packages call share.
package globals

import "sync"

var (
	mu   sync.Mutex
	jobs = make(chan int)
	sum  int
)

func Start() { go run() }

func run() {
	for n := range jobs {
		mu.Lock()
		sum += n
		mu.Unlock()
	}
}

func Send(n int) {
	mu.Lock()
	defer mu.Unlock()
	jobs <- n // want `Send sends on jobs while holding mu, locked at globals.go:\d+; the goroutine started at globals.go:\d+ receives at globals.go:\d+, but first needs mu at globals.go:\d+`
}

func SendOutside(n int) {
	mu.Lock()
	mu.Unlock()
	jobs <- n
}

// Made, and the goroutine started, when the package is initialised.
var (
	stateMu sync.RWMutex
	updates chan int
	state   int
)

func init() {
	updates = make(chan int)
	go func() {
		for n := range updates {
			stateMu.Lock()
			state = n
			stateMu.Unlock()
		}
	}()
}

func State() int {
	stateMu.RLock()
	defer stateMu.RUnlock()
	return state
}

func SetState(n int) {
	stateMu.RLock()
	defer stateMu.RUnlock()
	if n != state {
		updates <- n // want `SetState sends on updates while holding stateMu`
	}
}

// A wait group.
var (
	poolMu sync.Mutex
	poolWG sync.WaitGroup
	active int
)

func Go(work func()) {
	poolWG.Add(1)
	go func() {
		defer poolWG.Done()
		work()
		poolMu.Lock()
		active--
		poolMu.Unlock()
	}()
}

func Wait() {
	poolMu.Lock()
	defer poolMu.Unlock()
	poolWG.Wait() // want `Wait waits for poolWG while holding poolMu`
}

// One variable for all of it, and methods.
type hub struct {
	mu   sync.Mutex
	in   chan int
	seen int
}

var theHub = &hub{in: make(chan int)}

type Client struct{ id int }

func (c *Client) Listen() {
	go func() {
		for range theHub.in {
			theHub.mu.Lock()
			theHub.seen++
			theHub.mu.Unlock()
		}
	}()
}

func (c *Client) Tell() {
	theHub.mu.Lock()
	defer theHub.mu.Unlock()
	theHub.in <- c.id // want `\(\*Client\).Tell sends on \S*in while holding theHub.mu`
}
