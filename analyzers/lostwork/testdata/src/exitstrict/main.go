// Command exitstrict ends on errors, or without calls of which it is not known what they do.
package main

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"os"
	"sync"
)

var once sync.Once

func main() {
	onError(os.Chdir("x"))
	conditional(os.Chdir("x"))
	value(func() {})
	cancels(context.Background())
	recovering()
}

func onError(err error) {
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	fmt.Fprintln(w, "begin")
	if err != nil {
		log.Fatal(err) // want `log.Fatal ends the program here without the call that is deferred at main.go:25 \(w.Flush\), and what is left in the buffer is lost`
	}
}

func conditional(err error) {
	defer func() {
		if err == nil {
			os.Remove("x")
		}
	}()
	os.Exit(1) // want `os.Exit ends the program here without the call that is deferred at main.go:33 \(function literal\), and what that would remove or end stays behind`
}

func value(cleanup func()) {
	defer cleanup()
	os.Exit(1) // want `os.Exit ends the program here without the call that is deferred at main.go:42 \(cleanup\), whatever it does`
}

func cancels(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	os.Exit(1)
}

// A panic is what the deferred call is for.
func recovering() {
	name := os.Args[0]
	defer func() {
		if v := recover(); v != nil {
			os.Remove(name)
		}
	}()
	os.Exit(len(os.Args))
}
