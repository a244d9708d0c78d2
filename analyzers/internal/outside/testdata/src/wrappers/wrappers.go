package wrappers // want package:`outside: All starts #1 many times and may wait for it; Each calls #1; Go starts #0; Group\.Go starts #1; Group\.Limited starts #1 when it has waited; Group\.OfSync starts #1; Group\.Through starts #1; Literal starts #0; Nested starts #0; OneByOne starts #1 when it has waited and may wait for it; Recovering starts #0; Retry calls #0; Submit starts #0\.Run; SubmitRecovering starts #0\.Run; ThroughLiteral calls #0; Two starts #0 and may wait for it; Group\.Later writes #0\.fs\}$`

// Package wrappers runs functions for others.

import (
	"fmt"
	"sync"
	"time"
)

func Go(f func()) { go f() }

func Recovering(f func()) {
	go func() {
		defer func() {
			if r := recover(); r != nil {
				report(r)
			}
		}()
		f()
	}()
}

var reports = make(chan any)

func report(r any) { reports <- r }

type Group struct {
	wg  sync.WaitGroup
	mu  sync.Mutex
	sem chan struct{}
	fs  []func()
}

func (g *Group) Go(f func()) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		f()
	}()
}

func (g *Group) Through(f func() error) { g.Go(func() { _ = f() }) }

func (g *Group) OfSync(f func()) { g.wg.Go(f) }

func (g *Group) Limited(f func()) {
	g.sem <- struct{}{}
	go func() {
		defer func() { <-g.sem }()
		f()
	}()
}

func (g *Group) LimitedInside(f func()) {
	go func() {
		g.sem <- struct{}{}
		defer func() { <-g.sem }()
		f()
	}()
}

func (g *Group) Later(f func()) { g.fs = append(g.fs, f) }

func (g *Group) Locked(f func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f()
}

func (g *Group) LockedInside(f func()) {
	go func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		f()
	}()
}

func (g *Group) StartsAndKeeps(f func()) {
	g.fs = append(g.fs, f)
	go f()
}

func All(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f(i)
		}()
	}
	wg.Wait()
}

func OneByOne(n int, f func(i int)) {
	done := make(chan bool)
	for i := range n {
		go func() {
			f(i)
			done <- true
		}()
		<-done
	}
}

func Two(f, g func()) {
	done := make(chan bool)
	go func() {
		f()
		close(done)
	}()
	g()
	<-done
}

func Each(list []int, f func(int)) {
	for _, x := range list {
		f(x)
	}
}

func Retry(f func() error) error {
	for range 3 {
		if f() == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
	return fmt.Errorf("no luck")
}

func ThroughLiteral(f func()) {
	run := func() { f() }
	run()
}

func Literal(f func()) {
	go func(g func()) { g() }(f)
}

func KeptLiteral(f func()) func() {
	go f()
	return func() { f() }
}

func Reassigned(f, g func()) {
	if f == nil {
		f = g
	}
	go f()
}

type Task interface{ Run() }

func Submit(t Task) { go t.Run() }

func SubmitRecovering(t Task) {
	go func() {
		defer func() { _ = recover() }()
		t.Run()
	}()
}

func Either(async bool, f func()) {
	if async {
		go f()
		return
	}
	f()
}

func (g *Group) WhenReady(ready chan bool, f func()) {
	go func() {
		<-ready
		g.Go(f)
	}()
}

func Nested(f func()) {
	go func() { Go(f) }()
}
