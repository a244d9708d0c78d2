package control

import (
	"reflect"
	"sync"
	"unsafe"
)

// Lock stands for m.Lock().
//
//go:norace
func Lock(m *sync.Mutex, at string) {
	me := mine()
	if me == nil {
		shake()
		m.Lock()
		return
	}
	point(me)
	p := unsafe.Pointer(m)
	for !m.TryLock() {
		if !block(me, waitLock, p, opLock, at) {
			m.Lock()
			return
		}
	}
	holding(me, p, opLock, at)
	event(me, opLock, p, at, 0)
}

// Unlock stands for m.Unlock().
//
//go:norace
func Unlock(m *sync.Mutex, at string) {
	me := mine()
	if me == nil {
		m.Unlock()
		shake()
		return
	}
	point(me)
	p := unsafe.Pointer(m)
	released(me, p, opLock)
	eventUnlock(me, opUnlock, p, at)
	m.Unlock()
}

// TryLock stands for m.TryLock().
//
//go:norace
func TryLock(m *sync.Mutex, at string) bool {
	me := mine()
	if me == nil {
		shake()
		return m.TryLock()
	}
	point(me)
	p := unsafe.Pointer(m)
	ok := m.TryLock()
	if ok {
		holding(me, p, opLock, at)
	} else {
		yields(me)
	}
	tried(me, p, at, ok)
	return ok
}

// tried tells of an attempt to lock.
//
//go:norace
func tried(me *g, p unsafe.Pointer, at string, ok bool) {
	mix(uint64(opTryLock))
	if ok {
		eventValue(me, opTryLock, p, at, "true")
		return
	}
	eventValue(me, opTryLock, p, at, "false")
}

// announcedBy is a goroutine other than me that waits to write p, if any.
//
//go:norace
func announcedBy(p unsafe.Pointer, me *g) *g {
	for c := s.writers; c != nil; c = c.nextWriter {
		if c != me && c.obj == p {
			return c
		}
	}
	return nil
}

// announce makes me a writer that readers have to wait for, or no longer.
//
//go:norace
func announce(me *g, yes bool) {
	if me.announced == yes {
		return
	}
	me.announced = yes
	if yes {
		me.nextWriter, s.writers = s.writers, me
		return
	}
	p := &s.writers
	for *p != me {
		p = &(*p).nextWriter
	}
	*p, me.nextWriter = me.nextWriter, nil
}

// RWLock stands for m.Lock() of a RWMutex.
//
//go:norace
func RWLock(m *sync.RWMutex, at string) {
	me := mine()
	if me == nil {
		shake()
		m.Lock()
		return
	}
	point(me)
	p := unsafe.Pointer(m)
	for owed(p) || !m.TryLock() {
		// Of several writers one announces itself; the others wait for the
		// RWMutex's own Mutex first.
		announce(me, announcedBy(p, me) == nil && !writing(p))
		if !block(me, waitWrite, p, opWLock, at) {
			m.Lock()
			return
		}
	}
	announce(me, false)
	holding(me, p, opWLock, at)
	event(me, opWLock, p, at, 0)
}

// owed reports whether a reader has been promised p and has not taken it yet.
//
//go:norace
func owed(p unsafe.Pointer) bool {
	for c := s.promised; c != nil; c = c.nextReader {
		if c.obj == p {
			return true
		}
	}
	return false
}

// promise grants a lock to a reader that waits for it.
//
//go:norace
func promise(c *g) {
	c.granted = true
	c.nextReader, s.promised = s.promised, c
}

// redeem is called by a reader that a lock was granted to when it takes it.
//
//go:norace
func redeem(me *g) {
	p := &s.promised
	for *p != me {
		p = &(*p).nextReader
	}
	*p, me.nextReader = me.nextReader, nil
	me.granted = false
}

// writing reports whether a writer has p.
//
//go:norace
//go:nocheckptr
func writing(p unsafe.Pointer) bool { return (*rwmutex)(p).readerCount < 0 }

// RWUnlock stands for m.Unlock() of a RWMutex.
//
//go:norace
func RWUnlock(m *sync.RWMutex, at string) {
	me := mine()
	if me == nil {
		m.Unlock()
		shake()
		return
	}
	point(me)
	p := unsafe.Pointer(m)
	released(me, p, opWLock)
	eventUnlock(me, opWUnlock, p, at)
	m.Unlock()
	// Readers that wait now go before the next writer.
	for i := 0; i < s.nalive; i++ {
		if c := s.alive[i]; c.state == blocked && c.wait == waitRead && c.obj == p && !c.granted {
			promise(c)
		}
	}
}

// RWTryLock stands for m.TryLock() of a RWMutex.
//
//go:norace
func RWTryLock(m *sync.RWMutex, at string) bool {
	me := mine()
	if me == nil {
		shake()
		return m.TryLock()
	}
	point(me)
	p := unsafe.Pointer(m)
	ok := announcedBy(p, me) == nil && !owed(p) && m.TryLock()
	if ok {
		holding(me, p, opWLock, at)
	} else {
		yields(me)
	}
	tried(me, p, at, ok)
	return ok
}

