package execute

import (
	"fmt"
	"os"
	"time"
)

// An Output is what a program printed on one of its outputs. Of a long output
// the middle is left out.
type Output struct {
	Head []byte
	Tail []byte // empty if nothing is left out
	Size int64  // bytes printed
}

// Omitted is the number of bytes left out between Head and Tail.
func (o Output) Omitted() int64 { return o.Size - int64(len(o.Head)) - int64(len(o.Tail)) }

// Bytes is the output with a line in place of what was left out.
func (o Output) Bytes() []byte {
	if len(o.Tail) == 0 {
		return o.Head
	}
	gap := fmt.Sprintf("\n... %d bytes left out ...\n", o.Omitted())
	b := make([]byte, 0, len(o.Head)+len(gap)+len(o.Tail))
	b = append(b, o.Head...)
	b = append(b, gap...)
	return append(b, o.Tail...)
}

func (o Output) String() string { return string(o.Bytes()) }

// A buffer keeps the first and the last bytes of what is written to it.
type buffer struct {
	maxHead, maxTail int
	head             []byte
	tail             []byte // a ring once it is full
	next             int    // where the ring's oldest byte is
	size             int64
}

func (b *buffer) Write(p []byte) (int, error) {
	n := len(p)
	b.size += int64(n)
	if room := b.maxHead - len(b.head); room > 0 {
		k := min(room, len(p))
		b.head = append(b.head, p[:k]...)
		p = p[k:]
	}
	if len(p) > b.maxTail {
		p = p[len(p)-b.maxTail:]
	}
	if room := b.maxTail - len(b.tail); room > 0 {
		k := min(room, len(p))
		b.tail = append(b.tail, p[:k]...)
		p = p[k:]
	}
	for len(p) > 0 {
		k := copy(b.tail[b.next:], p)
		b.next = (b.next + k) % b.maxTail
		p = p[k:]
	}
	return n, nil
}

func (b *buffer) output() Output {
	tail := append(append([]byte(nil), b.tail[b.next:]...), b.tail[:b.next]...)
	if int64(len(b.head)+len(tail)) == b.size {
		return Output{Head: append(b.head, tail...), Size: b.size}
	}
	return Output{Head: b.head, Tail: tail, Size: b.size}
}

// A reader drains a pipe into a buffer until the pipe's last writer is gone.
type reader struct {
	file *os.File
	done chan struct{} // closed when the goroutine that fills buf has ended
	buf  buffer
}

// newReader starts to drain file. It calls exceeded, perhaps more than once,
// when more than limit bytes came.
func newReader(file *os.File, head int, limit int64, exceeded func()) *reader {
	r := &reader{file: file, done: make(chan struct{}), buf: buffer{maxHead: head, maxTail: keepTail}}
	go func() {
		defer close(r.done)
		chunk := make([]byte, 32<<10)
		for {
			n, err := file.Read(chunk)
			r.buf.Write(chunk[:n])
			if r.buf.size > limit {
				exceeded()
			}
			if err != nil {
				return
			}
		}
	}()
	return r
}

// finish ends the reader and returns what it read. Whoever still holds the
// pipe's other end after the processes were killed is not waited for.
func (r *reader) finish() Output {
	t := time.NewTimer(time.Second)
	defer t.Stop()
	select {
	case <-r.done:
	case <-t.C:
	}
	r.file.Close() // unblocks the goroutine
	<-r.done
	return r.buf.output()
}
