// Package controltest has the functions that tests under control call.
package controltest

import "testing"

func Test(t *testing.T, at string) func()                               { return func() {} }
func Run(t *testing.T, name string, f func(*testing.T), at string) bool { return t.Run(name, f) }
func Parallel(t *testing.T, at string)                                  { t.Parallel() }
