package forms

import "sync"

// An object is made known to others before it is finished.
type server struct {
	name  string
	hello func(string)
	jobs  int
}

func (s *server) loop() { s.hello(s.name) }

func startedTooEarly(name string) *server {
	s := &server{hello: func(string) {}}
	go s.loop()
	s.name = name // want `s.name is written here .*; the goroutine has the object since it was started at published.go:16: set name before the go statement`
	return s
}

func startedInTime(name string) *server {
	s := &server{hello: func(string) {}}
	s.name = name
	go s.loop()
	return s
}

type hub struct{ current *server }

func storedTooEarly() {
	h, s := new(hub), new(server)
	go func() { println(h.current.name) }()
	h.current = s   // want `h.current is written here`
	s.name = "late" // want `is written here .*; others find the object where it was stored at published.go:33: set name before it is stored`
}

func sentTooEarly(name string) {
	ch := make(chan *server)
	go func() {
		s := <-ch
		println(s.name)
	}()
	s := new(server)
	ch <- s
	s.name = name // want `is written here .*; the object was sent at published.go:44, and belongs to the receiver since: set name first`
}

func sentInTime(name string) {
	ch := make(chan *server)
	go func() {
		s := <-ch
		println(s.name)
	}()
	s := new(server)
	s.name = name
	ch <- s
}

// A field that was set before is changed, not set too late.
func changed() {
	var wg sync.WaitGroup
	s := &server{jobs: 1}
	wg.Go(func() { println(s.jobs) })
	s.jobs = 2 // want `s.jobs is written here while the goroutine started at published.go:63 reads it at published.go:63, with no common lock and nothing that orders them$`
	wg.Wait()
}
