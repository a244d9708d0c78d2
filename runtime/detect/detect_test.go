package detect

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/runtime/evidence"
)

func log(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".log")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A run is killed at any byte: the reports that were complete are found, and
// the one that was cut is either whole, or says that it is truncated.
func TestTruncated(t *testing.T) {
	data := log(t, "race-nested")
	whole := Races(data, options())
	if len(whole) != 4 {
		t.Fatalf("%d reports, want 4", len(whole))
	}
	// Each report begins and ends with a rule.
	complete := func(part []byte) int { return bytes.Count(part, []byte(raceRule)) / 2 }
	for i := range data {
		got := Races(data[:i], options())
		want := complete(data[:i])
		if len(got) != want && len(got) != want+1 {
			t.Fatalf("%d of %d bytes: %d reports, want %d, and at most one more", i, len(data), len(got), want)
		}
		for j, e := range got {
			switch {
			case j < want && e.Truncated:
				t.Fatalf("%d bytes: complete report %d is called truncated", i, j)
			case j < want && e.Key() != whole[j].Key():
				t.Fatalf("%d bytes: report %d has key %v, want %v", i, j, e.Key(), whole[j].Key())
			case j >= want && !e.Truncated:
				t.Fatalf("%d bytes: report %d is not called truncated:\n%s", i, j, e.Raw)
			}
		}
	}
}

// The detector can fail to restore a stack; the other side is still known.
func TestRaceLostStack(t *testing.T) {
	text := `==================
WARNING: DATA RACE
Write at 0x00c000094028 by goroutine 8:
  main.f()
      /home/user/app/main.go:10 +0x44

Previous read at 0x00c000094028 by main goroutine:
  [failed to restore the stack]

Goroutine 8 (finished) created at:
  [failed to restore the stack]
==================
`
	got := Races([]byte(text), options())
	if len(got) != 1 || !got[0].Truncated || len(got[0].Operations) != 2 || len(got[0].Operations[1].Stack) != 0 {
		t.Fatalf("evidence:\n%s", format(got))
	}
	if want := "data-race /home/user/app/main.go:10, ?"; got[0].Key().String() != want {
		t.Errorf("key %q, want %q", got[0].Key(), want)
	}
	if got[0].Raw != text {
		t.Errorf("text is not the whole report:\n%s", got[0].Raw)
	}
}

func TestRaceLimit(t *testing.T) {
	got := Races([]byte("working...race: limit on 8128 simultaneously alive goroutines is exceeded, dying\n"), options())
	if len(got) != 1 || got[0].Kind != evidence.RaceLimit {
		t.Fatalf("evidence:\n%s", format(got))
	}
}

// A report whose lines are torn apart by what the program prints.
func TestRaceInterleaved(t *testing.T) {
	clean := string(log(t, "race-counter"))
	want := Races([]byte(clean), options())
	torn := strings.ReplaceAll(clean, "\n", "\nprogress: 10%\n\n{ \"a\": [1] }\n")
	torn = strings.Replace(torn, raceRule, "no newline"+raceRule, 1)
	got := Races([]byte(torn), options())
	if len(got) != 1 || got[0].Key() != want[0].Key() || got[0].Truncated {
		t.Fatalf("evidence:\n%s\nwant:\n%s", format(got), format(want))
	}
	if strings.Contains(got[0].Raw, "progress") {
		t.Errorf("text has lines of the program:\n%s", got[0].Raw)
	}
}

// No line is too long.
func TestLongLines(t *testing.T) {
	long := strings.Repeat("x", 10<<20) + "\n"
	data := append([]byte(long), log(t, "race-counter")...)
	data = append(data, long...)
	data = append(data, log(t, "crash-send")...)
	got := All(data, options())
	if len(got) != 2 || got[0].Kind != evidence.DataRace || got[1].Kind != evidence.SendOnClosed {
		t.Errorf("evidence:\n%s", format(got))
	}
}

