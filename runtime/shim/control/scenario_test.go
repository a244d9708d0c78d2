package control

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Programs as the rewriter makes them, but written by hand. Each is run in a
// process of its own; see control_test.go.

// spawn is a go statement.
func spawn(f func()) {
	n := Begin("s.go:1:1\tf")
	go func() {
		defer n.End()
		n.Start()
		f()
	}()
	Began("s.go:1:1\tf")
}

const at = "s.go:2:2\tx"

// handOver lets another goroutine write after it received from c, for which f cares.
func handOver(c <-chan time.Time, f func()) {
	x := 0
	done := make(chan bool)
	spawn(func() {
		Recv(c, at)
		Access(at, "write")
		x++
		Send(done, at)(true)
	})
	Access(at, "write")
	x = 1
	f()
	Recv(done, at)
	fmt.Print(x)
}

var scenarios = map[string]func(){
	"lost-update": func() {
		x := 0
		done := make(chan bool, 2)
		for range 2 {
			spawn(func() {
				Access(at, "read")
				v := x
				Access(at, "write")
				x = v + 1
				Send(done, at)(true)
			})
		}
		Recv(done, at)
		Recv(done, at)
		fmt.Print(x)
	},
	"guarded": func() {
		var mu sync.Mutex
		var wg sync.WaitGroup
		x := 0
		for range 3 {
			WGGo(&wg, func() {
				Lock(&mu, at)
				defer Unlock(&mu, at)
				Access(at, "read")
				v := x
				Access(at, "write")
				x = v + 1
			}, at)
		}
		WGWait(&wg, at)
		fmt.Print(x)
	},
	"contended": func() {
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 100 {
			WGGo(&wg, func() {
				Lock(&mu, at)
				Gosched(at)
				Unlock(&mu, at)
			}, at)
		}
		WGWait(&wg, at)
	},
	"lock-order": func() {
		var a, b sync.Mutex
		done := make(chan bool)
		both := func(first, second *sync.Mutex) func() {
			return func() {
				Lock(first, at)
				Lock(second, at)
				Unlock(second, at)
				Unlock(first, at)
				Send(done, at)(true)
			}
		}
		spawn(both(&a, &b))
		spawn(both(&b, &a))
		Recv(done, at)
		Recv(done, at)
	},
	// A reader that reads again while a writer waits.
	"reader-writer-reader": func() {
		var mu sync.RWMutex
		done := make(chan bool)
		spawn(func() {
			RLock(&mu, at)
			RLock(&mu, at)
			RUnlock(&mu, at)
			RUnlock(&mu, at)
			Send(done, at)(true)
		})
		RWLock(&mu, at)
		RWUnlock(&mu, at)
		Recv(done, at)
	},
	// Readers that wait when a writer unlocks go before the next writer.
	"readers-first": func() {
		var mu sync.RWMutex
		order := make(chan string, 2)
		RWLock(&mu, at)
		spawn(func() { RLock(&mu, at); Send(order, at)("r"); RUnlock(&mu, at) })
		Sleep(time.Second, at)
		spawn(func() { RWLock(&mu, at); Send(order, at)("w"); RWUnlock(&mu, at) })
		Sleep(time.Second, at)
		RWUnlock(&mu, at)
		fmt.Print(Recv(order, at), Recv(order, at))
	},
	"cond": func() {
		var mu sync.Mutex
		c := sync.NewCond(&mu)
		ready := false
		spawn(func() {
			LockerLock(c.L, at)
			ready = true
			LockerUnlock(c.L, at)
			CondSignal(c, at)
		})
		Lock(&mu, at)
		for !ready {
			CondWait(c, at)
		}
		Unlock(&mu, at)
		fmt.Print("ready")
	},
	// The signal comes before anybody waits.
	"lost-signal": func() {
		var mu sync.Mutex
		c := sync.NewCond(&mu)
		spawn(func() { CondSignal(c, at) })
		Lock(&mu, at)
		CondWait(c, at)
		Unlock(&mu, at)
	},
	"cond-first-come": func() {
		var mu sync.Mutex
		c := sync.NewCond(&mu)
		order := make(chan int, 2)
		for i := range 2 {
			spawn(func() {
				Lock(&mu, at)
				CondWait(c, at)
				Send(order, at)(i)
				Unlock(&mu, at)
			})
			Sleep(time.Second, at)
		}
		CondSignal(c, at)
		fmt.Print(Recv(order, at))
		CondSignal(c, at)
		fmt.Print(Recv(order, at))
	},
	// The other can signal while the lock of the program's own is being unlocked.
	"cond-own-lock": func() {
		l := &slowLock{}
		c := sync.NewCond(l)
		ready := false
		spawn(func() {
			l.Lock()
			ready = true
			l.Unlock()
			CondSignal(c, at)
		})
		l.Lock()
		for !ready {
			CondWait(c, at)
		}
		l.Unlock()
	},
	"once": func() {
		var once sync.Once
		x := 0
		var wg sync.WaitGroup
		for range 2 {
			WGGo(&wg, func() {
				OnceDo(&once, func() { Access(at, "write"); x++ }, at)
				fmt.Print(x)
			}, at)
		}
		WGWait(&wg, at)
	},
	"once-in-itself": func() {
		var once sync.Once
		OnceDo(&once, func() { OnceDo(&once, func() {}, at) }, at)
	},
	"group-reused": func() {
		var wg sync.WaitGroup
		WGAdd(&wg, 1, at)
		spawn(func() { WGDone(&wg, at); WGAdd(&wg, 1, at); WGDone(&wg, at) })
		WGWait(&wg, at)
	},
	// Values arrive in the order in which their senders waited.
	"buffered": func() {
		ch := make(chan int, 1)
		for i := range 3 {
			spawn(func() { Send(ch, at)(i) })
			Sleep(time.Second, at)
		}
		fmt.Print(Recv(ch, at), Recv(ch, at), Recv(ch, at), len(ch))
	},
	"range": func() {
		ch := make(chan int)
		spawn(func() {
			for i := range 3 {
				Send(ch, at)(i)
			}
			Close(ch, at)
		})
		sum := 0
		for {
			v, ok := Recv2(ch, at)
			if !ok {
				break
			}
			sum += v
		}
		fmt.Print(sum)
	},
	"close-wakes-all": func() {
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for range 3 {
			WGGo(&wg, func() { Recv(stop, at) }, at)
		}
		Close(stop, at)
		WGWait(&wg, at)
	},
	"send-on-closed": func() {
		ch := make(chan int)
		spawn(func() { Send(ch, at)(1) })
		Sleep(time.Second, at)
		Close(ch, at)
		Sleep(time.Second, at)
	},
	"nil-channel": func() {
		var ch chan int
		Recv(ch, at)
	},
	"select": func() {
		a, b := make(chan int, 1), make(chan int, 1)
		Send(a, at)(1)
		Send(b, at)(2)
		sel := Select(at, false)
		ra := RecvCase(sel, a, at)
		rb := RecvCase(sel, b, at)
		switch sel.Do() {
		case 0:
			fmt.Print(ra.Value())
		case 1:
			fmt.Print(rb.Value())
		}
	},
	// Two selects with default meet only if the scheduler does not let either spin.
	"select-default": func() {
		ch := make(chan int)
		done := false
		spawn(func() {
			for sent := false; !sent; {
				sel := Select(at, true)
				SendCase(sel, ch, at)(7)
				sent = sel.Do() == 0
			}
		})
		for !done {
			sel := Select(at, true)
			r := RecvCase(sel, ch, at)
			if sel.Do() == 0 {
				fmt.Print(r.Value())
				done = true
			}
			Sleep(0, at)
			if !done {
				fmt.Print(Recv(ch, at))
				done = true
			}
		}
	},
	"select-both-ways": func() {
		ch := make(chan int)
		got := make(chan int, 2)
		for i := range 2 {
			spawn(func() {
				sel := Select(at, false)
				SendCase(sel, ch, at)(i)
				r := RecvCase(sel, ch, at)
				if sel.Do() == 1 {
					Send(got, at)(r.Value())
				}
			})
		}
		fmt.Print(Recv(got, at))
	},
	"timer-reset": func() {
		t := NewTimer(time.Hour, at)
		handOver(t.C, func() { TimerReset(t, time.Second, at) })
	},
	"ticker-reset": func() {
		t := NewTicker(time.Hour, at)
		handOver(t.C, func() { TickerReset(t, time.Second, at) })
	},
	"timers": func() {
		t := NewTimer(3*time.Second, at)
		tick := NewTicker(time.Second, at)
		begin := Now()
		n := 0
		for stop := false; !stop; {
			sel := Select(at, false)
			RecvCase(sel, t.C, at)
			RecvCase(sel, tick.C, at)
			if sel.Do() == 0 {
				stop = true
			} else {
				n++
			}
		}
		TickerStop(tick, at)
		fmt.Print(n >= 2, Since(begin).Round(time.Second), TimerStop(t, at), TimerReset(t, time.Second, at), TimerStop(t, at))
	},
	"after-func": func() {
		x := 0
		done := make(chan bool)
		x = 1
		t := AfterFunc(time.Hour, func() { x++; Send(done, at)(true) }, at)
		fmt.Print(TimerStop(t, at))
		x = 2
		TimerReset(t, time.Minute, at)
		Recv(done, at)
		fmt.Print(x)
	},
	"deadline": func() {
		ctx, cancel := WithTimeout(context.Background(), time.Second, at)
		defer cancel()
		child, cancelChild := WithCancel(ctx, at)
		defer cancelChild()
		Recv(child.Done(), at)
		fmt.Print(ctx.Err() == context.DeadlineExceeded, child.Err() == context.DeadlineExceeded, context.Cause(child))
	},
	// A context whose deadline has passed is done when it is made; a cause of its own
	// does not make a child's deadline a cancellation.
	"deadline-passed": func() {
		ctx, cancel := WithDeadlineCause(context.Background(), Now().Add(-time.Second), errors.New("slow"), at)
		defer cancel()
		child, cancelChild := WithCancel(context.WithValue(ctx, contextKey{}, 0), at)
		defer cancelChild()
		fmt.Print(ctx.Err(), " ", child.Err(), " ", context.Cause(child))
	},
	// Code that is not controlled goes by the computer's clock.
	"deadline-outside": func() {
		ctx, cancel := WithTimeout(context.Background(), time.Hour, at)
		defer cancel()
		child, cancelChild := WithCancel(ctx, at)
		defer cancelChild()
		inside, _ := ContextDeadline(child, at)
		outside, _ := child.Deadline()
		fmt.Print(Until(inside).Round(time.Minute), time.Until(outside).Round(time.Minute))
	},
	// A process takes its time, and nobody gives up on it before.
	"native-process": func() {
		ctx, cancel := WithTimeout(context.Background(), time.Minute, at)
		defer cancel()
		fmt.Print(exec.CommandContext(ctx, "sleep", "0.3").Run())
	},
	// So does a goroutine that is not controlled.
	"native-sleeper": func() {
		ch := make(chan int)
		go func() { time.Sleep(300 * time.Millisecond); ch <- 1 }()
		sel := Select(at, false)
		RecvCase(sel, ch, at)
		RecvCase(sel, After(time.Minute, at), at)
		fmt.Print(sel.Do())
	},
	"native-deadline": func() {
		a, b := net.Pipe()
		SetReadDeadline(a, Now().Add(time.Hour), at)
		go b.Write([]byte("x"))
		fmt.Print(a.Read(make([]byte, 1)))
	},
	"cancel": func() {
		ctx, cancel := WithTimeout(context.Background(), time.Hour, at)
		stopped := ContextAfterFunc(ctx, func() { fmt.Print("after ") }, at)
		spawn(cancel)
		Recv(ctx.Done(), at)
		Sleep(time.Second, at)
		fmt.Print(ctx.Err(), stopped())
	},
	"pool": func() {
		p := sync.Pool{New: func() any { return new(int) }}
		done := make(chan bool)
		spawn(func() {
			x := PoolGet(&p, at).(*int)
			*x++
			PoolPut(&p, x, at)
			Send(done, at)(true)
		})
		y := PoolGet(&p, at).(*int)
		*y++
		PoolPut(&p, y, at)
		Recv(done, at)
	},
	"panic": func() {
		spawn(func() { panic("on purpose") })
		Sleep(time.Second, at)
	},
	"recovered": func() {
		func() {
			defer func() { recover() }()
			panic("on purpose")
		}()
		fmt.Print("on")
	},
	"goexit": func() {
		done := make(chan bool)
		spawn(func() { defer Close(done, at); runtime.Goexit() })
		Recv(done, at)
	},
	// The program goes on without main.
	"goexit-of-main": func() {
		spawn(func() { Sleep(time.Second, at); fmt.Print("on"); Exit(0) })
		runtime.Goexit()
	},
	// Main may end before its function main begins.
	"native-goexit": func() {
		spawn(func() { fmt.Print("on"); Exit(0) })
		runtime.Goexit()
	},
	// The panic is over: Goexit ends the goroutine instead.
	"goexit-in-panic": func() {
		done := make(chan bool)
		spawn(func() {
			defer Close(done, at)
			defer runtime.Goexit()
			panic("over")
		})
		Recv(done, at)
	},
	// What is to happen if main takes too long does not.
	"watchdogs": func() {
		spawn(func() { Sleep(time.Minute, at); fmt.Print("printed") })
		spawn(func() { Sleep(500*time.Millisecond, at); panic("too long") })
		spawn(func() { Sleep(500*time.Millisecond, at); Exit(4) })
		AfterFunc(time.Hour, func() { panic("too long") }, at)
		Sleep(time.Millisecond, at)
		fmt.Print("done")
	},
	"exit": func() {
		spawn(func() { Exit(3) })
		Sleep(time.Second, at)
	},
	"leak": func() {
		ch := make(chan int)
		spawn(func() { Send(ch, at)(1) })
		Sleep(time.Second, at)
	},
	// Main is done after it has slept; the other still has to send.
	"leak-late": func() {
		ch := make(chan int)
		spawn(func() {
			for range 20 {
				Gosched(at)
			}
			Send(ch, at)(1)
		})
		Sleep(time.Nanosecond, at)
	},
	"spin": func() {
		var stop atomic.Bool
		for !Then(stop.Load, at)() {
		}
	},
	// The goroutine that would set the flag needs the other to yield.
	"spin-until": func() {
		var stop atomic.Bool
		spawn(func() { Then(stop.Store, at)(true) })
		for !Then(stop.Load, at)() {
		}
		fmt.Print("stopped")
	},
	"stall": func() {
		ch := make(chan int)
		<-ch
	},
	// Somebody that is not controlled sends.
	"native-sender": func() {
		ch := make(chan int)
		go func() {
			time.Sleep(20 * time.Millisecond)
			Send(ch, at)(5)
		}()
		fmt.Print(Recv(ch, at))
	},
	// A goroutine reads what another writes, by means that are not controlled.
	"native-read": func() {
		r, w, _ := os.Pipe()
		done := make(chan byte)
		spawn(func() {
			b := make([]byte, 1)
			r.Read(b)
			Send(done, at)(b[0])
		})
		spawn(func() {
			Sleep(time.Hour, at)
			w.Write([]byte("x"))
		})
		fmt.Printf("%c", Recv(done, at))
	},
	// One waits natively for a lock that another holds.
	"native-lock": func() {
		var mu sync.Mutex
		done := make(chan bool)
		Lock(&mu, at)
		spawn(func() {
			mu.Lock()
			locked := true
			mu.Unlock()
			Send(done, at)(locked)
		})
		Sleep(time.Second, at)
		Unlock(&mu, at)
		Recv(done, at)
		fmt.Print("locked")
	},
	// A goroutine gets the token before it has begun, as on a busy machine.
	"slow-start": func() {
		done := make(chan bool)
		n := Begin(at)
		go func() {
			time.Sleep(100 * time.Millisecond)
			defer n.End()
			n.Start()
			Send(done, at)(true)
		}()
		Began(at)
		Recv(done, at)
		fmt.Print("begun")
	},
	"unlocked-by-another": func() {
		var mu sync.Mutex
		Lock(&mu, at)
		spawn(func() { Unlock(&mu, at) })
		Lock(&mu, at)
		fmt.Print("locked")
	},
	"promoted": func() {
		type inner struct{ sync.RWMutex }
		var outer struct {
			name string
			inner
		}
		var l sync.Locker = &outer
		LockerLock(l, at)
		spawn(func() { LockerUnlock(l, at) })
		LockerLock(outer.RLocker(), at)
		fmt.Print("read")
	},
	"own-lock": func() {
		var l sync.Locker = &ownLock{}
		LockerLock(l, at)
		LockerUnlock(l, at)
	},
	"many": func() {
		var wg sync.WaitGroup
		for range 1000 {
			WGGo(&wg, func() { Sleep(time.Millisecond, at) }, at)
		}
		WGWait(&wg, at)
		fmt.Print(NumGoroutine())
	},
	"values": func() {
		x := 3
		ch := make(chan string, 1)
		Value(at, func() any { return x })
		Send(ch, at)("a\"\tb")
		Value(at, func() any { var p *struct{ f int }; return p.f })
		Value(at, func() any { return errors.New("e") })
	},
}

// A contextKey is the key of a value in a context.
type contextKey struct{}

// An ownLock has methods of its own beside those of the lock that it embeds.
type ownLock struct{ sync.Mutex }

func (l *ownLock) Lock()   { fmt.Print("L"); Lock(&l.Mutex, at) }
func (l *ownLock) Unlock() { fmt.Print("U"); Unlock(&l.Mutex, at) }

// scenario runs one of them in place of the tests.
func scenario(name string) {
	switch name {
	case "native-goexit":
	case "goexit-of-main":
		defer AtEnd()
	default:
		defer os.Exit(0)
		defer AtEnd()
	}
	scenarios[name]()
}

// A slowLock has a point after it has been unlocked.
type slowLock struct{ mu sync.Mutex }

func (l *slowLock) Lock() { Lock(&l.mu, at) }
func (l *slowLock) Unlock() {
	Unlock(&l.mu, at)
	Gosched(at)
}
