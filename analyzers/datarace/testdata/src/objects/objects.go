// Package objects shares objects of the standard library that are not safe for
// concurrent use.
package objects

import (
	"bufio"
	"bytes"
	"container/list"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"math/big"
	"math/rand"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
)

func buffer() string {
	var buf bytes.Buffer
	go func() {
		buf.WriteString("a") // want `buf is written here by the goroutine started at .* reads it, .*; a bytes.Buffer is not safe for concurrent use, so WriteString and String must not run at the same time`
	}()
	return buf.String()
}

func builder() {
	var b strings.Builder
	for range 3 {
		go func() {
			b.WriteByte('a') // want `b is written here by all goroutines .*; a strings.Builder is not safe for concurrent use, and WriteByte changes it`
		}()
	}
}

func twoReaders(b *strings.Builder) {
	go func() { _ = b.String() }()
	_ = b.Len()
}

func printed() int {
	buf := new(bytes.Buffer)
	go func() {
		fmt.Fprintf(buf, "%d", 1) // want `buf is written here .*; a bytes.Buffer is not safe for concurrent use, so fmt.Fprintf and Len must not run at the same time`
	}()
	return buf.Len()
}

func locked() {
	var (
		mu  sync.Mutex
		buf bytes.Buffer
		wg  sync.WaitGroup
	)
	for range 3 {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintln(&buf, "x")
		})
	}
	wg.Wait()
	os.Stdout.Write(buf.Bytes())
}

func randomNumbers() {
	r := rand.New(rand.NewSource(1))
	for range 3 {
		go func() {
			_ = r.Intn(10) // want `r is written here by all goroutines .*; a rand.Rand is not safe for concurrent use, and Intn changes it`
		}()
	}
}

func ownNumbers() {
	for i := range 3 {
		go func() {
			r := rand.New(rand.NewSource(int64(i)))
			_ = r.Intn(10)
		}()
	}
}

func elements() {
	l := list.New()
	go func() {
		l.PushBack(1) // want `l is written here .* a list.List is not safe`
	}()
	_ = l.Len()
}

func numbers(n *big.Int) *big.Int {
	sum := new(big.Int)
	for range 3 {
		go func() {
			sum.Add(sum, n) // want `sum is written here .* a big.Int is not safe for concurrent use, and Add changes it`
		}()
	}
	return new(big.Int).Mul(n, n)
}

func encoder(w io.Writer) {
	enc := json.NewEncoder(w)
	go enc.Encode(1)
	go func() {
		enc.Encode(2) // want `enc is written here .* a json.Encoder is not safe for concurrent use, and Encode changes it`
	}()
	enc.Encode(3)
}

func writer(w *bufio.Writer) {
	go func() {
		w.WriteString("a") // want `w is written here .* a bufio.Writer is not safe for concurrent use, so WriteString and Flush must not run at the same time`
	}()
	w.Flush()
}

func header(h http.Header, v url.Values) string {
	go func() {
		h.Set("a", "b") // want `h is written here .* a http.Header is not safe for concurrent use, so Set and Get must not run at the same time`
	}()
	go func() { _ = v.Get("a") }()
	return h.Get("a") + v.Get("b")
}

func headerMap(h http.Header) {
	go func() {
		h["a"] = nil // want `h is written here`
	}()
	_ = h.Get("a")
}

func sum(h hash.Hash) []byte {
	go func() {
		h.Write([]byte("a")) // want `h is written here .* a hash.Hash is not safe for concurrent use, so Write and Sum must not run at the same time`
	}()
	return h.Sum(nil)
}

// A command's output is complete when it has ended.
func command() (string, error) {
	var out, errs bytes.Buffer
	cmd := exec.Command("true")
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		return "", err
	}
	done := make(chan error)
	go func() { done <- cmd.Wait() }()
	if err := <-done; err != nil {
		return errs.String(), err
	}
	return out.String(), cmd.Run()
}

// So is what a goroutine copies that has been waited for.
func copied(r io.Reader) string {
	var buf strings.Builder
	done := make(chan bool)
	go func() {
		defer close(done)
		io.Copy(&buf, r)
	}()
	<-done
	return buf.String()
}

func copying(r io.Reader) string {
	var buf strings.Builder
	go func() {
		io.Copy(&buf, r) // want `buf is written here .* so io.Copy and String must not run at the same time`
	}()
	return buf.String()
}

type guarded struct {
	mu sync.Mutex
	bytes.Buffer
}

func (g *guarded) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.Buffer.Write(b)
}

func guardedWriter() {
	g := new(guarded)
	go g.Write(nil)
	fmt.Fprint(g, "x")
}
