package strict

import (
	"os"
	"time"
)

type log struct {
	file  *os.File
	timer *time.Timer
}

func (l *log) start() { l.timer = time.AfterFunc(time.Minute, l.sync) }

func (l *log) sync() { l.file.Sync() }

func (l *log) Close() error {
	return l.file.Close() // want `Close ends file but does not stop timer, the timer started at owner.go:13, whose function uses file`
}

type careful struct {
	file  *os.File
	timer *time.Timer
}

func (l *careful) start() { l.timer = time.AfterFunc(time.Minute, func() { l.file.Sync() }) }

func (l *careful) halt() { l.timer.Stop() }

func (l *careful) Close() error {
	l.halt()
	return l.file.Close()
}

type asking struct {
	file   *os.File
	closed bool
	timer  *time.Timer
}

// The function asks whether the file is closed.
func (l *asking) start() {
	l.timer = time.AfterFunc(time.Minute, func() {
		if !l.closed {
			l.file.Sync()
		}
	})
}

func (l *asking) Close() error {
	l.closed = true
	return l.file.Close()
}

type two struct {
	in, out *os.File
	timer   *time.Timer
}

// The timer uses another file.
func (l *two) start() { l.timer = time.AfterFunc(time.Minute, func() { l.in.Sync() }) }

func (l *two) Close() error { return l.out.Close() }
