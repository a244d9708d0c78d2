// Package pairs takes two locks in both orders, or in one. // want package:`s\.mu before s\.other; .*s\.other before s\.mu`
package pairs

import "sync"

type store struct {
	mu    sync.Mutex
	other sync.Mutex
	once  sync.Mutex
	n     int
}

func (s *store) forth() {
	s.mu.Lock()
	s.other.Lock() // want `forth locks s.other while it holds s.mu \(line 14\), and back locks s.mu while it holds s.other \(pairs.go:23\): each can wait for the other for ever`
	s.n++
	s.other.Unlock()
	s.mu.Unlock()
}

func (s *store) back() {
	s.other.Lock()
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
	s.other.Unlock()
}

// Always the same order.
func (s *store) same() {
	s.mu.Lock()
	s.once.Lock()
	s.once.Unlock()
	s.mu.Unlock()
}

func (s *store) sameAgain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.once.Lock()
	defer s.once.Unlock()
}

// One after the other.
func (s *store) apart() {
	s.once.Lock()
	s.once.Unlock()
	s.mu.Lock()
	s.mu.Unlock()
}

// Package-level locks.
var a, b, c, d sync.Mutex

func ab() {
	a.Lock()
	defer a.Unlock()
	b.Lock() // want `ab locks b while it holds a \(line 56\), and ba locks a while it holds b`
	defer b.Unlock()
}

func ba() {
	b.Lock()
	defer b.Unlock()
	a.Lock()
	defer a.Unlock()
}

// The second is only tried.
func cd() {
	c.Lock()
	defer c.Unlock()
	d.Lock()
	defer d.Unlock()
}

func dc() {
	d.Lock()
	defer d.Unlock()
	if c.TryLock() {
		c.Unlock()
	}
}

// An object that nobody else has yet.
type child struct {
	mu     sync.Mutex
	parent *parent
}

type parent struct {
	mu       sync.Mutex
	children []*child
}

func (p *parent) add() *child {
	c := &child{parent: p}
	c.mu.Lock()
	defer c.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.children = append(p.children, c)
	return c
}

func (p *parent) visit() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.children {
		c.mu.Lock()
		c.mu.Unlock()
	}
}

// One mistake, though there are many pairs: all takes each under the lock that
// each of them is held for.
type fake struct {
	calls            sync.Mutex
	open, read, done sync.Mutex
}

func (f *fake) Open() {
	f.open.Lock()
	f.record() // want `Open, which holds f.open \(line \d+\), calls record, which locks f.calls \(pairs.go:\d+\), and all locks f.open while it holds f.calls`
	f.open.Unlock()
}

func (f *fake) Read() {
	f.read.Lock()
	f.record()
	f.read.Unlock()
}

func (f *fake) Done() {
	f.done.Lock()
	f.record()
	f.done.Unlock()
}

func (f *fake) record() {
	f.calls.Lock()
	defer f.calls.Unlock()
}

func (f *fake) all() {
	f.calls.Lock()
	defer f.calls.Unlock()
	f.open.Lock()
	defer f.open.Unlock()
	f.read.Lock()
	defer f.read.Unlock()
	f.done.Lock()
	defer f.done.Unlock()
}

// Methods of one name are told apart by their receivers.
type (
	left  struct{ a, b sync.Mutex }
	right struct{ of *left }
)

func (l *left) both() {
	l.a.Lock()
	l.b.Lock() // want `\(\*left\).both locks l.b while it holds l.a \(line \d+\), and \(\*right\).both locks r.of.a while it holds r.of.b`
	l.b.Unlock()
	l.a.Unlock()
}

func (r *right) both() {
	r.of.b.Lock()
	r.of.a.Lock()
	r.of.a.Unlock()
	r.of.b.Unlock()
}
