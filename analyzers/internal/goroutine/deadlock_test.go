package goroutine

import (
	"fmt"
	"slices"
	"testing"

	"golang.org/x/tools/go/ssa"
)

func TestHoldAndWaits(t *testing.T) {
	const decls = "type T struct { mu sync.Mutex; n int }\nfunc (t *T) add() { t.mu.Lock(); defer t.mu.Unlock(); t.n++ }\nfunc unseen(chan int)\n"
	for _, test := range []struct {
		name, body string
		want       []string
	}{
		{"receive", "t, c := new(T), make(chan int)\ngo func() { t.add(); c <- 1 }()\nt.mu.Lock()\n<-c\n", []string{"receive for 1 at a lock"}},
		{"sent before the lock", "t, c := new(T), make(chan int)\ngo func() { c <- 1; t.add() }()\nt.mu.Lock()\n<-c\n", nil},
		{"one send, lock behind the receive", "t, c := new(T), make(chan int)\ngo func() { <-c; t.add() }()\nt.mu.Lock()\nc <- 1\n", nil},
		{"many sends, lock behind the receive", "t, c := new(T), make(chan int)\ngo func() { for { <-c; t.add() } }()\nfor range 3 {\nt.mu.Lock()\nc <- 1\nt.mu.Unlock()\n}\n", []string{"send for 1 at a lock"}},
		{"two senders", "t, c := new(T), make(chan int)\ngo func() { t.add(); c <- 1 }()\ngo func() { t.add(); c <- 1 }()\nt.mu.Lock()\n<-c\n", []string{"receive for 2 at a lock"}},
		{"one of two senders", "t, c := new(T), make(chan int)\ngo func() { t.add(); c <- 1 }()\ngo func() { c <- 1 }()\nt.mu.Lock()\n<-c\n", nil},
		{"given away", "t, c := new(T), make(chan int)\nunseen(c)\ngo func() { t.add(); c <- 1 }()\nt.mu.Lock()\n<-c\n", nil},
		{"chain", "t, c, d := new(T), make(chan int), make(chan int)\ngo func() { t.add(); c <- 1 }()\ngo func() { <-c; d <- 1 }()\nt.mu.Lock()\n<-d\n", []string{"receive for 1 at a wait"}},
		{"long chain", "t, a, b, c, d, e := new(T), make(chan int), make(chan int), make(chan int), make(chan int), make(chan int)\ngo func() { t.add(); a <- 1 }()\ngo func() { <-a; b <- 1 }()\ngo func() { <-b; c <- 1 }()\ngo func() { <-c; d <- 1 }()\ngo func() { <-d; e <- 1 }()\nt.mu.Lock()\n<-e\n", []string{"receive for 1 at a wait"}},
		{"ring of waits", "t, a, b, c := new(T), make(chan int), make(chan int), make(chan int)\ngo func() { <-a; b <- 1 }()\ngo func() { <-b; a <- 1; c <- 1 }()\nt.mu.Lock()\n<-c\nt.mu.Unlock()\n", nil},
		{"the other is started by whom the lock stops", "t, c := new(T), make(chan int)\ngo func() { t.add(); go func() { c <- 1 }() }()\nt.mu.Lock()\n<-c\n", []string{"receive for 1 not started"}},
		{"the other is started first", "t, c := new(T), make(chan int)\ngo func() { go func() { c <- 1 }(); t.add() }()\nt.mu.Lock()\n<-c\n", nil},
		{"wait group", "t := new(T)\nvar wg sync.WaitGroup\nwg.Add(1)\ngo func() { defer wg.Done(); t.add() }()\nt.mu.Lock()\nwg.Wait()\n", []string{"wait for 1 at a lock"}},
		{"nobody", "t, c := new(T), make(chan int)\ngo t.add()\nt.mu.Lock()\n<-c\n", []string{"receive for nobody"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, x := explore(t, decls, test.body)
			var got []string
			for _, hw := range x.HoldAndWaits() {
				kind := map[WaitKind]string{SendWait: "send", ReceiveWait: "receive", GroupWait: "wait"}[hw.Wait.Kind]
				if len(hw.Blocked) == 0 {
					got = append(got, kind+" for nobody")
					continue
				}
				place := "not started"
				if b := hw.Blocked[0]; b.At != nil {
					place = "at a lock"
				} else if b.Wait != nil {
					place = "at a wait"
				}
				got = append(got, fmt.Sprintf("%s for %d %s", kind, len(hw.Blocked), place))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Visitors of one package may come at the same time, and each sees the same.
func TestEach(t *testing.T) {
	p := load(t, "package p\n\nfunc f() { go g() }\n\nfunc g() { go h() }\n\nfunc h() {}\n\nfunc k() { go h() }\n")
	roots := func() (names []string) {
		p.Each(func(x *Exploration) { names = append(names, x.Root.Name()) })
		return names
	}
	want := []string{"f", "k"}
	done := make(chan []string)
	go func() { done <- roots() }()
	if first, second := roots(), <-done; !slices.Equal(first, want) || !slices.Equal(second, want) {
		t.Errorf("visited %q and %q, want %q", first, second, want)
	}
}

func TestTrips(t *testing.T) {
	for _, test := range []struct {
		loop string
		want int
	}{
		{"for i := 0; i < 5; i++ {\nc <- 1\n}", 5},
		{"for i := 1; i <= 5; i++ {\nc <- 1\n}", 5},
		{"for range 4 {\nc <- 1\n}", 4},
		{"for range [3]int{} {\nc <- 1\n}", 3},
		{"for range 2 {\nfor range 3 {\nc <- 1\n}\n}", 6},
		{"for range 2 {\ngo func() { c <- 1 }()\n}", 1}, // of the literal itself
		{"m := 3\nfor i := 0; i < m; i++ {\nc <- 1\n}\nm--\nprintln(m)", 3},
		{"for i := 0; i < 3; i++ {\nc <- 1\ngo func() { println(i) }()\n}", 3},
		{"c <- 1", 1},
		{"for {\nc <- 1\n}", unbounded},
		{"for i := 0; i < n; i++ {\nc <- 1\n}", unbounded},
		{"for range s {\nc <- 1\n}", unbounded},
	} {
		p := load(t, "package p\n\nfunc f(c chan int, n int, s []int) {\n"+test.loop+"\ngo func() {}()\n}\n")
		for _, fn := range p.SSA.Funcs {
			for _, b := range fn.Blocks {
				for _, instr := range b.Instrs {
					if send, ok := instr.(*ssa.Send); ok {
						if got := p.trips(send, nil); got != test.want {
							t.Errorf("%q: %d trips, want %d", test.loop, got, test.want)
						}
					}
				}
			}
		}
	}
}
