// Package quiet has goroutines that end.
package quiet

import (
	"context"
	"errors"
	"log"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"quiet/throttle"
)

func get(string) string { return "" }

// There is room for the result.
func room(url string) (string, error) {
	result := make(chan string, 1)
	go func() { result <- get(url) }()
	select {
	case r := <-result:
		return r, nil
	case <-time.After(time.Second):
		return "", errors.New("timeout")
	}
}

func roomForAll(mirrors []string) string {
	result := make(chan string, len(mirrors))
	for _, m := range mirrors {
		go func() { result <- get(m) }()
	}
	return <-result
}

// One of several sends, for which there is room.
func oneOf(name string) error {
	errs := make(chan error, 1)
	go func() {
		if name == "" {
			errs <- errors.New("no name")
			return
		}
		errs <- os.Remove(name)
	}()
	select {
	case err := <-errs:
		return err
	case <-time.After(time.Second):
		return nil
	}
}

// The sender hears of it too.
func both(ctx context.Context, url string) string {
	result := make(chan string)
	go func() {
		select {
		case result <- get(url):
		case <-ctx.Done():
		}
	}()
	select {
	case r := <-result:
		return r
	case <-ctx.Done():
		return ""
	}
}

// Here by a channel that is closed on every way out.
func deferredStop(url string) (string, error) {
	stop := make(chan struct{})
	defer close(stop)
	result := make(chan string)
	go func() {
		select {
		case result <- get(url):
		case <-stop:
		}
	}()
	if _, err := os.Stat(url); err != nil {
		return "", err
	}
	return <-result, nil
}

// And here by a context that is cancelled on every way out.
func deferredCancel(url string) (string, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	result := make(chan string)
	go func() {
		select {
		case result <- get(url):
		case <-ctx.Done():
		}
	}()
	if _, err := os.Stat(url); err != nil {
		return "", err
	}
	return <-result, nil
}

// Whether the goroutine was started decides whether it is waited for.
func sameFlag(async bool, name string) error {
	done := make(chan error)
	if async {
		go func() { done <- os.Remove(name) }()
	}
	if async {
		return <-done
	}
	return nil
}

// What starts the goroutine says by its error that it has not.
func start(name string, done chan error) error {
	if name == "" {
		return errors.New("no name")
	}
	go func() { done <- os.Remove(name) }()
	return nil
}

func startFails(name string) error {
	done := make(chan error)
	if err := start(name, done); err != nil {
		return err
	}
	return <-done
}

// The rest is received by a deferred function.
func drained(urls []string) error {
	results := make(chan string)
	go func() {
		defer close(results)
		for _, u := range urls {
			results <- get(u)
		}
	}()
	defer func() {
		for range results {
		}
	}()
	if _, err := os.Stat("x"); err != nil {
		return err
	}
	<-results
	return nil
}

type result struct {
	line string
	err  error
}

// The one who sends an error knows that it is the last: both stop.
func lastMessage(name string) {
	c := make(chan result)
	go func() {
		for {
			b, err := os.ReadFile(name)
			c <- result{string(b), err}
			if err != nil {
				return
			}
		}
	}()
	for {
		if r := <-c; r.err != nil {
			return
		}
	}
}

type state struct{ running int }

// The state goes from one to the next; the last one ends it.
func relay(names []string) error {
	end := make(chan error, 1)
	states := make(chan state, 1)
	states <- state{len(names)}
	for _, n := range names {
		go func() {
			get(n)
			s := <-states
			if s.running--; s.running == 0 {
				end <- nil
				return
			}
			states <- s
		}()
	}
	return <-end
}

// The results end when all senders have.
func closer(urls []string) {
	results := make(chan string)
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Go(func() { results <- get(u) })
	}
	go func() {
		wg.Wait()
		close(results)
	}()
	for range results {
	}
}

type agent struct {
	status chan int
	stop   chan struct{}
}

func (a *agent) run() {
	for {
		select {
		case <-a.status:
		case <-a.stop:
			return
		}
	}
}

