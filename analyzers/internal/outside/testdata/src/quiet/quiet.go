package quiet // want package:`outside: quiet Len, New, Node\.Data, Node\.Rename, Title; Node\.Attach writes #0\.Next; Node\.Remember writes last; Node\.Rename writes #0\.Name\}$`

// Package quiet has functions that do not synchronise, and some that do.

import (
	"os"
	"strings"
	"sync"
)

type Node struct {
	Name  string
	Next  *Node
	Ready chan bool
	Bytes []byte
	hook  func()
}

func Title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func (n *Node) Rename(s string) { n.Name = Title(s) }

func (n *Node) Data() []byte { return n.Bytes }

func (n *Node) Channel() chan bool { return n.Ready }

func (n *Node) Attach(m *Node) { n.Next = m }

func New(name string) *Node { return &Node{Name: name} }

func (n *Node) Wait() { <-n.Ready }

func (n *Node) Done() { close(n.Ready) }

func (n *Node) Hook() { n.hook() }

func (n *Node) Count() int {
	if n == nil {
		return 0
	}
	return 1 + n.Next.Count()
}

func Read(name string) string {
	data, _ := os.ReadFile(name)
	return string(data)
}

var mu sync.Mutex

func Locked() {
	mu.Lock()
	defer mu.Unlock()
}

func Start() { go Locked() }

var last *Node

func (n *Node) Remember() { last = n }

func Len(n *Node) int { return length(n) }

func length(n *Node) int {
	i := 0
	for ; n != nil; n = n.Next {
		i++
	}
	return i
}
