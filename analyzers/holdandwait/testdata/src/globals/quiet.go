package globals

import "sync"

// Somebody else receives too, and does not need the lock.
var (
	taskMu sync.Mutex
	tasks  = make(chan int)
	done   int
)

func Work() {
	go func() {
		for range tasks {
			taskMu.Lock()
			done++
			taskMu.Unlock()
		}
	}()
	for i := range 10 {
		taskMu.Lock()
		tasks <- i
		taskMu.Unlock()
	}
}

func Take() int { return <-tasks }

// Other packages can receive.
var (
	outMu sync.Mutex
	Out   = make(chan int)
	given = make(chan int)
)

func Given() <-chan int { return given }

func Emit() {
	go func() {
		for range 3 {
			outMu.Lock()
			outMu.Unlock()
			<-Out
			<-given
		}
	}()
	outMu.Lock()
	defer outMu.Unlock()
	Out <- 1
	given <- 1
}

// Who calls a function value is not seen.
var (
	hookMu sync.Mutex
	hooked = make(chan int)
)

func drain() { <-hooked }

func Hook(register func(func())) { register(drain) }

func Fire() {
	go func() {
		for range 3 {
			hookMu.Lock()
			hookMu.Unlock()
			<-hooked
		}
	}()
	hookMu.Lock()
	defer hookMu.Unlock()
	hooked <- 1
}
