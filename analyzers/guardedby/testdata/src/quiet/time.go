package quiet

import "sync"

// What is filled when it is first used is not written again.
type Lazy struct {
	mu     sync.Mutex
	loaded bool
	words  []string
}

func (l *Lazy) load() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loaded {
		return
	}
	l.words = append(l.words, "a")
	l.words = append(l.words, "b")
	l.words = append(l.words, "c")
	l.words = append(l.words, "d")
	l.loaded = true
}

func (l *Lazy) Words() []string {
	l.load()
	return l.words
}

// First is for those who have called Words.
func (l *Lazy) First() string { return l.words[0] }

// The goroutines are over.
func Sum(parts [][]int) int {
	var (
		wg sync.WaitGroup
		s  = &Totals{}
	)
	for _, p := range parts {
		wg.Go(func() { s.add(p) })
	}
	wg.Wait()
	return s.sum
}

type Totals struct {
	mu  sync.Mutex
	sum int
}

func (t *Totals) add(part []int) {
	for _, n := range part {
		t.mu.Lock()
		t.sum += n
		t.mu.Unlock()
	}
}

// Before the goroutine starts.
type Server struct {
	mu    sync.Mutex
	conns int
}

func Start() *Server {
	s := &Server{}
	s.conns = 1
	go s.serve()
	return s
}

func (s *Server) serve() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns++
}

// A function that sets the fields up and goes on to start the goroutines.
type Runner struct {
	mu    sync.Mutex
	steps chan int
	count map[int]int
}

func (r *Runner) Run(n int) {
	r.steps = make(chan int)
	r.count = make(map[int]int)
	for range n {
		go r.work()
	}
	go r.work()
}

func (r *Runner) work() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count[0]++
	close(r.steps)
	r.steps = nil
}

func (r *Runner) Stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.steps = nil
	r.count = nil
}

func (r *Runner) Busy() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.steps) > 0 && len(r.count) > 0
}

func (r *Runner) Count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count[0] + len(r.steps)
}

// A function that runs for as long as the object lives, before it starts the
// goroutines.
type Daemon struct {
	mu    sync.Mutex
	known map[string]int
}

func (d *Daemon) Serve(accept func() (string, bool)) {
	d.known["root"] = 1
	for {
		name, ok := accept()
		if !ok {
			return
		}
		go d.handle(name)
	}
}

func (d *Daemon) handle(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known[name] > 10 {
		delete(d.known, name)
	}
	d.known[name]++
}

// The one goroutine of a connection, whoever starts it.
type Conn struct {
	mu   sync.Mutex
	sent int
}

func NewClient() *Conn {
	c := &Conn{}
	go c.loop()
	return c
}

func NewServer() *Conn {
	c := &Conn{sent: 1}
	go c.loop()
	return c
}

func (c *Conn) loop() {
	for c.sent < 100 {
		c.mu.Lock()
		c.sent++
		c.mu.Unlock()
	}
}

func (c *Conn) Sent() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sent
}

// The name of a function says that it prepares the object, or its comment what
// it relies on.
type Log struct {
	mu    sync.Mutex
	files []string
}

func (l *Log) Connect() {
	l.setup()
}

func (l *Log) setup() {
	l.files = make([]string, 0, 8)
}

func (l *Log) Add(f string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.files = append(l.files, f)
}

func (l *Log) Last() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.files[len(l.files)-1]
}

func (l *Log) Drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.files = nil
}

func (l *Log) Has(f string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.files) > 0 && l.files[0] == f
}

// Sorted assumes that we have the files to ourselves.
func (l *Log) Sorted() []string { return l.files }
