package handover

import "sync"

// To callers that do not see which function they call: what it returns is locked,
// and they unlock it.
type entry struct {
	mu   sync.Mutex
	n    int
	gone bool
}

func (e *entry) lock()   { e.mu.Lock() }
func (e *entry) unlock() { e.mu.Unlock() }

type table interface {
	get(key string) (*entry, error)
	take(key string) (*entry, error)
	peek(key string) *entry
}

type memory struct{ entries map[string]*entry }

func (m *memory) get(key string) (*entry, error) {
	e := m.entries[key]
	if e == nil {
		return nil, errFailed
	}
	e.lock()
	if e.gone {
		e.unlock()
		return nil, errFailed
	}
	return e, nil
}

func count(t table) error {
	e, err := t.get("a")
	if err != nil {
		return err
	}
	defer e.unlock()
	e.n++
	return nil
}

// On one way it fails, and its callers have nothing to unlock.
func (m *memory) take(key string) (*entry, error) {
	e := m.entries[key]
	if e == nil {
		return nil, errFailed
	}
	e.lock()
	if e.gone {
		return nil, errFailed // want `take returns with e.mu still locked`
	}
	if e.n == 0 {
		e.unlock()
		return nil, errFailed
	}
	return e, nil
}

func countTaken(t table) {
	if e, err := t.take("a"); err == nil {
		defer func() { e.unlock() }()
		e.n++
	}
}

// No caller unlocks what this returns.
func (m *memory) peek(key string) *entry {
	e := m.entries[key]
	e.lock()
	if e.gone {
		e.unlock()
		return nil
	}
	return e // want `peek returns with e.mu still locked`
}

func countPeeked(t table) int { return t.peek("a").n }

// By a function value.
type source struct{ next func() (*entry, bool) }

func newSource(m *memory) *source { return &source{next: m.any} }

func (m *memory) any() (*entry, bool) {
	for _, e := range m.entries {
		e.lock()
		if !e.gone {
			return e, true
		}
		e.unlock()
	}
	return nil, false
}

func (s *source) sum() (n int) {
	for {
		e, ok := s.next()
		if !ok {
			return n
		}
		n += e.n
		e.unlock()
	}
}

// To an object that gets the lock itself, and unlocks it when it is closed.
type stream struct {
	writing *sync.Mutex
	open    bool
}

type message struct{ done *sync.Mutex }

func newMessage(done *sync.Mutex) *message { return &message{done: done} }

func (m *message) Close() { m.done.Unlock() }

func (s *stream) next() (*message, error) {
	s.writing.Lock()
	if !s.open {
		s.writing.Unlock()
		return nil, errFailed
	}
	return newMessage(s.writing), nil
}

func (s *stream) nextLiteral() (*message, error) {
	s.writing.Lock()
	if !s.open {
		s.writing.Unlock()
		return nil, errFailed
	}
	return &message{s.writing}, nil
}

// The one that gets it does not unlock it.
type note struct{ by *sync.Mutex }

func (n *note) read() {
	n.by.Lock()
	defer n.by.Unlock()
}

func (s *stream) note() (*note, error) {
	s.writing.Lock()
	if !s.open {
		s.writing.Unlock()
		return nil, errFailed
	}
	return &note{s.writing}, nil // want `note returns with s.writing still locked`
}

// The lock goes by the name of what a function returned that acquired it.
type segment struct {
	lock sync.RWMutex
	data []byte
}

type segments struct {
	mu     sync.Mutex
	byID   map[int]*segment
	mapped bool
}

func (s *segments) rlocked(id int) (*segment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seg, ok := s.byID[id]
	if !ok {
		return nil, errFailed
	}
	seg.lock.RLock()
	return seg, nil
}

func (s *segments) read(id int) ([]byte, func(), error) {
	seg, err := s.rlocked(id)
	if err != nil {
		return nil, nil, err
	}
	if s.mapped {
		return seg.data, seg.lock.RUnlock, nil
	}
	data := append([]byte(nil), seg.data...)
	seg.lock.RUnlock()
	return data, nil, nil
}
