package quiet

import (
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
)

// Functions kept in a package-level variable are called by others.
var (
	hooksMu sync.Mutex
	hooks   = map[string]func(){}
)

func hook(name string, f func()) {
	hooksMu.Lock()
	hooks[name] = f
	hooksMu.Unlock()
}

func Run(name string) {
	hooksMu.Lock()
	f := hooks[name]
	hooksMu.Unlock()
	f()
}

func hooked() {
	c := make(chan int)
	go func() {
		for {
			c <- <-c
		}
	}()
	hook("echo", func() {
		c <- 1
		<-c
	})
}

// What OnceFunc and OnceValue return closes the channel.
func onceFunc(name string) error {
	stop := make(chan struct{})
	end := sync.OnceFunc(func() { close(stop) })
	go func() { <-stop }()
	defer end()
	_, err := os.Stat(name)
	return err
}

func onceValue(name string) error {
	stop := make(chan struct{})
	end := sync.OnceValue(func() error { close(stop); return nil })
	go func() { <-stop }()
	if _, err := os.Stat(name); err != nil {
		return end()
	}
	return end()
}

// Do is deferred.
func deferredOnce(name string) error {
	var once sync.Once
	stop := make(chan struct{})
	defer once.Do(func() { close(stop) })
	go func() { <-stop }()
	if _, err := os.Stat(name); err != nil {
		return err
	}
	once.Do(func() { close(stop) })
	return nil
}

// The channel is found in what package sync and sync/atomic keep.
type waiters struct{ m sync.Map }

func (w *waiters) wait(name string) {
	c := make(chan struct{})
	w.m.Store(name, c)
	<-c
}

func (w *waiters) signal(name string) {
	if c, ok := w.m.Load(name); ok {
		c.(chan struct{}) <- struct{}{}
	}
}

func inMap() {
	var w waiters
	go w.wait("x")
	w.signal("x")
}

type config struct{ changed chan struct{} }

func inPointer() {
	var p atomic.Pointer[config]
	c := &config{make(chan struct{})}
	p.Store(c)
	go func() { <-c.changed }()
	close(p.Load().changed)
}

func inSwapped() {
	var p atomic.Pointer[config]
	c := &config{make(chan struct{})}
	p.CompareAndSwap(nil, c)
	go func() { <-c.changed }()
	close(p.Load().changed)
}

func inExchange() {
	var p atomic.Pointer[config]
	c := &config{make(chan struct{})}
	p.Swap(c)
	go func() { <-c.changed }()
	close(p.Load().changed)
}

func inMapOnce() {
	var m sync.Map
	c := make(chan struct{})
	if _, loaded := m.LoadOrStore("x", c); loaded {
		return
	}
	go func() { <-c }()
	if v, ok := m.Load("x"); ok {
		v.(chan struct{}) <- struct{}{}
	}
}

func inPool() {
	var p sync.Pool
	c := make(chan struct{})
	p.Put(c)
	go func() { p.Get().(chan struct{}) <- struct{}{} }()
	<-c
}

// A signal comes from outside too.
func interrupted(name string) error {
	sig := make(chan os.Signal, 1)
	signal.Notify(sig, os.Interrupt)
	go func() { <-sig }()
	if _, err := os.Stat(name); err != nil {
		return err
	}
	sig <- os.Interrupt
	return nil
}
