// Package circles takes three locks and more in a circle. // want package:`circles\.first: a before b`
package circles

import "sync"

var a, b, c sync.Mutex

func first() {
	a.Lock()
	defer a.Unlock()
	b.Lock() // want `these locks are taken in a circle, each while the one before is held: a → b → c → a, by first \(circles.go:11\), second \(circles.go:18\), third \(circles.go:25\)`
	defer b.Unlock()
}

func second() {
	b.Lock()
	defer b.Unlock()
	c.Lock()
	defer c.Unlock()
}

func third() {
	c.Lock()
	defer c.Unlock()
	a.Lock()
	defer a.Unlock()
}

// Seven locks, some taken in calls.
type plant struct {
	intake, crusher, washer, sorter, dryer, packer, store sync.Mutex
	n                                                     int
}

func (p *plant) take() {
	p.intake.Lock()
	defer p.intake.Unlock()
	p.crush() // want `p.intake → p.crusher → p.washer → p.sorter → p.dryer → p.packer → p.store → p.intake, by take \(circles.go:42\), wash \(.*\), sort \(.*\), dry \(.*\), pack \(.*\), keep \(.*\), recycle \(.*\); goroutines that do so`
}

func (p *plant) crush() {
	p.crusher.Lock()
	defer p.crusher.Unlock()
	p.n++
}

func (p *plant) wash() {
	p.crusher.Lock()
	defer p.crusher.Unlock()
	p.washer.Lock()
	defer p.washer.Unlock()
}

func (p *plant) sort() {
	p.washer.Lock()
	defer p.washer.Unlock()
	p.sorter.Lock()
	defer p.sorter.Unlock()
}

func (p *plant) dry() {
	p.sorter.Lock()
	defer p.sorter.Unlock()
	p.dryer.Lock()
	defer p.dryer.Unlock()
}

func (p *plant) pack() {
	p.dryer.Lock()
	defer p.dryer.Unlock()
	p.packer.Lock()
	defer p.packer.Unlock()
}

func (p *plant) keep() {
	p.packer.Lock()
	defer p.packer.Unlock()
	p.store.Lock()
	defer p.store.Unlock()
}

func (p *plant) recycle() {
	p.store.Lock()
	defer p.store.Unlock()
	p.refill()
}

func (p *plant) refill() {
	p.intake.Lock()
	defer p.intake.Unlock()
	p.n++
}

// Two of a circle hold the gate.
type gated struct {
	gate                sync.Mutex
	a, b, c, d, e, f, g sync.Mutex
}

func (s *gated) ab() {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.a.Lock()
	defer s.a.Unlock()
	s.b.Lock()
	defer s.b.Unlock()
}

func (s *gated) bc() {
	s.b.Lock()
	defer s.b.Unlock()
	s.c.Lock()
	defer s.c.Unlock()
}

func (s *gated) cd() {
	s.c.Lock()
	defer s.c.Unlock()
	s.d.Lock()
	defer s.d.Unlock()
}

func (s *gated) de() {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.d.Lock()
	defer s.d.Unlock()
	s.e.Lock()
	defer s.e.Unlock()
}

func (s *gated) ef() {
	s.e.Lock()
	defer s.e.Unlock()
	s.f.Lock()
	defer s.f.Unlock()
}

func (s *gated) fg() {
	s.f.Lock()
	defer s.f.Unlock()
	s.g.Lock()
	defer s.g.Unlock()
}

func (s *gated) ga() {
	s.g.Lock()
	defer s.g.Unlock()
	s.a.Lock()
	defer s.a.Unlock()
}

// The way round that is not gated is the longer one.
type detour struct {
	gate          sync.Mutex
	a, b, c, d, e sync.Mutex
}

func (s *detour) ab() {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.a.Lock()
	defer s.a.Unlock()
	s.b.Lock()
	defer s.b.Unlock()
}

func (s *detour) ba() {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.b.Lock()
	defer s.b.Unlock()
	s.a.Lock() // want `s.b → s.a → s.c → s.d → s.e → s.b, by ba`
	defer s.a.Unlock()
}

func (s *detour) ac() {
	s.a.Lock()
	defer s.a.Unlock()
	s.c.Lock()
	defer s.c.Unlock()
}

func (s *detour) cd() {
	s.c.Lock()
	defer s.c.Unlock()
	s.d.Lock()
	defer s.d.Unlock()
}

func (s *detour) de() {
	s.d.Lock()
	defer s.d.Unlock()
	s.e.Lock()
	defer s.e.Unlock()
}

func (s *detour) eb() {
	s.e.Lock()
	defer s.e.Unlock()
	s.b.Lock()
	defer s.b.Unlock()
}

// One lock of the circle is only read.
type index struct {
	a, b, c, d, e, f sync.Mutex
	names            sync.RWMutex
}

func (x *index) ab() {
	x.a.Lock()
	defer x.a.Unlock()
	x.b.Lock()
	defer x.b.Unlock()
}

func (x *index) bc() {
	x.b.Lock()
	defer x.b.Unlock()
	x.c.Lock()
	defer x.c.Unlock()
}

func (x *index) cd() {
	x.c.Lock()
	defer x.c.Unlock()
	x.d.Lock()
	defer x.d.Unlock()
}

func (x *index) de() {
	x.d.Lock()
	defer x.d.Unlock()
	x.e.Lock()
	defer x.e.Unlock()
}

func (x *index) ef() {
	x.e.Lock()
	defer x.e.Unlock()
	x.f.Lock()
	defer x.f.Unlock()
}

func (x *index) fNames() {
	x.f.Lock()
	defer x.f.Unlock()
	x.names.RLock()
	defer x.names.RUnlock()
}

func (x *index) namesA() {
	x.names.RLock()
	defer x.names.RUnlock()
	x.a.Lock()
	defer x.a.Unlock()
}
