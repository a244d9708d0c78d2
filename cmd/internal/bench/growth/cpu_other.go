//go:build !unix

package main

import "time"

var begun = time.Now()

// cpu is the time since the process began: here CPU time is not to be had.
func cpu() time.Duration { return time.Since(begun) }
