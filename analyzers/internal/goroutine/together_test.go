package goroutine

import "testing"

func TestTogether(t *testing.T) {
	const decls = "type T struct { mu sync.Mutex }\nfunc (t *T) lock() { t.mu.Lock(); t.mu.Unlock() }\nfunc unseen(chan int)\nvar global T\n"
	for _, test := range []struct {
		name, body        string
		together, private bool
	}{
		{"beside", "t := new(T)\ngo t.lock()\nt.lock()\n", true, true},
		{"one goroutine", "t := new(T)\nt.lock()\nt.lock()\n", false, true},
		{"branches", "t := new(T)\nif len(decls) > 1 { t.lock() } else { t.lock() }\n", false, true},
		{"before the start", "t := new(T)\nt.lock()\ngo t.lock()\n", false, true},
		{"joined", "t := new(T)\nvar wg sync.WaitGroup\nwg.Go(t.lock)\nwg.Wait()\nt.lock()\n", false, true},
		{"received", "t, c := new(T), make(chan int)\ngo func() { t.lock(); close(c) }()\n<-c\nt.lock()\n", false, true},
		{"received before", "t, c := new(T), make(chan int)\ngo func() { close(c); t.lock() }()\n<-c\nt.lock()\n", true, true},
		{"perhaps received", "t, c := new(T), make(chan int)\ngo func() { t.lock(); close(c) }()\nselect { case <-c: default: }\nt.lock()\n", true, true},
		{"closed elsewhere, perhaps", "t, c := new(T), make(chan int)\nunseen(c)\ngo func() { t.lock(); close(c) }()\n<-c\nt.lock()\n", true, true},
		{"many", "t, c := new(T), make(chan int)\nfor range 3 { go func() { t.lock(); c <- 1 }() }\n<-c\nt.lock()\n", true, true},
		{"one in each round", "for range 3 {\nt, c := new(T), make(chan int)\ngo func() { t.lock(); c <- 1 }()\n<-c\nt.lock()\n}\n", false, true},
		{"of all", "go global.lock()\nglobal.lock()\n", true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, x := explore(t, decls+"var decls string\n", test.body)
			acquired := x.Acquisitions()
			if len(acquired) != 2 {
				t.Fatalf("%d acquisitions, want 2", len(acquired))
			}
			a, b := acquired[0], acquired[1]
			if got := x.Private(a); got != test.private {
				t.Errorf("private: %v, want %v", got, test.private)
			}
			for _, pair := range [][2]*Acquisition{{a, b}, {b, a}} {
				if got := x.Together(pair[0].Point, pair[1].Point, a.Lock.Object); got != test.together {
					t.Errorf("together: %v, want %v", got, test.together)
				}
			}
			if at := x.At(a.Point); len(at) != 1 || at[0] != a {
				t.Errorf("At gives %d acquisitions, want the one", len(at))
			}
			if n := len(x.Activations(a.Frame.Fn, a.Instr)); n != 2 {
				t.Errorf("%d activations, want 2", n)
			}
		})
	}
}
