// Package goid tells goroutines apart. It has the functions of
// github.com/petermattis/goid that go-deadlock uses, without assembly, which the
// go command cannot overlay.
package goid

import (
	"bytes"
	"runtime"
	"strconv"
)

// Get is the number of the calling goroutine.
func Get() int64 {
	var buf [40]byte // "goroutine ", at most 19 digits, and a space
	return ExtractGID(buf[:runtime.Stack(buf[:], false)])
}

// ExtractGID is the number of the goroutine whose stack trace stack is, or 0
// if it is not one.
func ExtractGID(stack []byte) int64 {
	const prefix = "goroutine "
	if !bytes.HasPrefix(stack, []byte(prefix)) {
		return 0
	}
	stack = stack[len(prefix):]
	end := bytes.IndexByte(stack, ' ')
	if end < 0 {
		return 0
	}
	id, err := strconv.ParseInt(string(stack[:end]), 10, 64)
	if err != nil {
		return 0
	}
	return id
}
