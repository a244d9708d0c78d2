package main

import (
	"fmt"
	"strings"
)

// A shape is a kind of package that can be made of any size.
type shape struct {
	name   string
	source func(lines int) string
}

var shapes = []shape{
	{"flat", flat},
	{"types", manyTypes},
	{"giant", giant},
	{"switch", bigSwitch},
	{"findings", findings},
	{"chain", chain},
	{"lockedchain", lockedChain},
	{"closures", closures},
	{"goroutines", goroutines},
	{"onefunction", manyClosuresInOne},
	{"manylocks", manyLocks},
	{"lockring", lockRing},
	{"data", data},
	{"sections", sections},
	{"methods", methods},
	{"workers", workers},
	{"deep", deep},
	{"machine", machine},
	{"select", selects},
	{"handlers", handlers},
	{"fields", fields},
	{"calls", calls},
}

const header = `package p

import (
	"errors"
	"sync"
)

var errNone = errors.New("none")

type T struct {
	mu, other sync.Mutex
	rw        sync.RWMutex
	wg        sync.WaitGroup
	n, limit  int
	m         map[string]int
	c         chan int
}
`

// build writes the header and then parts until there are as many lines.
func build(lines int, part func(b *strings.Builder, i int)) string {
	src, _ := count(lines, part)
	return src
}

// count is build that tells how many parts it wrote.
func count(lines int, part func(b *strings.Builder, i int)) (src string, parts int) {
	var b strings.Builder
	b.WriteString(header)
	written, length := strings.Count(header, "\n"), 0
	for written < lines {
		length = b.Len()
		part(&b, parts)
		parts++
		written += strings.Count(b.String()[length:], "\n")
	}
	return b.String(), parts
}

// flat has many functions of one type, each of which calls others.
func flat(lines int) string {
	return build(lines, func(b *strings.Builder, i int) {
		fmt.Fprintf(b, `
func (t *T) get%[1]d(k string) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n > %[1]d {
		return 0, errNone
	}
	return t.m[k], nil
}

func (t *T) put%[1]d(k string, n int) {
	t.rw.Lock()
	if n == 0 {
		t.rw.Unlock()
		return
	}
	t.m[k] = n
	t.rw.Unlock()
	if got, err := t.get%[2]d(k); err == nil && got != n {
		t.start%[2]d(k)
	}
}

func (t *T) start%[1]d(k string) {
	go func() {
		n, _ := t.get%[1]d(k)
		t.c <- n
	}()
	select {
	case n := <-t.c:
		t.put%[2]d(k, n)
	default:
	}
}
`, i, i/2)
	})
}

// manyTypes has many types, each with a few methods.
func manyTypes(lines int) string {
	return build(lines, func(b *strings.Builder, i int) {
		fmt.Fprintf(b, `
type S%[1]d struct {
	mu   sync.Mutex
	n    int
	next *S%[1]d
}

func (s *S%[1]d) add(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n += n
	s.grow()
}

func (s *S%[1]d) grow() {
	if s.n > 10 {
		s.next = new(S%[1]d)
	}
}

func (s *S%[1]d) Run() {
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() { s.add(i) })
	}
	wg.Wait()
}
`, i)
	})
}

// giant has one function of straight code with branches.
func giant(lines int) string {
	return build(lines-3, func(b *strings.Builder, i int) {
		if i == 0 {
			b.WriteString("\nfunc (t *T) giant(n int) {\n\tdefer t.rw.Unlock()\n\tt.rw.Lock()\n")
		}
		fmt.Fprintf(b, `	t.mu.Lock()
	if n == %d {
		t.n++
		t.mu.Unlock()
	} else {
		t.mu.Unlock()
		t.limit--
	}
`, i)
	}) + "}\n"
}

// bigSwitch has one loop around a switch of many cases.
func bigSwitch(lines int) string {
	return build(lines-5, func(b *strings.Builder, i int) {
		if i == 0 {
			b.WriteString("\nfunc (t *T) run(n int) error {\n\tfor {\n\t\tswitch n {\n")
		}
		fmt.Fprintf(b, `		case %d:
			t.mu.Lock()
			if t.n == t.limit {
				t.mu.Unlock()
				return errNone
			}
			t.n++
			t.mu.Unlock()
`, i)
	}) + "\t\t}\n\t}\n}\n"
}

// findings has a missing unlock in every function.
func findings(lines int) string {
	return build(lines, func(b *strings.Builder, i int) {
		fmt.Fprintf(b, `
func (t *T) take%d(n int) error {
	t.mu.Lock()
	if t.n < n {
		return errNone
	}
	t.n -= n
	t.mu.Unlock()
	return nil
}
`, i)
	})
}