// The loop is stopped when those who send have ended.
func stopAfter() {
	a := &agent{make(chan int), make(chan struct{})}
	go a.run()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { a.status <- 1 })
	}
	wg.Wait()
	close(a.stop)
}

// The same with a context, which nobody cancels before.
func (a *agent) runFor(ctx context.Context) {
	for {
		select {
		case <-a.status:
		case <-ctx.Done():
			return
		}
	}
}

func cancelAfter() {
	ctx, cancel := context.WithCancel(context.Background())
	a := &agent{make(chan int), make(chan struct{})}
	go a.runFor(ctx)
	done := make(chan struct{})
	go func() {
		a.status <- 1
		close(done)
	}()
	<-done
	cancel()
}

// Whoever has taken the request answers it: the channel for the answer comes with it.
type server struct {
	requests chan chan int
	stop     chan struct{}
}

func (s *server) serve() {
	for {
		select {
		case r := <-s.requests:
			r <- 1
		case <-s.stop:
			return
		}
	}
}

func (s *server) ask() int {
	r := make(chan int)
	select {
	case s.requests <- r:
	case <-s.stop:
		return 0
	}
	return <-r
}

func (s *server) must() int {
	r := make(chan int)
	s.requests <- r
	return <-r
}

func servers() {
	s := &server{make(chan chan int), make(chan struct{})}
	go s.serve()
	s.ask()
	s.must()
	close(s.stop)
}

// It is stopped, without waiting, only by what comes behind the wait.
func initialized() {
	stop := make(chan struct{})
	var ready sync.WaitGroup
	ready.Add(1)
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			get("")
			ready.Done()
			return
		}
	}()
	ready.Wait()
	close(stop)
}

// The jobs come to an end by a deferred close.
func deferredClose(files []string) error {
	jobs := make(chan string)
	defer close(jobs)
	go func() {
		for j := range jobs {
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
	return nil
}

// Done is called however the goroutine ends.
func deferredDone(names []string) {
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f, err := os.Open(n)
			if err != nil {
				return
			}
			f.Close()
		}()
	}
	wg.Wait()
}

// In each round one is started and waited for.
func oneByOne(names []string) {
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			get(n)
		}()
		wg.Wait()
	}
}

// As many receives as sends.
func counted() int {
	c := make(chan int)
	for i := range 2 {
		go func() { c <- i }()
	}
	return <-c + <-c
}

