package noisy

import (
	"io"
	"os"
)

// Each is one of a kind, and might be the one that is received from.
func oneEach(a, b string) string {
	c := make(chan string)
	go func() { c <- get(a) }() // want `oneEach sends to c and may wait for ever: rivals.go:13 is where values are received, fewer than are sent`
	go func() { c <- get(b) }()
	return <-c
}

func transfer(w io.Writer, r io.Reader, errs chan error) {
	_, err := io.Copy(w, r)
	errs <- err // want `transfer sends to errs and may wait for ever: rivals.go:25 is where values are received, fewer than are sent`
}

func proxied(a, b io.ReadWriter) error {
	errs := make(chan error)
	go transfer(a, b, errs)
	go transfer(b, a, errs)
	return <-errs
}

// There is room for one more, and there are two.
func oneOfThree() error {
	errs := make(chan error, 1)
	go func() { errs <- os.Remove("a") }() // want `oneOfThree sends to errs and may wait for ever: rivals.go:34 is where values are received, fewer than are sent`
	go func() { errs <- os.Remove("b") }()
	go func() { errs <- os.Remove("c") }()
	return <-errs
}
