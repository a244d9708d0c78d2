// Package pattern has regular expressions that are compiled when they are
// first used. Most processes of lockstep read no comment and have no finding: go
// vet starts one for every dependency of a program, some hundreds, and what a
// package does when it is initialised each of them pays for.
package pattern

import (
	"regexp"
	"sync"
)

// A Regexp is a regular expression that cannot be wrong: a mistake in it is one
// of the source and panics when it is first used.
type Regexp func() *regexp.Regexp

// New returns the regular expression expr.
func New(expr string) Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// The methods are those of [regexp.Regexp].

func (re Regexp) MatchString(s string) bool                  { return re().MatchString(s) }
func (re Regexp) FindStringIndex(s string) []int             { return re().FindStringIndex(s) }
func (re Regexp) FindStringSubmatch(s string) []string       { return re().FindStringSubmatch(s) }
func (re Regexp) FindAllStringIndex(s string, n int) [][]int { return re().FindAllStringIndex(s, n) }
func (re Regexp) ReplaceAllString(s, repl string) string     { return re().ReplaceAllString(s, repl) }
func (re Regexp) Split(s string, n int) []string             { return re().Split(s, n) }
func (re Regexp) SubexpNames() []string                      { return re().SubexpNames() }