// chain has functions each of which calls the next.
func chain(lines int) string {
	src, last := count(lines-2, func(b *strings.Builder, i int) {
		fmt.Fprintf(b, `
func (t *T) f%d(n int) {
	if n > t.limit {
		go t.f%[2]d(n - 1)
	}
	t.mu.Lock()
	t.n++
	t.mu.Unlock()
	t.f%[2]d(n + 1)
}
`, i, i+1)
	})
	return src + fmt.Sprintf("\nfunc (t *T) f%d(n int) {}\n", last)
}

// lockedChain has functions each of which calls the next with one lock held,
// and a last one that releases it.
func lockedChain(lines int) string {
	src, last := count(lines-4, func(b *strings.Builder, i int) {
		fmt.Fprintf(b, `
func (t *T) f%d(n int) error {
	if n > t.limit {
		t.mu.Unlock()
		return errNone
	}
	t.n++
	return t.f%d(n + 1)
}
`, i, i+1)
	})
	return src + fmt.Sprintf("\nfunc (t *T) f%d(n int) error { t.mu.Unlock(); return nil }\n\nfunc (t *T) F() { t.mu.Lock(); t.f0(0) }\n", last)
}

// closures has functions made of function literals.
func closures(lines int) string {
	return build(lines, func(b *strings.Builder, i int) {
		fmt.Fprintf(b, `
func (t *T) do%[1]d(f func() error) func() {
	t.mu.Lock()
	unlock := func() { t.mu.Unlock() }
	var once sync.Once
	defer once.Do(unlock)
	get := func() int {
		t.rw.RLock()
		defer func() { t.rw.RUnlock() }()
		return t.n
	}
	go func() {
		if err := f(); err != nil {
			t.c <- get()
		}
	}()
	return func() {
		t.other.Lock()
		func() {
			defer t.other.Unlock()
			t.n = get()
		}()
	}
}
`, i)
	})
}

// goroutines has one function that starts very many.
func goroutines(lines int) string {
	return build(lines-3, func(b *strings.Builder, i int) {
		if i == 0 {
			b.WriteString("\nfunc (t *T) start(n int) {\n")
		}
		fmt.Fprintf(b, `	t.wg.Add(1)
	go func() {
		defer t.wg.Done()
		t.mu.Lock()
		t.n += %d
		t.mu.Unlock()
	}()
`, i)
	}) + "\tt.wg.Wait()\n}\n"
}

// manyClosuresInOne has one function with a table of function literals, as
// generated parsers and command tables do.
func manyClosuresInOne(lines int) string {
	return build(lines-3, func(b *strings.Builder, i int) {
		if i == 0 {
			b.WriteString("\nfunc (t *T) table() []func(int) error {\n\treturn []func(int) error{\n")
		}
		fmt.Fprintf(b, `		func(n int) error {
			t.mu.Lock()
			defer t.mu.Unlock()
			if n > %d {
				return errNone
			}
			return nil
		},
`, i)
	}) + "\t}\n}\n"
}

// manyLocks has one function that takes a new lock every few lines and keeps
// half of them to the end.
func manyLocks(lines int) string {
	return build(lines-3, func(b *strings.Builder, i int) {
		if i == 0 {
			b.WriteString("\nfunc (t *T) all(n int) {\n")
		}
		fmt.Fprintf(b, `	var a%[1]d, b%[1]d sync.Mutex
	a%[1]d.Lock()
	if n > %[1]d {
		t.n++
	}
	a%[1]d.Unlock()
	b%[1]d.Lock()
	defer b%[1]d.Unlock()
`, i)
	}) + "}\n"
}

// lockRing has very many locks, each taken while the one before is held, in a
// circle that is harmless because the last is only read.
func lockRing(lines int) string {
	src, last := count(lines-18, func(b *strings.Builder, i int) {
		fmt.Fprintf(b, `
var l%[1]d sync.Mutex

func lock%[1]d(t *T) {
	l%[1]d.Lock()
	defer l%[1]d.Unlock()
	l%[2]d.Lock()
	defer l%[2]d.Unlock()
	t.n++
}
`, i, i+1)
	})
	return src + fmt.Sprintf(`
var l%[1]d sync.Mutex

func (t *T) last() {
	l%[1]d.Lock()
	defer l%[1]d.Unlock()
	t.rw.RLock()
	t.rw.RUnlock()
}

func (t *T) first() {
	t.rw.RLock()
	defer t.rw.RUnlock()
	l0.Lock()
	l0.Unlock()
}
`, last)
}

// data has one large table and little code, as generated packages of tables do.
func data(lines int) string {
	return build(lines-10, func(b *strings.Builder, i int) {
		if i == 0 {
			b.WriteString("\nfunc (t *T) lookup(n int) string {\n\tt.mu.Lock()\n\tdefer t.mu.Unlock()\n\treturn table[n].name\n}\n\nvar table = []struct{ name string; codes []int }{\n")
		}
		fmt.Fprintf(b, "\t{name: \"name%[1]d\", codes: []int{%[1]d, 2, 3}},\n", i)
	}) + "}\n"
}
