// Command exits ends by os.Exit and log.Fatal where calls are deferred.
package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"log"
	"os"
	"runtime/pprof"
	"sync"
)

var mu sync.Mutex

func main() {
	never()
	success()
	wrapped()
	literal()
	byHand(nil)
	inProcess(nil)
	nothingWritten(nil)
	onError(nil)
	returns(nil)
}

func run() int { return len(os.Args) }

func never() {
	pprof.StartCPUProfile(os.Stdout)
	defer pprof.StopCPUProfile()
	os.Exit(run()) // want `os.Exit ends the program here without the call that is deferred at main.go:33 \(pprof.StopCPUProfile\), and the profile is not complete`
}

func returnsInstead() int {
	pprof.StartCPUProfile(os.Stdout)
	defer pprof.StopCPUProfile()
	return run()
}

func success() {
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	for _, arg := range os.Args {
		fmt.Fprintln(w, arg)
		if arg == "-h" {
			os.Exit(0) // want `os.Exit ends the program here without the call that is deferred at main.go:45 \(w.Flush\), and what is left in the buffer is lost`
		}
	}
}

func fail(text string) {
	fmt.Fprintln(os.Stderr, text)
	os.Exit(1)
}

func wrapped() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	if run() > 1 {
		fail("too many") // want `fail ends the program here without the call that is deferred at main.go:61 \(os.RemoveAll\), and what that would remove or end stays behind`
	} else {
		log.Fatal("too few")
	}
}

func literal() {
	w := gzip.NewWriter(os.Stdout)
	defer func() {
		w.Close()
	}()
	fmt.Fprintln(w, run())
	log.Fatalf("done") // want `log.Fatalf ends the program here without the call that is deferred at main.go:71 \(function literal\), and what is left`
}

// The call is made by hand before.
func byHand(err error) {
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	fmt.Fprintln(w, run())
	w.Flush()
	os.Exit(0)
}

// What only the program sees ends with it.
func inProcess(wg *sync.WaitGroup) {
	_, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer wg.Done()
	mu.Lock()
	defer mu.Unlock()
	f, _ := os.Open("x")
	defer f.Close()
	os.Exit(0)
}

// Nothing has come into the buffer.
func nothingWritten(args []string) {
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	if len(args) == 0 {
		os.Exit(0)
	}
	fmt.Fprintln(w, args)
}

// On an error the loss may be meant: see the strict tier.
func onError(err error) {
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	fmt.Fprintln(w, "begin")
	if err != nil {
		log.Fatal(err)
	}
}

// The deferred call comes behind the exit.
func returns(err error) {
	if err != nil {
		os.Exit(0)
	}
	defer os.Remove("x")
	if err = os.Chdir("y"); err == nil {
		panic("unwinds, and runs what is deferred")
	}
}
