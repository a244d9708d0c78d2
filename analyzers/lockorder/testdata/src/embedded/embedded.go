// Package embedded has types that embed a type with a lock, each of which so has a lock of its own. // want package:`\(\*server\)\.take: s before c;.*`
package embedded

import "sync"

type base struct {
	sync.Mutex
	n int
}

// Both types have the lock of base: a server locks a client, and the client a
// server.
type (
	server struct {
		base
		clients []*client
	}
	client struct {
		base
		of *server
	}
)

func (s *server) take(c *client) {
	s.Lock()
	defer s.Unlock()
	c.Lock() // want `take locks c while it holds s \(line \d+\), and leave locks s while it holds c \(embedded.go:\d+\): each can wait for the other for ever`
	defer c.Unlock()
	c.of = s
}

func (c *client) leave(s *server) {
	c.Lock()
	defer c.Unlock()
	s.Lock()
	defer s.Unlock()
	s.n--
}

// The reader's lock comes before the index', the index' before the writer's. The
// two locks of base are different ones, so there is no circle.
type (
	reader struct{ base }
	writer struct{ base }
	index  struct {
		mu sync.Mutex
		n  int
	}
)

func (r *reader) look(x *index) {
	r.Lock()
	defer r.Unlock()
	x.mu.Lock()
	r.n = x.n
	x.mu.Unlock()
}

func (x *index) store(w *writer) {
	x.mu.Lock()
	defer x.mu.Unlock()
	w.Lock()
	w.n = x.n
	w.Unlock()
}

func (x *index) flush(w *writer) {
	x.mu.Lock()
	defer x.mu.Unlock()
	w.lockAndCount()
}

func (w *writer) lockAndCount() {
	w.Lock()
	w.n++
	w.Unlock()
}

// What the embedded type does, it does for both of them.
type (
	core struct {
		sync.Mutex
		log *journal
	}
	north struct {
		core
		n int
	}
	south   struct{ core }
	journal struct {
		mu sync.Mutex
		n  int
	}
)

func (c *core) write() {
	c.Lock()
	defer c.Unlock()
	c.log.mu.Lock() // want `write locks c.log.mu while it holds c \(line \d+\), and replay locks n while it holds j.mu`
	c.log.n++
	c.log.mu.Unlock()
}

func (s *south) push() { s.write() }

func (j *journal) replay(n *north) {
	j.mu.Lock()
	defer j.mu.Unlock()
	n.Lock()
	n.n = j.n
	n.Unlock()
}

// Two fields of one type are two locks as well.
type twins struct {
	left, right base
	pointer     *base
}

func (t *twins) forth() {
	t.left.Lock()
	defer t.left.Unlock()
	t.right.Lock() // want `forth locks t.right while it holds t.left \(line \d+\), and back locks t.left while it holds t.right`
	defer t.right.Unlock()
}

func (t *twins) back() {
	t.right.Lock()
	defer t.right.Unlock()
	t.left.Lock()
	defer t.left.Unlock()
}

// Whose lock is behind a pointer is not known: perhaps left's, in the order of a
// parent and a child.
func (t *twins) through() {
	t.pointer.Lock()
	defer t.pointer.Unlock()
	t.left.Lock()
	defer t.left.Unlock()
}

func (t *twins) around() {
	t.left.Lock()
	defer t.left.Unlock()
	t.pointer.Lock()
	defer t.pointer.Unlock()
}

// And so are two variables.
var first, second struct {
	mu sync.Mutex
	n  int
}

func forth() {
	first.mu.Lock()
	defer first.mu.Unlock()
	second.mu.Lock() // want `forth locks second.mu while it holds first.mu \(line \d+\), and back locks first.mu while it holds second.mu`
	defer second.mu.Unlock()
}

func back() {
	second.mu.Lock()
	defer second.mu.Unlock()
	first.mu.Lock()
	defer first.mu.Unlock()
}

// One of the two comes before the lock of the index, the other behind it.
type table struct {
	mu sync.Mutex
	n  int
}

var old, current table

func (x *index) load() {
	old.mu.Lock()
	defer old.mu.Unlock()
	x.mu.Lock()
	x.n = old.n
	x.mu.Unlock()
}

func (x *index) save() {
	x.mu.Lock()
	defer x.mu.Unlock()
	current.mu.Lock()
	current.n = x.n
	current.mu.Unlock()
}

// Deeper, and in goroutines that are followed.
type (
	middle struct{ base }
	east   struct{ middle }
	west   struct{ middle }
)

func run() {
	e, w := &east{}, &west{}
	x := &index{}
	go e.visit(x)
	x.visit(w)
}

func (e *east) visit(x *index) {
	e.Lock()
	defer e.Unlock()
	x.count()
}

func (x *index) count() {
	x.mu.Lock()
	x.n++
	x.mu.Unlock()
}

func (x *index) visit(w *west) {
	x.mu.Lock()
	defer x.mu.Unlock()
	w.Lock()
	w.Unlock()
}

// Code that takes the two for one type has an order for them, as for two objects
// of a type: the parent before the child, or the smaller number first.
type (
	item struct {
		sync.Mutex
		id   int
		kids []*item
	}
	folder struct{ item }
	file   struct{ item }
)

func (i *item) adopt(kid *item) {
	i.Lock()
	defer i.Unlock()
	kid.Lock()
	defer kid.Unlock()
	i.kids = append(i.kids, kid)
}

func swap(a, b *item) {
	if a.id < b.id {
		a.Lock()
		b.Lock()
	} else {
		b.Lock()
		a.Lock()
	}
	a.kids, b.kids = b.kids, a.kids
	a.Unlock()
	b.Unlock()
}

func move(a *folder, b *file) {
	if a.id < b.id {
		a.Lock()
		b.Lock()
	} else {
		b.Lock()
		a.Lock()
	}
	a.n()
	a.Unlock()
	b.Unlock()
}

func (i *item) n() {}

func fill() {
	outer, inner := &folder{}, &file{}
	go func() {
		outer.adopt(&inner.item)
		swap(&outer.item, &inner.item)
	}()
	inner.adopt(&new(folder).item)
	swap(&inner.item, &outer.item)
	move(outer, inner)
}
