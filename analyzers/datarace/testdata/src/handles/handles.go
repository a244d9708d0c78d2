// Package handles synchronises by what another package keeps or hands out.
package handles

import (
	"queues"
	"sync"
)

func getter(s *queues.Queue) int {
	n := 0
	go func() { n = 1; s.C() <- 1 }()
	<-s.C()
	return n
}
func setter() int {
	s, c, n := queues.New(), make(chan bool), 0
	s.SetDone(c)
	go func() { n = 1; close(c) }()
	s.Wait()
	return n
}
func lit() int {
	c, n := make(chan bool), 0
	s := &queues.Queue{Done: c}
	go func() { n = 1; close(c) }()
	s.Wait()
	return n
}
func field() int {
	c, n := make(chan bool), 0
	s := queues.New()
	s.SetDone(c)
	go func() { n = 1; close(c) }()
	<-s.Done
	return n
}
func opts() int {
	c, n := make(chan bool), 0
	s := queues.NewWith(queues.WithDone(c))
	go func() { n = 1; close(c) }()
	<-s.Done
	return n
}
func group() int {
	var wg sync.WaitGroup
	n := 0
	s := queues.New()
	s.SetGroup(&wg)
	wg.Add(1)
	go func() { defer wg.Done(); n++ }()
	s.WaitGroup()
	return n
}
func useLock() {
	var mu sync.Mutex
	s := queues.New()
	s.UseLock(&mu)
	n := 0
	go func() { mu.Lock(); n++; mu.Unlock() }()
	s.Locked(func() { n++ })
}
func handle() int {
	n := 0
	h := queues.Start(func() { n = 1 })
	<-h.Done()
	return n
}
func handle2() int {
	n := 0
	h := queues.Start(func() { n = 1 })
	h.Wait()
	return n
}
func handleErr() (n int, err error) {
	c := queues.StartErr(func() error { n = 1; return nil })
	err = <-c
	return n, err
}
func handleOwn() int {
	n, c := 0, make(chan bool)
	queues.Start(func() { n = 1; c <- true })
	<-c
	return n
}
func eachGo(xs []int) int {
	var wg sync.WaitGroup
	var mu sync.Mutex
	n := 0
	queues.Each(xs, func(x int) {
		wg.Add(1)
		go func() { defer wg.Done(); mu.Lock(); n += x; mu.Unlock() }()
	})
	wg.Wait()
	return n
}
func eachOwn(xs []int) {
	for _, x := range xs {
		go func() {
			s := queues.New()
			queues.Each(xs, func(int) { s.Inc() })
			_ = x
		}()
	}
}
func perItem(qs []*queues.Queue) {
	for _, s := range qs {
		go s.Inc()
	}
}
func perItemMap(qs map[string]*queues.Queue) {
	for _, s := range qs {
		go func() { s.Inc() }()
	}
}
func handOver() int {
	c := make(chan *queues.Queue)
	go func() { s := queues.New(); s.Inc(); c <- s }()
	s := <-c
	s.Inc()
	return s.N()
}
func once(s *queues.Queue) {
	var o sync.Once
	for range 3 {
		go func() { o.Do(s.Inc); _ = s.N() }()
	}
}
func racy(s *queues.Queue) int {
	go s.Inc() // want `s.n is written here`
	return s.N()
}
