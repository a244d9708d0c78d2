package detect

import (
	"regexp"
	"sync"
)

// A pattern is a regular expression that is compiled when it is first used.
// Most processes of lockstep read no detector's output: go vet starts one for
// every dependency of a program, and what each does first all of them pay.
type pattern func() *regexp.Regexp

func newPattern(expr string) pattern {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

func (p pattern) Match(b []byte) bool                  { return p().Match(b) }
func (p pattern) MatchString(s string) bool            { return p().MatchString(s) }
func (p pattern) FindString(s string) string           { return p().FindString(s) }
func (p pattern) FindStringSubmatch(s string) []string { return p().FindStringSubmatch(s) }
func (p pattern) ReplaceAllString(s, repl string) string {
	return p().ReplaceAllString(s, repl)
}
