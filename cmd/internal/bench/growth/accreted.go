package main

import (
	"fmt"
	"strings"
)

// These shapes are large in one way that generated code and old servers are:
// one type, one function or one table that everything has been added to.

// sections has one function with very many critical sections of one lock.
func sections(lines int) string {
	return build(lines-3, func(b *strings.Builder, i int) {
		if i == 0 {
			b.WriteString("\nfunc (t *T) sections(n int) {\n")
		}
		fmt.Fprintf(b, `	t.mu.Lock()
	t.n += n
	t.limit = t.n + %d
	t.mu.Unlock()
	n++
`, i)
	}) + "}\n"
}

// methods has one type with very many methods, all of which take its one mutex.
func methods(lines int) string {
	src, last := count(lines-12, func(b *strings.Builder, i int) {
		fmt.Fprintf(b, `
func (t *T) Get%[1]d() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n + t.sum%[1]d(%[1]d)
}

func (t *T) Set%[1]d(n int) {
	t.mu.Lock()
	t.n, t.limit = n, %[1]d
	t.mu.Unlock()
}

func (t *T) sum%[1]d(n int) int { return t.limit + n }
`, i)
	})
	return src + fmt.Sprintf(`
func Serve(t *T) {
	for range 10 {
		go func() {
			t.Set0(t.Get%d())
		}()
	}
}
`, last-1)
}

// workers has one function that starts a goroutine of each of very many methods.
func workers(lines int) string {
	src, last := count(lines*9/10-3, func(b *strings.Builder, i int) {
		fmt.Fprintf(b, `
func (t *T) work%d(n int) {
	defer t.wg.Done()
	for range n {
		t.mu.Lock()
		t.n++
		t.mu.Unlock()
	}
}
`, i)
	})
	var b strings.Builder
	fmt.Fprintf(&b, "\nfunc (t *T) Run() {\n\tt.wg.Add(%d)\n", last)
	for i := range last {
		fmt.Fprintf(&b, "\tgo t.work%[1]d(%[1]d)\n", i)
	}
	b.WriteString("\tt.wg.Wait()\n}\n")
	return src + b.String()
}

// deep has a chain of calls, with a lock held at the top and another taken at
// the bottom, and a goroutine that goes all the way down.
func deep(lines int) string {
	src, last := count(lines-20, func(b *strings.Builder, i int) {
		fmt.Fprintf(b, `
func (t *T) deep%d(n int) error {
	if n == %[1]d {
		return errNone
	}
	return t.deep%d(n)
}
`, i, i+1)
	})
	return src + fmt.Sprintf(`
func (t *T) deep%d(n int) error {
	t.other.Lock()
	defer t.other.Unlock()
	t.limit = n
	return nil
}

func (t *T) Deep() {
	go t.deep0(1)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.deep0(2) != nil {
		t.n++
	}
}
`, last)
}

// machine has a state machine that runs with a lock held: a switch of very many
// cases in a loop, each of which may send.
func machine(lines int) string {
	return build(lines-8, func(b *strings.Builder, i int) {
		if i == 0 {
			b.WriteString("\nfunc (t *T) Machine(n int) error {\n\tt.mu.Lock()\n\tdefer t.mu.Unlock()\n\tfor {\n\t\tswitch t.n {\n")
		}
		fmt.Fprintf(b, `		case %[1]d:
			select {
			case t.c <- %[1]d:
				t.n = n
			default:
				t.limit++
			}
			if t.limit > n {
				return errNone
			}
`, i)
	}) + "\t\tdefault:\n\t\t\tt.n++\n\t\t}\n\t}\n}\n"
}

// selects has one loop around a select statement of very many cases, each of
// which has a critical section and a switch.
func selects(lines int) string {
	return build(lines-8, func(b *strings.Builder, i int) {
		if i == 0 {
			b.WriteString("\nfunc (t *T) Loop(c []chan int, stop chan bool) {\n\tfor {\n\t\tselect {\n\t\tcase <-stop:\n\t\t\treturn\n")
		}
		fmt.Fprintf(b, `		case n := <-c[%[1]d]:
			t.mu.Lock()
			switch {
			case n == 0:
				t.n = 0
			case n > t.limit:
				t.n++
				t.limit = n
			case n < 0:
				t.n--
				n = -n
			default:
				t.n += n
			}
			t.mu.Unlock()
			for range n {
				t.rw.RLock()
				n -= t.m["case"]
				t.rw.RUnlock()
			}
`, i)
	}) + "\t\t}\n\t}\n}\n"
}

// handlers registers very many function literals, and calls them through the
// table that they are in.
func handlers(lines int) string {
	return build(lines, func(b *strings.Builder, i int) {
		if i == 0 {
			b.WriteString(`
var table = make(map[string]func(*T, int))

func handle(name string, f func(*T, int)) { table[name] = f }

func Serve(t *T, names chan string) {
	for name := range names {
		f := table[name]
		go f(t, 1)
	}
}

func init() {
`)
		}
		fmt.Fprintf(b, `	handle("%[1]d", func(t *T, n int) {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.n += n
	})
	handle("again%[1]d", func(t *T, n int) { table["%[1]d"](t, n); t.c <- n })
`, i)
	}) + "}\n"
}

// fields has one type with very many fields that one lock guards, and two methods
// for each.
func fields(lines int) string {
	src, last := count(lines*14/15-3, func(b *strings.Builder, i int) {
		fmt.Fprintf(b, `
func (w *wide) Get%[1]d() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.f%[1]d
}

func (w *wide) Set%[1]d(n int) {
	w.mu.Lock()
	w.f%[1]d = n
	w.mu.Unlock()
}
`, i)
	})
	var b strings.Builder
	b.WriteString("\ntype wide struct {\n\tmu sync.Mutex\n")
	for i := range last {
		fmt.Fprintf(&b, "\tf%d int\n", i)
	}
	b.WriteString("}\n")
	return src + b.String()
}

// calls has one function that calls very many others with a lock held, as a long
// initialisation does.
func calls(lines int) string {
	src, last := count(lines*9/10-6, func(b *strings.Builder, i int) {
		fmt.Fprintf(b, `
func (t *T) load%d(n int) {
	t.n += n
	if t.n > t.limit {
		t.limit = t.n
	}
	t.m["last"] = n
	t.m["count"]++
}
`, i)
	})
	var b strings.Builder
	b.WriteString("\nfunc (t *T) Load() {\n\tt.mu.Lock()\n\tdefer t.mu.Unlock()\n")
	for i := range last {
		fmt.Fprintf(&b, "\tt.load%[1]d(%[1]d)\n", i)
	}
	b.WriteString("}\n")
	return src + b.String()
}
