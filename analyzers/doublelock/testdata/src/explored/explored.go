// Package explored locks again behind interfaces, functions in fields and
// other names of a lock.
package explored

import "sync"

type api interface{ do() }

type client struct {
	sync.RWMutex
	hook func()
}

func (c *client) do() {
	c.RLock()
	defer c.RUnlock()
}

type members struct{ via api }

func newMembers(a api) api { return &members{via: a} }

func (m *members) do() { m.via.do() }

func (c *client) sync() {
	c.Lock()
	defer c.Unlock()
	newMembers(c).do() // want `sync holds c for writing since line \d+ and calls do, which calls do, which locks it for reading at explored.go:15`
}

func (c *client) renew() {
	c.Lock()
	defer c.Unlock()
	if c.hook != nil {
		c.hook() // want `renew holds c since line \d+ and calls the function literal in start, which locks it again`
	}
}

func (c *client) harmless() {
	c.Lock()
	defer c.Unlock()
	if c.hook != nil {
		c.hook()
	}
}

func start() {
	c := &client{}
	c.hook = func() {
		c.Lock()
		defer c.Unlock()
	}
	done := make(chan bool)
	go func() {
		c.sync()
		c.renew()
		close(done)
	}()
	<-done
}

func startHarmless() {
	c, d := &client{}, &client{}
	c.hook = func() {
		d.Lock()
		defer d.Unlock()
	}
	done := make(chan bool)
	go func() {
		c.harmless()
		close(done)
	}()
	<-done
}

// The lock of a condition variable.
type watch struct {
	mu   sync.RWMutex
	cond *sync.Cond
	n    int
}

func (w *watch) wait() {
	w.cond.L.Lock()
	defer w.cond.L.Unlock()
	w.read() // want `wait holds w.cond.L for reading since line \d+ and calls read, which locks it for reading again at explored.go:\d+: if the writer of explored.go:\d+ comes between`
}

func (w *watch) read() int {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.n
}

func (w *watch) set() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
}

func startWatch() {
	w := &watch{}
	w.cond = sync.NewCond(w.mu.RLocker())
	go w.set()
	w.wait()
}

// A Once inside itself.
type lazy struct {
	once sync.Once
	n    int
}

func (l *lazy) get() int {
	l.once.Do(func() {
		l.n = l.load() // want `the function that l.once runs \(line \d+\) calls load, which calls Do of l.once`
	})
	return l.n
}

func (l *lazy) load() int {
	l.once.Do(func() {})
	return l.n
}

func startLazy() {
	l := &lazy{}
	go l.get()
}

// The two ends of a cable, which was there before or is made here: what comes
// from a map that is filled elsewhere is not the only end that is known.
type plug struct {
	mu     sync.Mutex
	cables *cables
	id     int
}

type cable struct{ ends []*plug }

type cables struct {
	mu sync.Mutex
	of map[int]map[*cable]bool
}

func (c *cables) get(id int) map[*cable]bool {
	list, ok := c.of[id]
	if !ok {
		list = make(map[*cable]bool)
		c.of[id] = list
	}
	return list
}

func (c *cables) join(ends ...*plug) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, end := range ends {
		c.get(end.id)[&cable{ends}] = true
	}
}

func (p *plug) connect() {
	for c := range p.cables.get(p.id) {
		other := c.ends[0]
		if other == p {
			other = c.ends[1]
		}
		lockBoth(p, other)
	}
	go p.connect()
}

func lockBoth(p, q *plug) {
	if p.id > q.id {
		p, q = q, p
	}
	p.mu.Lock()
	q.mu.Lock()
	q.mu.Unlock()
	p.mu.Unlock()
}
