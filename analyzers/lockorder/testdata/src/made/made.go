// Package made takes locks of objects that a called function has made. // want package:`kept: n\.mu before t\.mu`
package made

import (
	"errors"
	"fmt"
	"maker"
	"sync"
)

// The child is locked before its parent, and the other way round, but a new child
// nobody else has.
type parent struct {
	mu       sync.Mutex
	children []*child
}

type child struct {
	mu     sync.Mutex
	cond   *sync.Cond
	parent *parent
	name   string
	close  func()
	peer   *peer
	n      int
}

type peer struct{ of *child }

func (p *parent) each() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.children {
		c.mu.Lock()
		c.n++
		c.mu.Unlock()
	}
}

func newChild(p *parent) *child { return &child{parent: p} }

func (p *parent) add() {
	c := newChild(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.children = append(p.children, c)
}

func openChild(p *parent, name string) (*child, error) {
	if name == "" {
		return nil, errors.New("no name")
	}
	c := newChild(p)
	c.name = fmt.Sprintf("%v of %v", name, c)
	c.cond = sync.NewCond(&c.mu)
	c.close = func() { c.reset() }
	c.peer = &peer{of: c}
	if err := c.check(); err != nil {
		return nil, err
	}
	return c.reset(), nil
}

func (c *child) check() error {
	if c.name == "root" {
		return fmt.Errorf("%s is taken", c.name)
	}
	return nil
}

func (c *child) reset() *child {
	c.n = 0
	return c
}

func (p *parent) open(name string) error {
	c, err := openChild(p, name)
	if err != nil {
		return err
	}
	c.mu.Lock()
	p.mu.Lock()
	p.children = append(p.children, c)
	p.mu.Unlock()
	c.mu.Unlock()
	return nil
}

func namedResult(p *parent) (c *child, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("child %v: %w", c, err)
		}
	}()
	c = &child{parent: p}
	return c, c.check()
}

func (p *parent) named() {
	c, _ := namedResult(p)
	c.mu.Lock()
	p.mu.Lock()
	p.mu.Unlock()
	c.mu.Unlock()
}

// The lock is taken where the child is made, and given back; the caller has
// another lock.
type registry struct {
	mu sync.Mutex
	n  int
}

func (c *child) leave(r *registry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r.mu.Lock()
	r.n--
	r.mu.Unlock()
}

func started(p *parent) *child {
	c := newChild(p)
	c.mu.Lock()
	c.n = 1
	c.mu.Unlock()
	return c
}

func (r *registry) start(p *parent) *child {
	r.mu.Lock()
	defer r.mu.Unlock()
	return started(p)
}

func (r *registry) renew(p *parent) *child {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := started(p)
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
	return c
}

// It is made known under the lock of those who look for it.
type pool struct {
	mu   sync.Mutex
	list []*worker
}

type worker struct {
	mu   sync.Mutex
	pool *pool
}

func (p *pool) enlist(w *worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, w)
	w.mu.Lock()
	w.pool = p
}

func (p *pool) hire() {
	w := &worker{}
	p.enlist(w)
	defer w.mu.Unlock()
	w.retire()
}

func (w *worker) retire() {
	w.pool.mu.Lock()
	w.pool.list = nil
	w.pool.mu.Unlock()
}

func (w *worker) work() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.retire()
}

// Where goroutines are started, objects are followed.
func run() {
	p := &parent{}
	go p.each()
	p.add()
	c := newChild(p)
	c.lockBoth()
}

func (c *child) lockBoth() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.parent.count()
}

func (p *parent) count() {
	p.mu.Lock()
	defer p.mu.Unlock()
}

// Made in another package.
func submit(p *maker.Pool) {
	j := maker.NewJob(p)
	j.Mu.Lock()
	defer j.Mu.Unlock()
	p.Mu.Lock()
	defer p.Mu.Unlock()
	p.Jobs = append(p.Jobs, j)
}

// A function that makes a node and gives it to others as well.
type tree struct {
	mu    sync.Mutex
	nodes []*node
	byKey map[string]*node
}

type node struct {
	mu   sync.Mutex
	tree *tree
	n    int
}

func (t *tree) each() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range t.nodes {
		n.mu.Lock() // want `each locks n.mu while it holds t.mu \(line \d+\), and kept locks t.mu while it holds n.mu`
		n.n++
		n.mu.Unlock()
	}
}

func (t *tree) insert() *node {
	n := &node{tree: t}
	t.nodes = append(t.nodes, n)
	return n
}

func (t *tree) kept() {
	n := t.insert()
	n.mu.Lock()
	defer n.mu.Unlock()
	t.mu.Lock()
	t.mu.Unlock()
}

// The caller has no name for the lock that another package takes.
type shop struct {
	mu   sync.Mutex
	find func() *maker.Job
}

func (s *shop) open() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.work() // want `open, which holds s.mu \(line \d+\), calls work, which calls maker.\(\*Job\).Touch, which locks Mu \(maker.go:\d+\), and finish locks s.mu while it holds j.Mu`
}

func (s *shop) work() { s.find().Touch() }

func (s *shop) finish(j *maker.Job) {
	j.Mu.Lock()
	defer j.Mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
}
