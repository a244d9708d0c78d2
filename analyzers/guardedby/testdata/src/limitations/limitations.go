// Package limitations has what guardedby does not find, and what it reports
// though it is right.
package limitations

import "sync"

// Two locks that both guard a variable somewhere: which of them is the right one is
// not asked, and the reports speak of the first.
type TwoLocks struct {
	in, out sync.Mutex
	n       int
}

func (t *TwoLocks) Read() {
	t.in.Lock()
	t.n++
	t.in.Unlock()
}

func (t *TwoLocks) ReadAll() {
	t.in.Lock()
	t.n += 2
	t.in.Unlock()
}

func (t *TwoLocks) Write() {
	t.out.Lock()
	t.n-- // want `Write writes t.n without holding in, which 2 of its 4 accesses hold`
	t.out.Unlock()
}

func (t *TwoLocks) WriteAll() {
	t.out.Lock()
	t.n -= 2 // want `WriteAll writes t.n without holding in`
	t.out.Unlock()
}

// A lock that other packages can name: they may hold it.
type Open struct {
	Mu sync.Mutex
	n  int
}

func (o *Open) Inc() {
	o.Mu.Lock()
	o.n++
	o.Mu.Unlock()
}

func (o *Open) Dec() {
	o.Mu.Lock()
	o.n--
	o.Mu.Unlock()
}

func (o *Open) N() int { return o.n }

// Elements of a slice that leave the critical section with it.
type Board struct {
	mu    sync.Mutex
	cells []int
}

func (b *Board) Set(i, v int) {
	b.mu.Lock()
	b.cells[i] = v
	b.mu.Unlock()
}

func (b *Board) Grow() {
	b.mu.Lock()
	b.cells = append(b.cells, 0)
	b.mu.Unlock()
}

func (b *Board) First() int {
	b.mu.Lock()
	cells := b.cells
	b.mu.Unlock()
	return cells[0]
}

// What a pointer leads to is guarded by nothing if nobody locks for it by name.
type Owner struct {
	mu   sync.Mutex
	name *string
}

func (o *Owner) Rename(name string) {
	o.mu.Lock()
	*o.name = name
	o.mu.Unlock()
}

func (o *Owner) Swap(name *string) {
	o.mu.Lock()
	o.name = name
	o.mu.Unlock()
}

func (o *Owner) Name() string {
	o.mu.Lock()
	p := o.name
	o.mu.Unlock()
	return *p
}

// This one is false: once the state is sealed nobody writes any more.
type Sealed struct {
	mu     sync.Mutex
	sealed bool
	items  []int
}

func (s *Sealed) Add(i int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.sealed {
		s.items = append(s.items, i)
	}
}

func (s *Sealed) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.sealed {
		s.items = nil
	}
}

func (s *Sealed) Pop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.sealed {
		s.items = s.items[1:]
	}
}

func (s *Sealed) Seal() {
	s.mu.Lock()
	s.sealed = true
	s.mu.Unlock()
}

// Sum is for those who have called Seal.
func (s *Sealed) Sum() (n int) {
	for _, i := range s.items { // want `Sum reads s.items without holding mu, which 5 of its 6 accesses hold`
		n += i
	}
	return n
}
