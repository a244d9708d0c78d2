package explore

import (
	"testing"

	"github.com/lockstep-go/lockstep/runtime/evidence"
)

func TestFunctions(t *testing.T) {
	const src = `package p

var hook = func() {
	x++
}

func plain() {
	go func() {
		x++
		defer func() { x-- }()
	}()
	wait(func() {
		x++
	})
}

func (t *tree[K]) add() {
	x++
}

func (leaf) add() { x++ }
`
	fs := &functions{
		source: func(string) ([]byte, error) { return []byte(src), nil },
		pkg:    func(string) string { return "example.com/p" },
	}
	for line, want := range map[int]string{
		1: "", 4: "example.com/p.glob..func1", 7: "example.com/p.plain", 8: "example.com/p.plain",
		9: "example.com/p.plain.func1", 10: "example.com/p.plain.func1.1", 13: "example.com/p.plain.func2",
		18: "example.com/p.(*tree[...]).add", 21: "example.com/p.leaf.add",
	} {
		list := []evidence.Evidence{{Operations: []evidence.Operation{{Stack: evidence.Stack{{File: "p.go", Line: line, User: true}, {File: "p.go", Line: line}}}}}}
		fs.name(list)
		if got := list[0].Operations[0].Stack; got[0].Func != want || got[1].Func != "" {
			t.Errorf("line %d is in %q, and in %q where it is nobody's; want %q and nothing", line, got[0].Func, got[1].Func, want)
		}
	}
}