func TestCarriageReturns(t *testing.T) {
	for _, name := range []string{"race-counter", "lock-order", "crash-asleep", "leak-debug1", "leak-debug2"} {
		data := log(t, name)
		want := All(data, options())
		got := All(bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n")), options())
		if !bytes.Equal(format(got), format(want)) {
			t.Errorf("%s with CRLF:\n%s\nwant:\n%s", name, format(got), format(want))
		}
	}
}

// What a program prints of panics that it recovered is no crash.
func TestNoCrash(t *testing.T) {
	stack := `goroutine 7 [running]:
runtime/debug.Stack()
	/usr/local/go/src/runtime/debug/stack.go:26 +0x5e
main.main.func1()
	/home/user/app/main.go:12 +0x4c
`
	for name, text := range map[string]string{
		"recovered and printed": "panic: handled\nand on it goes\n",
		"with its stack":        "panic: handled\n\n" + stack,
		"in a log line":         "2026/01/02 15:04:05 recovered panic: handled\n" + stack,
		"net/http":              "2026/01/02 15:04:05 http: panic serving 127.0.0.1:1: boom\n" + strings.Replace(stack, "runtime/debug.Stack", "net/http.(*conn).serve.func1", 1),
		"in prose":              "do not panic: all is well\nfatal error: none so far\nbye\n",
		"profile of goroutines": string(log(t, "leak-debug2")),
	} {
		if got := Crashes([]byte(text), options()); len(got) != 0 {
			t.Errorf("%s:\n%s", name, format(got))
		}
	}
}

// A program that ended well cannot have crashed, however much it looks so.
func TestSurvived(t *testing.T) {
	opt := options()
	if got := Crashes(log(t, "crash-send"), opt); len(got) != 1 {
		t.Fatalf("evidence:\n%s", format(got))
	}
	opt.Survived = true
	if got := Crashes(log(t, "crash-send"), opt); len(got) != 0 {
		t.Errorf("evidence of a run that ended with status 0:\n%s", format(got))
	}
}

// Without source, a lock site stays on the line that go-deadlock prints.
func TestLockLineWithoutSource(t *testing.T) {
	opt := options()
	opt.Source = nil
	got := Locks(log(t, "lock-inexact"), opt)
	if len(got) != 1 {
		t.Fatalf("evidence:\n%s", format(got))
	}
	if want := "lock-timeout /home/user/app/dlleft/main.go:21, /home/user/app/dlleft/main.go:29"; got[0].Key().String() != want {
		t.Errorf("key %q, want %q", got[0].Key(), want)
	}
}

// A copy of go-deadlock may print frames as the runtime does.
func TestLockRuntimeFrames(t *testing.T) {
	text := `POTENTIAL DEADLOCK: Recursive locking:
current goroutine 7 lock 0xc000060020
example.com/app.(*store).Len(...)
	/home/user/app/store.go:16
example.com/app.(*store).Add(...)
	/home/user/app/store.go:24

Previous place where the lock was grabbed (same goroutine)
example.com/app.(*store).Add(...)
	/home/user/app/store.go:22

`
	want := `recursive-lock lock 0xc000060020
	key recursive-lock /home/user/app/store.go:16, /home/user/app/store.go:22
	raw 10 lines
	lock at 0xc000060020 goroutine 7
		* example.com/app.(*store).Len /home/user/app/store.go:16
		* example.com/app.(*store).Add /home/user/app/store.go:24
	hold previous at 0xc000060020 goroutine 7
		* example.com/app.(*store).Add /home/user/app/store.go:22
`
	if got := string(format(Locks([]byte(text), options()))); got != want {
		t.Errorf("evidence:\n%s\nwant:\n%s", got, want)
	}
}

// The same bug in other words: kinds by the first words of a crash.
func TestCrashKinds(t *testing.T) {
	for header, want := range map[string]evidence.Kind{
		"fatal error: all goroutines are asleep - deadlock!":                       evidence.AllAsleep,
		"fatal error: no goroutines (main called runtime.Goexit) - deadlock!":      evidence.AllAsleep,
		"panic: deadlock: all goroutines in bubble are blocked [recovered]":        evidence.AllAsleep,
		"fatal error: concurrent map writes":                                       evidence.ConcurrentMap,
		"fatal error: concurrent map read and map write":                           evidence.ConcurrentMap,
		"fatal error: concurrent map iteration and map write":                      evidence.ConcurrentMap,
		"fatal error: sync: unlock of unlocked mutex":                              evidence.UnlockUnlocked,
		"fatal error: sync: Unlock of unlocked RWMutex":                            evidence.UnlockUnlocked,
		"fatal error: sync: RUnlock of unlocked RWMutex":                           evidence.UnlockUnlocked,
		"panic: sync: negative WaitGroup counter [recovered, repanicked]":          evidence.NegativeCounter,
		"panic: sync: WaitGroup misuse: Add called concurrently with Wait":         evidence.WaitGroupReuse,
		"panic: sync: WaitGroup is reused before previous Wait has returned":       evidence.WaitGroupReuse,
		"fatal error: sync: WaitGroup.Add called from multiple synctest bubbles":   evidence.WaitGroupReuse,
		"panic: send on closed channel":                                            evidence.SendOnClosed,
		"panic: close of closed channel":                                           evidence.CloseOfClosed,
		"panic: close of nil channel":                                              evidence.CloseOfClosed,
		"panic: sync.Cond is copied":                                               evidence.CopiedSync,
		"panic: Log in goroutine after TestX has completed: late":                  evidence.LateTest,
		"panic: test timed out after 10m0s":                                        evidence.Stopped,
		"SIGQUIT: quit":                                                            evidence.Stopped,
		"panic: boom":                                                              evidence.Panic,
		"panic: runtime error: integer divide by zero":                             evidence.Panic,
		"fatal error: stack overflow":                                              evidence.FatalError,
		"fatal error: runtime: out of memory":                                      evidence.FatalError,
		"SIGSEGV: segmentation violation":                                          evidence.FatalError,
		"fatal error: small map with no empty slot (concurrent map writes?)":       evidence.ConcurrentMap,
		"fatal error: all goroutines are asleep - deadlock! [more words some day]": evidence.AllAsleep,
	} {
		text := header + "\n\ngoroutine 1 [running]:\nmain.main()\n\t/home/user/app/main.go:5 +0x1d\n\tx\nexit status 2\n"
		got := Crashes([]byte(text), options())
		if len(got) != 1 || got[0].Kind != want {
			t.Errorf("%s: want kind %s, got:\n%s", header, want, format(got))
		}
	}
}

// go test prints several packages one after another.
func TestSeveralCrashes(t *testing.T) {
	var data []byte
	for _, name := range []string{"crash-test-testpanic", "crash-test-teststuck", "race-test", "crash-test-testbubble"} {
		data = append(data, log(t, name)...)
	}
	var kinds []string
	for _, e := range All(data, options()) {
		kinds = append(kinds, string(e.Kind)+" "+e.Test)
	}
	want := "data-race TestAdd,race-verdict TestAdd,panic TestPanic,hang TestStuck/sub,all-asleep TestBubble"
	if got := strings.Join(kinds, ","); got != want {
		t.Errorf("evidence %s, want %s", got, want)
	}
}