// Every worker gets what it asks for, one after the other.
func lockstep(names []string) error {
	jobs, errs := make(chan string), make(chan error)
	defer close(jobs)
	go func() {
		for j := range jobs {
			_, err := os.Stat(j)
			errs <- err
		}
	}()
	for _, n := range names {
		jobs <- n
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

// Code elsewhere in the program may receive.
func handedOut() <-chan string {
	c := make(chan string)
	go func() { c <- get("") }()
	select {
	case <-time.After(time.Second):
	default:
	}
	return c
}

// The results end when all have said to a limiter of another package that they are done.
func limited(names []string) {
	results := make(chan string)
	limit := throttle.New(8)
	for _, n := range names {
		limit.Do()
		go func() {
			defer limit.Done()
			results <- get(n)
		}()
	}
	go func() {
		for range results {
		}
	}()
	limit.Finish()
	close(results)
}

// The same, with a signal to stop.
func limitedStop(names []string) {
	results, stop := make(chan string), make(chan struct{})
	limit := throttle.New(8)
	for _, n := range names {
		limit.Do()
		go func() {
			defer limit.Done()
			results <- get(n)
		}()
	}
	go func() {
		for {
			select {
			case <-results:
			case <-stop:
				return
			}
		}
	}()
	limit.Finish()
	close(stop)
}

// A semaphore: what is received was sent before the goroutine was started.
func semaphore(names []string) error {
	sem := make(chan struct{}, 3)
	for _, n := range names {
		sem <- struct{}{}
		go func() {
			defer func() { <-sem }()
			get(n)
		}()
		if _, err := os.Stat(n); err != nil {
			return err
		}
	}
	return nil
}

// It is answered once: the second answer finds that out by a flag.
type future struct {
	errs      chan error
	responded bool
}

func (f *future) respond(err error) {
	if f.responded {
		return
	}
	f.errs <- err
	f.responded = true
}

func futures(name string) error {
	f := &future{errs: make(chan error, 1)}
	go func() {
		if _, err := os.Stat(name); err != nil {
			f.respond(err)
		}
		f.respond(nil)
	}()
	select {
	case err := <-f.errs:
		return err
	case <-time.After(time.Second):
		return nil
	}
}

// Each of the futures in a queue has a channel of its own.
type queue struct{ futures chan *future }

func (q *queue) run() {
	for f := range q.futures {
		f.errs <- nil
	}
}

func (q *queue) apply() *future {
	f := &future{errs: make(chan error, 1)}
	q.futures <- f
	return f
}

func queues() {
	q := &queue{make(chan *future, 2)}
	defer close(q.futures)
	go q.run()
	for range 3 {
		f := q.apply()
		select {
		case <-f.errs:
		case <-time.After(time.Second):
		}
	}
}

// What the limiter is called for before the goroutine is started does not wait for it.
func limitedAnswer(ctx context.Context, name string) {
	limit := throttle.New(8)
	limit.Do()
	answer := make(chan error, 1)
	go func() { answer <- os.Remove(name) }()
	select {
	case <-answer:
		limit.Done()
	case <-ctx.Done():
		go func() {
			<-answer
			limit.Done()
		}()
	}
}

// Each round has a future of its own, made by a function that answers it at once.
func newFuture() *future {
	f := new(future)
	f.init()
	f.respond(nil)
	return f
}

func (f *future) init() { f.errs = make(chan error, 1) }

func rounds(names []string) {
	for _, n := range names {
		go get(n)
		<-newFuture().errs
	}
}

// Who closes the channel has seen, in a way of its own, that all have sent.
func polled(names []string) {
	results := make(chan string)
	var left atomic.Int32
	left.Store(int32(len(names)))
	for _, n := range names {
		go func() {
			results <- get(n)
			left.Add(-1)
		}()
	}
	go func() {
		for range results {
		}
	}()
	for left.Load() > 0 {
		time.Sleep(time.Millisecond)
	}
	close(results)
}

// A worker has answered all jobs when there are no more.
func answered(n int) {
	jobs, results := make(chan int, n), make(chan int)
	go func() {
		for j := range jobs {
			results <- j
		}
	}()
	for i := range n {
		jobs <- i
	}
	close(jobs)
	for range n {
		<-results
	}
}

// The same, and who receives looks whether the channel was closed: those who send would
// panic.
func polledTwo(names []string) {
	results := make(chan string)
	var left atomic.Int32
	left.Store(int32(len(names)))
	for _, n := range names {
		go func() {
			results <- get(n)
			left.Add(-1)
		}()
	}
	go func() {
		for left.Load() > 0 {
			time.Sleep(time.Millisecond)
		}
		close(results)
	}()
	if _, ok := <-results; !ok {
		return
	}
	for range results {
	}
}

// The other one is a call of the same function, in a goroutine that is not laid out again.
func ping(n int, c chan int) {
	if n == 0 {
		c <- 1
		return
	}
	go ping(n-1, c)
	<-c
}

func recursion() {
	c := make(chan int)
	ping(1, c)
}

// What the function returns was known before.
func sameAnswer(name string) {
	done := make(chan error)
	if runtime.NumCPU() > 1 {
		go func() { done <- os.Remove(name) }()
	}
	if runtime.NumCPU() > 1 {
		<-done
	}
}

// The program ends.
func fatal(name string) error {
	done := make(chan error)
	go func() { done <- os.Remove(name) }()
	if _, err := os.Stat(name); err != nil {
		log.Fatal(err)
	}
	return <-done
}

// What the loop starts closes the queue that it ranges over, in the end.
func graph(names []string) {
	queue := make(chan string, 8)
	for _, n := range names {
		queue <- n
	}
	var left atomic.Int32
	left.Store(int32(len(names)))
	for n := range queue {
		go func() {
			get(n)
			if left.Add(-1) == 0 {
				close(queue)
			}
		}()
	}
}
