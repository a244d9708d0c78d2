// Package spawn has the ways to start a goroutine.
package spawn

import (
	"net/http"
	"runtime"
	"sync"
	"time"
)

type server struct{ n int }

func (s *server) loop() {
	s.n++
}

func goMethod(s *server) {
	go s.loop()
	s.n = 1 // want `s.n is written here while the goroutine started at spawn.go:\d+ reads it at spawn.go:\d+`
}

func start(f func()) { go f() }

func throughHelper() {
	x := 0
	_ = &x
	start(func() { x = 1 }) // want `x is written here by the goroutine started at spawn.go:\d+ while spawn.go:\d+ writes it too`
	x = 2
}

type runner interface{ run() }

type job struct{ n int }

func (j *job) run() { j.n++ }

func throughInterface() {
	j := &job{}
	var r runner = j
	go r.run()
	j.n = 1 // want `j.n is written here while the goroutine started at spawn.go:\d+ reads it at spawn.go:\d+`
}

func groupGo() {
	x := 0
	_ = &x
	var wg sync.WaitGroup
	wg.Go(func() { x = 1 }) // want `x is written here by the goroutine started at spawn.go:\d+ while the one started at spawn.go:\d+ writes it at spawn.go:\d+`
	wg.Go(func() { x = 2 })
	wg.Wait()
	x = 3
}

var requests int

func handle(http.ResponseWriter, *http.Request) {
	requests++ // want `requests is written here by one of the goroutines started at spawn.go:\d+ while another reads it`
}

func register() {
	http.HandleFunc("/", handle)
}

func timers() {
	x := 0
	_ = &x
	time.AfterFunc(1, func() { x = 1 }) // want `x is written here by the goroutine started at spawn.go:\d+ while the one started at spawn.go:\d+ writes it`
	time.AfterFunc(2, func() { x = 2 })
}

func finalizers() {
	x, n := new(string), 0
	_ = &n
	runtime.SetFinalizer(x, func(x *string) {
		*x = "gone"
		n = 1 // want `n is written here by the goroutine started at spawn.go:\d+ while spawn.go:\d+ writes it too`
	})
	*x = "alive"
	n = 2
}

// The finalizer does not run before the object was last used.
func keptAlive() bool {
	x, ran := new(string), false
	runtime.SetFinalizer(x, func(*string) { ran = true })
	defer runtime.KeepAlive(x)
	return ran
}

// One round of the loop makes one goroutine.
func oneRound() {
	x := 0
	_ = &x
	n := 1
	for i := 0; i < n; i++ {
		go func() { x = 1 }()
	}
}

func recursive(depth int, seen map[int]bool) {
	seen[depth] = true // want `seen is written here`
	for range 2 {
		if depth > 0 {
			go recursive(depth-1, seen)
		}
	}
}
