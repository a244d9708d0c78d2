package stack

import (
	"regexp"
	"runtime"
	"strings"
	"testing"
)

func inner() []uintptr {
	pcs := make([]uintptr, 10)
	return pcs[:runtime.Callers(1, pcs)]
}

func TestPrint(t *testing.T) {
	var b strings.Builder
	Print(&b, inner())
	want := regexp.MustCompile(`^\S+/shim/stack\.inner\(\.\.\.\)\n\t/\S+/stack_test\.go:12\n` +
		`\S+/shim/stack\.TestPrint\(\.\.\.\)\n\t/\S+/stack_test\.go:17\n\n$`)
	if runtime.GOOS != "windows" && !want.MatchString(b.String()) {
		t.Errorf("Print wrote %q", b.String())
	}
	b.Reset()
	Print(&b, nil)
	if b.String() != "\n" {
		t.Errorf("Print of nothing wrote %q", b.String())
	}
}
