package published

import "sync"

// An object that is put in a map under the lock, and finished without.
type Session struct {
	name string
	note func(string)
	open bool
	done chan struct{}
}

type Registry struct {
	mu   sync.RWMutex
	all  map[string]*Session
	last *Session
	work chan *Session
}

func (r *Registry) Join(name string) *Session {
	s := &Session{}
	r.mu.Lock()
	r.all[name] = s
	r.mu.Unlock()
	s.name = name // want `Join writes the field name of the Session that it made visible at line 23, by storing it in r.all, without a lock: Names finds it there and may read the field at the same time \(late.go:34\)`
	return s
}

func (r *Registry) Names() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var names []string
	for _, s := range r.all {
		names = append(names, s.name)
	}
	return names
}

func (r *Registry) JoinRight(name string) *Session {
	s := &Session{name: name}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all[name] = s
	return s
}

// In a field.
func (r *Registry) Replace(note func(string)) {
	s := new(Session)
	r.mu.Lock()
	r.last = s
	r.mu.Unlock()
	s.note = note // want `Replace writes the field note of the Session that it made visible at line 51, by storing it in r.last`
}

func (r *Registry) Say(text string) {
	r.mu.RLock()
	s := r.last
	r.mu.RUnlock()
	s.note(text)
}

// Sent on a channel.
func (r *Registry) Submit(name string) {
	s := new(Session)
	r.work <- s
	s.name = name // want `Submit writes the field name of the Session that it sent on r.work at line 66: Serve receives it and may read the field at the same time`
}

func (r *Registry) Serve(show func(string)) {
	for s := range r.work {
		show(s.name)
	}
}

func (r *Registry) SubmitRight(name string) {
	s := new(Session)
	s.name = name
	r.work <- s
}

// Who reads waits until the object is ready, or asks whether it is.
type Cache struct {
	mu    sync.Mutex
	calls map[string]*call
}

type call struct {
	done  chan struct{}
	value string
	ready bool
	err   error
}

func (c *Cache) Fill(key string, compute func() string) {
	e := &call{done: make(chan struct{})}
	c.mu.Lock()
	c.calls[key] = e
	c.mu.Unlock()
	e.value = compute()
	close(e.done)
}

func (c *Cache) Value(key string) string {
	c.mu.Lock()
	e := c.calls[key]
	c.mu.Unlock()
	<-e.done
	return e.value
}

// The function itself waits when it finds the object of another call.
type Group struct {
	mu    sync.Mutex
	calls map[string]*flight
}

type flight struct {
	wg    sync.WaitGroup
	value string
}

func (g *Group) Do(key string, compute func() string) string {
	g.mu.Lock()
	if f, ok := g.calls[key]; ok {
		g.mu.Unlock()
		f.wg.Wait()
		return f.value
	}
	f := new(flight)
	f.wg.Add(1)
	g.calls[key] = f
	g.mu.Unlock()
	f.value = compute()
	f.wg.Done()
	return f.value
}

func (c *Cache) Probe(key string, fail func() error) {
	e := &call{}
	c.mu.Lock()
	c.calls[key] = e
	c.mu.Unlock()
	e.err = fail()
	c.mu.Lock()
	e.ready = true
	c.mu.Unlock()
}

func (c *Cache) Err(key string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.calls[key]; e != nil && e.ready {
		return e.err
	}
	return nil
}

// Nobody reads the field of an object that comes from there.
func (r *Registry) Mark(name string) {
	s := new(Session)
	r.mu.Lock()
	r.all[name] = s
	r.mu.Unlock()
	s.open = true
}

func IsOpen(s *Session) bool { return s.open }

// Appended to a slice.
type Listeners struct {
	mu  sync.Mutex
	all []*Session
}

func (l *Listeners) Join(name string) {
	s := new(Session)
	l.mu.Lock()
	l.all = append(l.all, s)
	l.mu.Unlock()
	s.name = name // want `Join writes the field name of the Session that it made visible at line \d+, by storing it in l.all, without a lock: Names finds it there`
}

func (l *Listeners) Names() (names []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.all {
		names = append(names, s.name)
	}
	return names
}
