// Package strict locks again at the end of a way with many conditions.
package strict

import "sync"

type log struct {
	mu      sync.Mutex
	lines   []string
	full    bool
	waiting int
	closed  bool
}

// Whoever calls write with the lock held knows that there is room.
func (l *log) fill() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write("a") // want `fill holds l.mu since line \d+ and calls write, which calls push, which calls help, which calls drain, which locks it again`
}

func (l *log) write(s string) {
	if !l.closed {
		l.push(s)
	}
}

func (l *log) push(s string) {
	for range 3 {
		if !l.full {
			l.lines = append(l.lines, s)
			return
		}
	}
	l.help(s)
}

func (l *log) help(s string) {
	if l.waiting > 0 {
		l.drain(s)
	}
}

func (l *log) drain(s string) {
	if s == "" {
		return
	}
	l.mu.Lock()
	l.lines = nil
	l.mu.Unlock()
}
