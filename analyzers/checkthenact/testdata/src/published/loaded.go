package published

import (
	"sync"
	"sync/atomic"
)

type Limits struct {
	max   int
	names map[string]int
}

type Proxy struct {
	mu     sync.Mutex
	limits atomic.Pointer[Limits]
	routes atomic.Value // of map[string]string
}

func (p *Proxy) Max() int { return p.limits.Load().max }

func (p *Proxy) Raise() {
	l := p.limits.Load()
	l.max++ // want `Raise writes the field max of the Limits that it loaded from p.limits at line 22: an atomic load gives the same Limits to all, and Max may read the field at the same time \(loaded.go:19\)`
}

func (p *Proxy) RaiseCopy() {
	l := *p.limits.Load()
	l.max++
	p.limits.Store(&l)
}

func (p *Proxy) Route(host string) string {
	routes, _ := p.routes.Load().(map[string]string)
	return routes[host]
}

func (p *Proxy) AddRoute(host, to string) {
	routes := p.routes.Load().(map[string]string)
	routes[host] = to // want `AddRoute writes to the map\[string\]string that it loaded from p.routes at line 38: .* Route may read it at the same time \(loaded.go:34\), which stops the program`
}

func (p *Proxy) AddRouteCopy(host, to string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	old, _ := p.routes.Load().(map[string]string)
	routes := make(map[string]string, len(old)+1)
	for h, t := range old {
		routes[h] = t
	}
	routes[host] = to
	p.routes.Store(routes)
}

// The lock keeps the readers out.
type Counted struct {
	mu  sync.Mutex
	cur atomic.Pointer[Limits]
}

func (c *Counted) Add() {
	c.mu.Lock()
	c.cur.Load().max++
	c.mu.Unlock()
}

func (c *Counted) Get() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cur.Load().max
}

// The one goroutine that writes the field is the one that reads it.
type Player struct{ cur atomic.Pointer[Limits] }

func NewPlayer() *Player {
	p := new(Player)
	go p.play()
	return p
}

func (p *Player) play() {
	for {
		l := p.cur.Load()
		l.max++
		if l.max > 10 {
			return
		}
	}
}

func (p *Player) Skip(l *Limits) { p.cur.Store(l) }
