package quiet

import "sync"

// The lock of the container keeps apart what its parts do without theirs.
type store struct {
	mu     sync.RWMutex
	shelve map[string]*shelf
}

type shelf struct {
	mu    sync.Mutex
	items []int
}

func (s *shelf) add(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items = append(s.items, n)
}

func (s *shelf) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items = nil
}

func (s *store) Add(name string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shelve[name].add(n)
}

func (s *store) Drop(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shelve[name].drop()
}

func (s *store) Count(name string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.shelve[name].items)
}

// Writers hold both locks, so that one of them is enough for readers.
type Twice struct {
	write sync.Mutex
	mu    sync.Mutex
	n     int
}

func (t *Twice) Set(n int) {
	t.write.Lock()
	defer t.write.Unlock()
	t.mu.Lock()
	t.n = n
	t.mu.Unlock()
}

func (t *Twice) Get() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n
}

func (t *Twice) Add(d int) {
	t.write.Lock()
	defer t.write.Unlock()
	n := t.n + d
	t.mu.Lock()
	t.n = n
	t.mu.Unlock()
}

// The caller holds the lock, as the name says, or the comment.
type Queue struct {
	mu    sync.Mutex
	items []int
}

func (q *Queue) Push(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = append(q.items, n)
}

func (q *Queue) Reset() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = nil
}

func (q *Queue) SizeLocked() int { return len(q.items) }

// Peek wants q.mu to be held.
func (q *Queue) Peek() int { return q.items[0] }

func (q *Queue) Rough() bool {
	// A race is all right here: the result is only shown.
	return len(q.items) > 0
}

// Code that is not in this program.
const debug = false

func (q *Queue) Debug() {
	if debug {
		q.mu.Lock()
		q.mu.Unlock()
		q.items = nil
	}
}

// Objects of one type are parts of two others, each with a lock for them.
type info struct{ host string }

type Client struct {
	mu   sync.Mutex
	info info
}

func (c *Client) SetHost(h string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.info.host = h
}

func (c *Client) Host() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.info.host
}

func (c *Client) HasHost() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.info.host != ""
}

func (c *Client) SameHost(h string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.info.host == h
}

type Gateway struct {
	mu   sync.Mutex
	info *info
}

func (g *Gateway) Host() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.info.host
}

// The lock is for some uses only, and most others do without.
type Rarely struct {
	mu   sync.Mutex
	kind int
}

func (r *Rarely) Promote() {
	r.mu.Lock()
	r.kind++
	r.mu.Unlock()
}

func (r *Rarely) Demote() {
	r.mu.Lock()
	r.kind--
	r.mu.Unlock()
}

func (r *Rarely) Low() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.kind < 0
}

func (r *Rarely) Kind() int { return r.kind }

func (r *Rarely) High() bool { return r.kind > 0 }

func (r *Rarely) Zero() bool { return r.kind == 0 }

// The lock is held by who starts the goroutines, and waits for them.
type File struct {
	mu     sync.Mutex
	offset int
}

func (f *File) Seek(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.offset = n
}

func (f *File) Read(p []byte) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.offset += len(p)
	return f.offset
}

func (f *File) Tell() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.offset
}

func (f *File) WriteTo(emit func(int)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var wg sync.WaitGroup
	defer func() { wg.Wait() }()
	wg.Add(1)
	go func() {
		defer wg.Done()
		emit(f.offset)
	}()
}

// The comment of a field says how it is used, and that of a function what it
// relies on.
type Ring struct {
	mu sync.RWMutex
	// Writers are synchronized by the caller; resizing takes the lock.
	buffer []int
	size   int
}

func (r *Ring) Resize(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.buffer = make([]int, n)
	r.size = n
}

func (r *Ring) Push(n int) { r.buffer[0] = n }

func (r *Ring) First() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.buffer[0] + r.size
}

func (r *Ring) Last() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.buffer[len(r.buffer)-1] + r.size
}

func (r *Ring) Grow() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.buffer = append(r.buffer, 0)
	r.size++
}

// Set is externally synchronized: there are no concurrent calls.
func (r *Ring) Set(n int) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	r.size = n
}

// The lock is handed over to a goroutine, which releases it.
type Index struct {
	mu    sync.Mutex
	items []int
}

func (x *Index) Add(n int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.items = append(x.items, n)
}

func (x *Index) Clear() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.items = nil
}

func (x *Index) Len() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.items)
}

func (x *Index) Each(out chan<- int) {
	x.mu.Lock()
	go func() {
		defer x.mu.Unlock()
		defer close(out)
		for _, n := range x.items {
			out <- n
		}
	}()
}

// Readers of the one lock are writers of the other.
type Pending struct {
	first sync.RWMutex
	mu    sync.Mutex
	list  map[int]bool
}

func (p *Pending) Note(n int) {
	p.first.RLock()
	defer p.first.RUnlock()
	p.mu.Lock()
	p.list[n] = true
	p.mu.Unlock()
}

func (p *Pending) Drop(n int) {
	p.first.RLock()
	defer p.first.RUnlock()
	p.mu.Lock()
	delete(p.list, n)
	p.mu.Unlock()
}

func (p *Pending) Take() map[int]bool {
	p.first.Lock()
	defer p.first.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.list
	p.list = make(map[int]bool)
	return list
}

// Whether there is a map at all does not change; what is in it does.
type Targets struct {
	mu  sync.Mutex
	set map[int]bool
}

func NewTargets() *Targets { return &Targets{set: make(map[int]bool)} }

func (t *Targets) Mark(n int) {
	if t.set == nil {
		return
	}
	t.mu.Lock()
	t.set[n] = true
	t.mu.Unlock()
}

func (t *Targets) Unmark(n int) {
	t.mu.Lock()
	delete(t.set, n)
	t.mu.Unlock()
}

func (t *Targets) Has(n int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.set[n]
}

// What was written right before is read, by who wrote it.
type Sessions struct {
	mu   sync.Mutex
	last *Index
}

func (s *Sessions) Next(n int) { s.begin(n) }

func (s *Sessions) Again(n int) { s.begin(n) }

func (s *Sessions) begin(n int) {
	s.mu.Lock()
	s.last = &Index{}
	s.mu.Unlock()
	s.last.Add(n)
}

func (s *Sessions) Last() *Index {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}
