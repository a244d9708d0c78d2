package explore

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/runtime/instrument"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// Every note that the source makes is in the catalogue, with the arguments
// that it is given, and every one of the catalogue is made.
func TestNotes(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	made := regexp.MustCompile(`message\.New\((?:message\.Key\()?"([a-z-]+)"(.*)`)
	plain := regexp.MustCompile(`return "(install-[a-z]+)"`)
	used := make(map[message.Key]string)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "translate") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range made.FindAllStringSubmatch(string(src), -1) {
			used[message.Key(m[1])] = m[2]
			if strings.HasPrefix(m[2], "+forced") {
				used[message.Key(m[1]+"-forced")] = m[2]
			}
		}
		for _, m := range plain.FindAllStringSubmatch(string(src), -1) {
			used[message.Key(m[1])] = ""
		}
	}
	for key, args := range used {
		params, ok := notes.Params(message.English, key)
		if !ok {
			t.Errorf("there is no note %q", key)
		}
		for _, p := range params {
			if counted := strings.HasPrefix(string(key), "end-") && (p == "runs" || p == "total"); !counted && !strings.Contains(args, `"`+p+`"`) {
				t.Errorf("note %q wants {%s}, which is not given", key, p)
			}
		}
	}
	for _, key := range notes.Keys() {
		if _, ok := used[key]; !ok {
			t.Errorf("note %q is never made", key)
		}
	}
}

func TestLeftNative(t *testing.T) {
	list := []instrument.Native{{File: "/app/c.go", Reason: "it uses cgo"}}
	for line := range 5 {
		list = append(list, instrument.Native{File: "/app/a.go", Line: line + 1, Column: 2, Reason: "its type cannot be written here"})
	}
	const want = "c.go: it uses cgo\na.go:1, a.go:2, a.go:3, +2: its type cannot be written here"
	if got := leftNative(list); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for i := range 9 {
		list = append(list, instrument.Native{File: "/app/a.go", Reason: strconv.Itoa(i)})
	}
	if got := leftNative(list); strings.Count(got, "\n") != nativeReasons || !strings.HasSuffix(got, "\n...") {
		t.Errorf("of many reasons it tells %q", got)
	}
}

func TestStallCause(t *testing.T) {
	for cause, want := range map[string]string{
		"/app/main.go:12:3\tjobs":                       "jobs main.go:12",
		"goroutine in net.(*conn).Read at /go/net.go:5": "goroutine in net.(*conn).Read at /go/net.go:5",
	} {
		if got := stallCause(&schedule.Result{Cause: cause}); got != want {
			t.Errorf("%q is told as %q, want %q", cause, got, want)
		}
	}
}
