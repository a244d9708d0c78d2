// Package constructors has objects that nobody else has yet.
package constructors

import "sync"

type Pool struct {
	mu   sync.Mutex
	free []int // guarded by mu
	size int   // guarded by mu
}

func (p *Pool) Get() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.free[0]
	p.free = p.free[1:]
	p.size--
	return n
}

func New(n int) *Pool {
	p := &Pool{size: n}
	p.fill()
	p.free = append(p.free, n)
	return p
}

// fill is only for New.
func (p *Pool) fill() {
	for range p.size {
		p.free = append(p.free, 0)
	}
}

func NewPair() (*Pool, *Pool) {
	a, b := make1(), make1()
	a.size, b.size = 1, 2
	return a, b
}

func make1() *Pool { return &Pool{} }

func FromMap(m map[string]*Pool, key string) *Pool {
	p, ok := m[key]
	if !ok {
		p = new(Pool)
		p.size = 1
		m[key] = p
	}
	return p
}

// Somebody else has it too when it returns.
func Launch() *Pool {
	p := new(Pool)
	p.size = 1
	go p.run()
	p.size = 2 // want `Launch writes p.size without holding mu`
	return p
}

func (p *Pool) run() {
	p.size++ // want `run writes p.size without holding mu`
	p.mu.Lock()
	defer p.mu.Unlock()
	p.size--
}

// A copy is another object.
func (p *Pool) Copy() Pool {
	q := Pool{free: nil}
	q.size = 3
	return q
}

// Replaced by a new one.
type Holder struct {
	pool *Pool
}

func (h *Holder) Replace() {
	h.pool = &Pool{}
	h.pool.size = 4
}

// From a sync.Pool, or received: whoever gets it has it alone.
var spare = sync.Pool{New: func() any { return new(Pool) }}

func Recycle() *Pool {
	p := spare.Get().(*Pool)
	p.size = 0
	return p
}

func Receive(ch chan *Pool) {
	p := <-ch
	p.size = 0
}

// Decoding and the like fill in what nobody else has.
func (p *Pool) UnmarshalText(text []byte) error {
	p.size = len(text)
	return nil
}

func (p *Pool) Init(n int) { p.size = n }

// Only the constructor calls the helper's helper.
func NewFilled() *Pool {
	p := new(Pool)
	func() { p.more() }()
	return p
}

func (p *Pool) more() { p.evenMore() }

func (p *Pool) evenMore() { p.size++ }
