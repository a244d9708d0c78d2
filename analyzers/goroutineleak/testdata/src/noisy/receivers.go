package noisy

import (
	"context"
	"os"
	"sync"
	"time"
)

// The workers range over a channel that is not closed on every way.
func scan(files []string) error {
	jobs := make(chan string)
	go func() {
		for j := range jobs { // want `scan ranges over jobs and may wait for ever: nobody closes it if the call at receivers.go:19 returns an error`
			get(j)
		}
	}()
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			return err
		}
		jobs <- info.Name()
	}
	close(jobs)
	return nil
}

// A signal to stop that is forgotten on the way out.
func watch(name string) error {
	stop := make(chan struct{})
	go func() {
		<-stop // want `watch receives from stop and may wait for ever: nobody sends to it or closes it if the call at receivers.go:36 returns an error`
		os.Remove(name)
	}()
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	close(stop)
	return nil
}

// Here it is the function that hangs: the goroutine returns without a word.
func hangs(name string) {
	done := make(chan bool)
	go func() {
		f, err := os.Open(name)
		if err != nil {
			return
		}
		f.Close()
		done <- true
	}()
	<-done // want `hangs receives from done and may wait for ever: nobody sends to it or closes it if the call at receivers.go:49 returns an error`
}

func missedDone(names []string) {
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Add(1)
		go func() {
			f, err := os.Open(n)
			if err != nil {
				return
			}
			f.Close()
			wg.Done()
		}()
	}
	wg.Wait() // want `missedDone waits for wg and may wait for ever: Done is not called if the call at receivers.go:64 returns an error`
}

// The wait is within the loop that starts what is waited for.
func waitWithin(names []string) {
	var wg sync.WaitGroup
	wg.Add(len(names))
	for _, n := range names {
		go func() {
			defer wg.Done()
			get(n)
		}()
		wg.Wait() // want `waitWithin waits for wg and may wait for ever: the goroutine that calls Done, at receivers.go:\d+, is only started behind the wait, at receivers.go:80`
	}
}

// The channel is closed in the end, by the goroutine that waits for it.
func itself() {
	done := make(chan struct{})
	defer close(done)
	go func() { <-done }()
	<-done // want `itself receives from done and may wait for ever: only the same goroutine sends to it or closes it, later`
}

// The room is taken when the second value is sent; the receiver comes behind.
func full() {
	c := make(chan int, 1)
	c <- 1
	c <- 2 // want `full sends to c and may wait for ever: the goroutine that receives from it, at receivers.go:102, is only started behind the wait, at receivers.go:101`
	go func() {
		for v := range c {
			_ = v
		}
	}()
	close(c)
}

// A context with a cancel function in a field, which is called by a method that is not.
type tx struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (t *tx) rollback() { t.cancel() }

func (t *tx) await() {
	<-t.ctx.Done() // want `await receives from t.ctx.Done\(\) and may wait for ever: nobody cancels the context`
}

func begin() {
	t := &tx{}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	go t.await()
}

// A timeout sends the receiver away; what it would have got is sent by nobody.
func late(wait time.Duration) {
	ready := make(chan struct{})
	answer := make(chan int)
	go func() {
		<-ready // want `late receives from ready and may wait for ever: nobody sends to it or closes it if another case`
		answer <- 1
	}()
	select {
	case <-time.After(wait):
		return
	case <-time.Tick(time.Hour):
	}
	close(ready)
	<-answer
}
