// Package stack prints call stacks as the runtime does, which has the exact
// line of every call, inlined ones included. go-deadlock's own way prints one line
// less than that to which a call returns.
package stack

import (
	"fmt"
	"io"
	"runtime"
	"strings"
)

// Print prints the stack that runtime.Callers returned, without the frames of
// the detector at its top and of the runtime at its bottom, and an empty line.
func Print(w io.Writer, pcs []uintptr) {
	frames := runtime.CallersFrames(pcs)
	top := true
	for len(pcs) > 0 {
		f, more := frames.Next()
		if f.Function == "runtime.goexit" || f.Function == "runtime.main" || f.Function == "testing.tRunner" {
			break
		}
		top = top && detector(f.Function)
		if !top && f.Function != "" {
			fmt.Fprintf(w, "%s(...)\n\t%s:%d\n", f.Function, f.File, f.Line)
		}
		if !more {
			break
		}
	}
	fmt.Fprintln(w)
}

// detector reports whether a function is a method of go-deadlock's locks, in
// its own package or laid into the program, or the promotion of one.
func detector(function string) bool {
	i := strings.LastIndexByte(function, '/')
	return strings.HasPrefix(function[i+1:], "godeadlock.") || strings.HasPrefix(function[i+1:], "go-deadlock.")
}
