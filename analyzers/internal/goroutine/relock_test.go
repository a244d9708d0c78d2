package goroutine

import (
	"fmt"
	"slices"
	"testing"
)

// explore explores the function f of a package whose other declarations are
// given.
func explore(t *testing.T, decls, body string) (*Package, *Exploration) {
	t.Helper()
	src := "package p\n\nimport (\n\"os\"\n\"sync\"\n)\n\nvar _ sync.Mutex\nvar _ = os.Args\n\nfunc f() {\ngo func() {}()\n" + body + "}\n" + decls
	p := load(t, src)
	for _, root := range p.Roots() {
		if root.Name() != "f" {
			continue
		}
		x := p.Explore(root)
		if x.Truncated || !x.Complete() {
			t.Fatal("the exploration is not complete")
		}
		return p, x
	}
	t.Fatal("no root f")
	return nil, nil
}

func mode(a *Acquisition) string {
	switch {
	case a.Once:
		return "once"
	case a.Read:
		return "read"
	}
	return "write"
}

func TestRelocks(t *testing.T) {
	const locks = `
type T struct {
	mu   sync.Mutex
	rw   sync.RWMutex
	once sync.Once
	cond *sync.Cond
	next *T
	do   func()
}
func (t *T) lock()    { t.mu.Lock() }
func (t *T) unlock()  { t.mu.Unlock() }
func (t *T) get() int { t.mu.Lock(); defer t.mu.Unlock(); return 0 }
func (t *T) read()    { t.rw.RLock(); defer t.rw.RUnlock() }
func (t *T) maybe(locked bool) { if !locked { t.mu.Lock(); defer t.mu.Unlock() } }
func (t *T) release(unlock func()) { unlock() }
type getter interface{ get() int }
var global, other sync.Mutex
func unseen(f func())
`
	for _, test := range []struct {
		name, body string
		want       []string
	}{
		{"direct", "var mu sync.Mutex\nmu.Lock()\nmu.Lock()\n", []string{"write-write"}},
		{"unlocked between", "var mu sync.Mutex\nmu.Lock()\nmu.Unlock()\nmu.Lock()\n", nil},
		{"unlocked on one way", "var mu sync.Mutex\nmu.Lock()\nif len(os.Args) > 1 { mu.Unlock() }\nmu.Lock()\n", nil},
		{"through a call", "t := new(T)\nt.mu.Lock()\nt.get()\nt.mu.Unlock()\n", []string{"write-write"}},
		{"locked by a helper", "t := new(T)\nt.lock()\nt.get()\nt.unlock()\n", []string{"write-write"}},
		{"unlocked by a helper", "t := new(T)\nt.lock()\nt.unlock()\nt.get()\n", nil},
		{"through an interface", "t := new(T)\nvar g getter = t\nt.mu.Lock()\ng.get()\n", []string{"write-write"}},
		{"another receiver behind the interface", "t, u := new(T), new(T)\nvar g getter = u\nt.mu.Lock()\ng.get()\n", nil},
		{"through a function field", "t := new(T)\nt.do = func() { t.get() }\nt.mu.Lock()\nt.do()\n", []string{"write-write"}},
		{"in a deferred call", "t := new(T)\ndefer t.get()\nt.mu.Lock()\n", []string{"write-write"}},
		{"deferred call behind the unlock", "t := new(T)\ndefer t.get()\nt.mu.Lock()\ndefer t.mu.Unlock()\n", nil},
		{"in another goroutine", "t := new(T)\nt.mu.Lock()\ngo t.get()\n", nil},
		{"upgrade", "t := new(T)\nt.rw.RLock()\nt.rw.Lock()\n", []string{"read-write"}},
		{"downgrade without unlock", "t := new(T)\nt.rw.Lock()\nt.read()\n", []string{"write-read"}},
		{"readers, and a writer in between", "t := new(T)\ngo func() { t.rw.Lock(); t.rw.Unlock() }()\nt.rw.RLock()\nt.read()\n", []string{"read-read with a writer"}},
		{"readers, and a writer before", "t := new(T)\nc := make(chan bool)\ngo func() { t.rw.Lock(); t.rw.Unlock(); close(c) }()\n<-c\nt.rw.RLock()\nt.read()\n", []string{"read-read"}},
		{"readers and a writer that excludes them", "t := new(T)\ngo func() { t.mu.Lock(); t.rw.Lock(); t.rw.Unlock(); t.mu.Unlock() }()\nt.mu.Lock()\nt.rw.RLock()\nt.read()\nt.mu.Unlock()\n", []string{"read-read"}},
		{"readers alone", "t := new(T)\nt.rw.RLock()\nt.read()\n", []string{"read-read"}},
		{"RLocker", "t := new(T)\nl := t.rw.RLocker()\nl.Lock()\nt.rw.Lock()\n", []string{"read-write"}},
		{"the Locker of a Cond", "t := new(T)\nt.cond = sync.NewCond(&t.mu)\nt.cond.L.Lock()\nt.get()\n", []string{"write-write"}},
		{"waiting on a Cond", "t := new(T)\nt.cond = sync.NewCond(&t.mu)\nt.cond.L.Lock()\nt.cond.Wait()\nt.get()\n", []string{"write-write"}},
		{"Once", "t := new(T)\nt.once.Do(func() { t.once.Do(func() {}) })\n", []string{"once-once"}},
		{"Once again", "t := new(T)\nt.once.Do(func() {})\nt.once.Do(func() {})\n", nil},
		{"a lock in a Once", "t := new(T)\nt.mu.Lock()\nt.once.Do(func() { t.get() })\n", []string{"write-write"}},
		{"two objects", "t, u := new(T), new(T)\nt.mu.Lock()\nu.mu.Lock()\n", nil},
		{"hand over hand", "t := &T{next: &T{next: new(T)}}\nt.mu.Lock()\nfor t.next != nil {\nn := t.next\nn.mu.Lock()\nt.mu.Unlock()\nt = n\n}\n", nil},
		{"made in a loop", "for range 3 {\nt := new(T)\nt.mu.Lock()\n}\n", nil},
		{"elements", "ts := []*T{new(T), new(T)}\nfor _, t := range ts {\nt.mu.Lock()\n}\n", nil},
		{"replaced", "t := &T{next: new(T)}\nt.next.mu.Lock()\nt.next = new(T)\nt.next.mu.Lock()\n", nil},
		{"constant argument", "t := new(T)\nt.mu.Lock()\nt.maybe(true)\n", nil},
		{"other constant argument", "t := new(T)\nt.mu.Lock()\nt.maybe(false)\n", []string{"write-write"}},
		{"unlock as an argument", "t := new(T)\nt.mu.Lock()\nt.release(t.mu.Unlock)\nt.get()\n", nil},
		{"closure given away", "t := new(T)\nt.mu.Lock()\nunseen(func() { t.mu.Unlock() })\nt.get()\n", nil},
		{"try", "var mu sync.Mutex\nif mu.TryLock() {\nmu.Unlock()\n}\nmu.Lock()\nmu.TryLock()\n", nil},
		{"released by another goroutine", "var mu sync.Mutex\ngo func() { mu.Unlock() }()\nmu.Lock()\nmu.Lock()\n", nil},
		{"package level", "global.Lock()\nother.Lock()\nother.Unlock()\nglobal.Lock()\n", []string{"write-write"}},
		{"panic in between", "t := new(T)\nif len(os.Args) > 1 {\nt.mu.Lock()\npanic(1)\n}\nt.get()\n", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, x := explore(t, locks, test.body)
			var got []string
			for _, r := range x.Relocks() {
				kind := mode(r.First) + "-" + mode(r.Second)
				if r.Writer != nil {
					kind += " with a writer"
				}
				got = append(got, kind)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestRelockConds(t *testing.T) {
	decls := "type T struct { mu sync.Mutex; n int }\nfunc (t *T) get(k int) {\nif k > 1 {\nt.mu.Lock()\n}\n}\n"
	_, x := explore(t, decls, "t := new(T)\nt.mu.Lock()\nif t.n == 0 {\nt.get(t.n)\n}\n")
	relocks := x.Relocks()
	if len(relocks) != 1 {
		t.Fatalf("%d relocks, want 1", len(relocks))
	}
	var conds []string
	for _, c := range relocks[0].Conds {
		conds = append(conds, c.Cond.String())
	}
	if len(conds) != 2 {
		t.Errorf("conditions %q, want that on n and that on k", conds)
	}
	way := Between(relocks[0].First.Frame, relocks[0].Second.Frame)
	if len(way.Left) != 0 || len(way.Entered) != 1 || way.Entered[0].Fn.Name() != "get" {
		t.Errorf("way %v, want into get", way)
	}
}

func TestLockEdges(t *testing.T) {
	const locks = `
type A struct { am sync.Mutex; b *B }
type B struct { bm sync.RWMutex; p *sync.Mutex; cond *sync.Cond }
type locker interface { lockB() }
func (b *B) lockB() { b.bm.RLock() }
func (b *B) locked() func() { b.bm.Lock(); return b.bm.Unlock }
var global sync.Mutex
`
	for _, test := range []struct {
		name, body string
		want       []string
	}{
		{"direct", "a := &A{b: new(B)}\na.am.Lock()\na.b.bm.Lock()\n", []string{"am write → bm write"}},
		{"released", "a := &A{b: new(B)}\na.am.Lock()\na.am.Unlock()\na.b.bm.Lock()\n", nil},
		{"deferred unlock", "a := &A{b: new(B)}\na.am.Lock()\ndefer a.am.Unlock()\na.b.bm.Lock()\n", []string{"am write → bm write"}},
		{"deferred lock", "a := &A{b: new(B)}\ndefer a.b.bm.Lock()\na.am.Lock()\n", []string{"am write → bm write"}},
		{"interface", "a := &A{b: new(B)}\nvar l locker = a.b\na.am.Lock()\nl.lockB()\n", []string{"am write → bm read"}},
		{"locked by a helper", "a := &A{b: new(B)}\nunlock := a.b.locked()\na.am.Lock()\nunlock()\n", []string{"bm write → am write"}},
		{"global", "a := new(A)\nglobal.Lock()\na.am.Lock()\n", []string{"global write → am write"}},
		{"pointer in a field", "a := &A{b: &B{p: new(sync.Mutex)}}\na.am.Lock()\na.b.p.Lock()\n", []string{"am write → p write"}},
		{"Cond of a field", "a := &A{b: new(B)}\na.b.cond = sync.NewCond(&a.b.bm)\na.am.Lock()\na.b.cond.L.Lock()\n", []string{"am write → bm write"}},
		{"Cond on a lock of its own", "b := &B{cond: sync.NewCond(new(sync.Mutex))}\nglobal.Lock()\nb.cond.L.Lock()\n", []string{"global write → cond write"}},
		{"try", "a := &A{b: new(B)}\na.am.Lock()\na.b.bm.TryLock()\n", nil},
		{"goroutine", "a := &A{b: new(B)}\na.am.Lock()\ngo a.b.bm.Lock()\n", nil},
		{"elements", "as := []*A{new(A), new(A)}\ni := len(os.Args)\nas[i].am.Lock()\nglobal.Lock()\n", []string{"am write → global write"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, x := explore(t, locks, test.body)
			var got []string
			for _, e := range x.LockEdges() {
				got = append(got, fmt.Sprintf("%s → %s", lockString(e.Held), lockString(e.Acquired)))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func lockString(a *Acquisition) string {
	if a.Lock.Var == nil {
		return "? " + mode(a)
	}
	return a.Lock.Var.Name() + " " + mode(a)
}
