package checkthenact_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lockstep-go/lockstep/analyzers/checkthenact"
)

// Of a function that depends on very much that it has done before the nearest is
// looked at, and who decides too often for all of it to be looked at counts as having
// validated what was read. The shapes are within a limit, and beyond it.
func TestLimits(t *testing.T) {
	var src strings.Builder
	src.WriteString(`package p

import (
	"sync"
	"sync/atomic"
)

type T struct {
	mu    sync.Mutex
	n     int
	m     map[string]int
	state atomic.Int64
}
`)
	for _, test := range []struct {
		name           string
		body           func(n int) string
		within, beyond []int // sizes that are reported, and that are not
	}{
		{"tests", manyTests, []int{1, 63}, []int{64, 200}},
		{"sum", longSum, []int{1, 255}, []int{256, 300}},
		{"decisions", manyDecisions, []int{1, 64}, []int{65, 200}},
		{"condition", longCondition, []int{1, 999}, []int{1000}},
		{"states", manyStates, []int{1, 64, 65, 200}, nil},
	} {
		write := func(sizes []int, want string) {
			for _, n := range sizes {
				body := strings.Replace(test.body(n), "HERE", want, 1)
				fmt.Fprintf(&src, "\nfunc (t *T) %s%d(n int) {\n%s}\n", test.name, n, body)
			}
		}
		write(test.within, `// want "t\\."`)
		write(test.beyond, "")
	}
	dir, clean, err := analysistest.WriteFiles(map[string]string{"p/p.go": src.String()})
	if err != nil {
		t.Fatal(err)
	}
	defer clean()
	strict(t)
	analysistest.Run(t, dir, checkthenact.Analyzer, "p")
}

// manyTests decides on a write, and then n times by other elements of the map.
func manyTests(n int) string {
	const test = "\tt.mu.Lock()\n\tif t.m[%q] > n {\n\t\tt.mu.Unlock()\n\t\treturn\n\t}\n\tt.mu.Unlock()\n"
	return fmt.Sprintf(test, "a") + strings.Repeat(fmt.Sprintf(test, "b"), n) + "\tt.mu.Lock()\n\tt.m[\"a\"] = 0 HERE\n\tt.mu.Unlock()\n"
}

const readFirst = "\tt.mu.Lock()\n\tm := t.n\n\tt.mu.Unlock()\n"

// longSum writes what it has read and n numbers.
func longSum(n int) string {
	return readFirst + strings.Repeat("\tm += n\n", n) + "\tt.mu.Lock()\n\tt.n = m HERE\n\tt.mu.Unlock()\n"
}

// manyDecisions decides n times in the section of the write, by nothing that it finds
// there.
func manyDecisions(n int) string {
	return readFirst + "\tif m > 0 {\n\t\treturn\n\t}\n\tt.mu.Lock()\n\tdefer t.mu.Unlock()\n" +
		strings.Repeat("\tif n == 1 {\n\t\treturn\n\t}\n", n) + "\tt.n = 1 HERE\n"
}

// longCondition decides in the section of the write by a sum of n numbers.
func longCondition(n int) string {
	return readFirst + "\tif m > 0 {\n\t\treturn\n\t}\n\ts := n\n" + strings.Repeat("\ts += n\n", n) +
		"\tt.mu.Lock()\n\tdefer t.mu.Unlock()\n\tif s == 1 {\n\t\treturn\n\t}\n\tt.n = 1 HERE\n"
}

// manyStates stores an atomic variable behind n tests of it.
func manyStates(n int) string {
	return "\ts := t.state.Load()\n" + strings.Repeat("\tif s == 3 {\n\t\treturn\n\t}\n", n) + "\tt.state.Store(1) HERE\n"
}
