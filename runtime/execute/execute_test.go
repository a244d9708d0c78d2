//go:build unix

package execute

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The programs under test are this test binary, which acts as its argument
// says.
func TestMain(m *testing.M) {
	if act, ok := acts[os.Getenv("EXECUTE_TEST_ACT")]; ok {
		act()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

var acts = map[string]func(){
	"print": func() { fmt.Print("out"); fmt.Fprint(os.Stderr, "err"); os.Exit(7) },
	"stdin": func() {
		n, err := os.Stdin.Read(make([]byte, 1))
		fmt.Print(n, " ", err)
	},
	"sleep": func() { fmt.Println("ready"); time.Sleep(time.Hour) },
	"stubborn": func() {
		signal.Ignore(syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGINT)
		fmt.Println("ready")
		for {
			time.Sleep(time.Hour)
		}
	},
	"flood": func() {
		line := bytes.Repeat([]byte("x"), 1<<16)
		for {
			os.Stdout.Write(line)
		}
	},
	// Leaves behind a child in its group that holds its outputs.
	"fork": func() { child("stubborn", false) },
	// Leaves behind a child in a session of its own.
	"escape": func() { child("stubborn", true) },
	"crash":  func() { syscall.Kill(os.Getpid(), syscall.SIGSEGV); time.Sleep(time.Hour) },
}

func child(act string, session bool) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "EXECUTE_TEST_ACT="+act)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: session}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	fmt.Println("child", cmd.Process.Pid)
}

func command(act string) Command {
	return Command{
		Path:  os.Args[0],
		Env:   append(os.Environ(), "EXECUTE_TEST_ACT="+act, "GOTRACEBACK=all"),
		Grace: 200 * time.Millisecond,
	}
}

func TestFinished(t *testing.T) {
	r := Run(t.Context(), command("print"))
	if r.Outcome != (Finished{Exit: 7}) || r.Stdout.String() != "out" || r.Stderr.String() != "err" {
		t.Errorf("Run = %v, stdout %q, stderr %q", r.Outcome, r.Stdout, r.Stderr)
	}
	if r := Run(t.Context(), command("stdin")); r.Stdout.String() != "0 EOF" {
		t.Errorf("reading standard input gave %q, want 0 EOF", r.Stdout)
	}
	if r := Run(t.Context(), command("crash")); r.Outcome.(Finished).Exit == 0 {
		t.Errorf("Run of a crash = %v", r.Outcome)
	}
}

func TestStartFailed(t *testing.T) {
	c := command("print")
	c.Path = t.TempDir() + "/none"
	if o, ok := Run(t.Context(), c).Outcome.(StartFailed); !ok || !strings.Contains(o.String(), "none") {
		t.Errorf("Outcome = %v", o)
	}
}

func TestTimeout(t *testing.T) {
	const limit = 500 * time.Millisecond
	for _, test := range []struct {
		act    string
		dump   bool
		forced bool
		stderr string
	}{
		{"sleep", false, false, ""},
		{"sleep", true, false, "[sleep"},
		{"stubborn", false, true, ""},
		{"stubborn", true, true, ""},
	} {
		c := command(test.act)
		c.Timeout, c.Dump = limit, test.dump
		r := Run(t.Context(), c)
		if r.Outcome != (TimedOut{limit}) || r.Forced != test.forced || r.Stdout.String() != "ready\n" {
			t.Errorf("%s, dump %t: %v, forced %t, printed %q", test.act, test.dump, r.Outcome, r.Forced, r.Stdout)
		}
		if !strings.Contains(r.Stderr.String(), test.stderr) {
			t.Errorf("%s, dump %t: stderr has no %q:\n%.500s", test.act, test.dump, test.stderr, r.Stderr)
		}
	}
}

func TestOutputLimit(t *testing.T) {
	c := command("flood")
	c.MaxOutput = 6 << 20
	r := Run(t.Context(), c)
	if r.Outcome != (OutputLimit{6 << 20}) {
		t.Errorf("Outcome = %v", r.Outcome)
	}
	if len(r.Stdout.Head) != keepHead || len(r.Stdout.Tail) != keepTail || r.Stdout.Size <= 6<<20 {
		t.Errorf("kept %d and %d of %d bytes", len(r.Stdout.Head), len(r.Stdout.Tail), r.Stdout.Size)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		time.Sleep(100 * time.Millisecond)
		cancel()
	}()
	if r := Run(ctx, command("stubborn")); r.Outcome != (Interrupted{}) {
		t.Errorf("Outcome = %v", r.Outcome)
	}
	if r := Run(ctx, command("sleep")); r.Outcome != (Interrupted{}) {
		t.Errorf("Outcome under a cancelled context = %v", r.Outcome)
	}
}

// What a program leaves running is killed, counted, and does not keep its
// output open.
func TestStrays(t *testing.T) {
	for _, act := range []string{"fork", "escape"} {
		if act == "escape" && !findsSessions {
			continue
		}
		r := Run(t.Context(), command(act))
		if r.Outcome != (Finished{}) || r.Strays != 1 {
			t.Errorf("%s: %v, %d strays", act, r.Outcome, r.Strays)
		}
		var pid int
		if _, err := fmt.Sscanf(strings.Replace(r.Stdout.String(), "ready\n", "", 1), "child %d", &pid); err != nil {
			t.Fatalf("%s: %v in %q", act, err, r.Stdout)
		}
		if alive(pid) {
			t.Errorf("%s: the child is still alive", act)
		}
	}
}

func TestBuffer(t *testing.T) {
	const text = "abcdefghijklmnopqrstuvwxyz"
	for size := range len(text) {
		for chunk := 1; chunk <= size; chunk++ {
			b := buffer{maxHead: 4, maxTail: 5}
			for rest := text[:size]; rest != ""; {
				k := min(chunk, len(rest))
				b.Write([]byte(rest[:k]))
				rest = rest[k:]
			}
			o := b.output()
			want := Output{Head: []byte(text[:size]), Size: int64(size)}
			if size > 9 {
				want = Output{Head: []byte(text[:4]), Tail: []byte(text[size-5 : size]), Size: int64(size)}
			}
			if string(o.Head) != string(want.Head) || string(o.Tail) != string(want.Tail) || o.Size != want.Size {
				t.Fatalf("%d bytes by %d: %q %q %d", size, chunk, o.Head, o.Tail, o.Size)
			}
		}
	}
	o := Output{Head: []byte("ab"), Tail: []byte("yz"), Size: 26}
	if got, want := o.String(), "ab\n... 22 bytes left out ...\nyz"; got != want {
		t.Errorf("String = %q, want %q", got, want)
	}
}
