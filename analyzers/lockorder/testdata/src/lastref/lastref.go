// Package lastref takes locks of objects that count their references. // want package:`move: of\.mu before p\.mu; .*finish: e\.mu before r\.mu; .*drop: p\.mu before p\.mu; .*keep: p\.mu before p\.mu}$`
package lastref

import (
	"sync"
	"sync/atomic"
)

// The page that leaves the ring has another lock than the one that comes in, and
// whoever has the last reference to it has the lock for himself.
type ring struct {
	mu   sync.Mutex
	list []*entry
}

type entry struct {
	mu   sync.Mutex
	refs int32
	uses atomic.Int64
	text string
}

func (r *ring) add(e *entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.list) == 10 {
		r.list[0].unref()
		r.list[1].leave()
		r.list = r.list[2:]
	}
	r.list = append(r.list, e)
}

func (r *ring) finish(e *entry) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.text != "" {
		r.add(e)
	}
}

func (e *entry) unref() {
	if atomic.AddInt32(&e.refs, -1) == 0 {
		e.mu.Lock()
		println(e.text)
		e.mu.Unlock()
		e.free()
	}
}

func (e *entry) free() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.text = ""
}

func (e *entry) leave() {
	n := e.uses.Add(-1)
	if n > 0 {
		return
	}
	e.free()
}

// The counter of one object says nothing of another, and one that goes up, or is not
// zero, nothing at all.
type pool struct {
	mu    sync.Mutex
	refs  atomic.Int32
	pages []*page
}

type page struct {
	mu   sync.Mutex
	refs atomic.Uint32
	text string
}

func (p *pool) drop(of *page) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refs.Add(-1) == 0 {
		of.clear() // want `drop, which holds p.mu .*, calls clear, which locks p.mu`
	}
}

func (p *page) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = ""
}

func (p *pool) keep(of *page) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if of.refs.Add(1) == 0 {
		of.clear()
	}
	if of.refs.Add(^uint32(0)) != 0 {
		of.clear()
	}
}

func (of *page) move(p *pool) {
	of.mu.Lock()
	defer of.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages = append(p.pages, of)
}