// RLock stands for m.RLock().
//
//go:norace
func RLock(m *sync.RWMutex, at string) {
	me := mine()
	if me == nil {
		shake()
		m.RLock()
		return
	}
	point(me)
	p := unsafe.Pointer(m)
	granted := false
	for !((granted || announcedBy(p, me) == nil) && m.TryRLock()) {
		if !block(me, waitRead, p, opRLock, at) {
			m.RLock()
			return
		}
		if granted = me.granted; granted {
			redeem(me)
		}
	}
	holding(me, p, opRLock, at)
	event(me, opRLock, p, at, 0)
}

// RUnlock stands for m.RUnlock().
//
//go:norace
func RUnlock(m *sync.RWMutex, at string) {
	me := mine()
	if me == nil {
		m.RUnlock()
		shake()
		return
	}
	point(me)
	p := unsafe.Pointer(m)
	released(me, p, opRLock)
	eventUnlock(me, opRUnlock, p, at)
	m.RUnlock()
}

// RTryLock stands for m.TryRLock().
//
//go:norace
func RTryLock(m *sync.RWMutex, at string) bool {
	me := mine()
	if me == nil {
		shake()
		return m.TryRLock()
	}
	point(me)
	p := unsafe.Pointer(m)
	ok := announcedBy(p, me) == nil && m.TryRLock()
	if ok {
		holding(me, p, opRLock, at)
	} else {
		yields(me)
	}
	tried(me, p, at, ok)
	return ok
}

// LockerLock stands for l.Lock() where the type of l is an interface.
//
//go:norace
func LockerLock(l interface{ Lock() }, at string) {
	switch m, kind := lockOf(l); kind {
	case isMutex:
		Lock((*sync.Mutex)(m), at)
	case isRWMutex:
		RWLock((*sync.RWMutex)(m), at)
	case isRLocker:
		RLock((*sync.RWMutex)(m), at)
	default:
		l.Lock()
	}
}

// LockerUnlock stands for l.Unlock() where the type of l is an interface.
//
//go:norace
func LockerUnlock(l interface{ Unlock() }, at string) {
	switch m, kind := lockOf(l); kind {
	case isMutex:
		Unlock((*sync.Mutex)(m), at)
	case isRWMutex:
		RWUnlock((*sync.RWMutex)(m), at)
	case isRLocker:
		RUnlock((*sync.RWMutex)(m), at)
	default:
		l.Unlock()
	}
}

// LockerRLock stands for l.RLock() where the type of l is an interface.
//
//go:norace
func LockerRLock(l interface{ RLock() }, at string) {
	if m, kind := lockOf(l); kind == isRWMutex {
		RLock((*sync.RWMutex)(m), at)
		return
	}
	l.RLock()
}

// LockerRUnlock stands for l.RUnlock() where the type of l is an interface.
//
//go:norace
func LockerRUnlock(l interface{ RUnlock() }, at string) {
	if m, kind := lockOf(l); kind == isRWMutex {
		RUnlock((*sync.RWMutex)(m), at)
		return
	}
	l.RUnlock()
}

type lockKind int

const (
	isOther lockKind = iota
	isMutex
	isRWMutex
	isRLocker
)

var (
	mutexType   = reflect.TypeOf(sync.Mutex{})
	rwmutexType = reflect.TypeOf(sync.RWMutex{})
	rlockerType = reflect.TypeOf((&sync.RWMutex{}).RLocker())
)

// lockOf finds the lock of package sync that a value in an interface is, or whose
// methods it has since it embeds it.
//
//go:norace
func lockOf(l any) (unsafe.Pointer, lockKind) {
	switch m := l.(type) {
	case *sync.Mutex:
		return unsafe.Pointer(m), isMutex
	case *sync.RWMutex:
		return unsafe.Pointer(m), isRWMutex
	}
	v := reflect.ValueOf(l)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return nil, isOther
	}
	if v.Type() == rlockerType {
		return v.UnsafePointer(), isRLocker
	}
	return promoted(v.UnsafePointer(), v.Type().Elem())
}

// promoted finds the lock that a struct embeds, at the shallowest depth. A struct
// that declares Lock itself has that method under its own name, in code that was
// rewritten; what it embeds is then not what is asked for, and is not returned.
//
//go:norace
func promoted(p unsafe.Pointer, t reflect.Type) (unsafe.Pointer, lockKind) {
	for t.Kind() == reflect.Struct {
		var inner reflect.StructField
		found := false
		for i := 0; i < t.NumField(); i++ {
			f := t.Field(i)
			if !f.Anonymous {
				continue
			}
			if _, has := reflect.PointerTo(indirect(f.Type)).MethodByName("Lock"); has {
				inner, found = f, true
				break
			}
		}
		if !found || declares(t, "Lock") {
			return nil, isOther
		}
		p = unsafe.Add(p, inner.Offset)
		t = inner.Type
		if t.Kind() == reflect.Pointer {
			p = *(*unsafe.Pointer)(p)
			t = t.Elem()
		}
		switch {
		case p == nil:
			return nil, isOther
		case t == mutexType:
			return p, isMutex
		case t == rwmutexType:
			return p, isRWMutex
		}
	}
	return nil, isOther
}

func indirect(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}
