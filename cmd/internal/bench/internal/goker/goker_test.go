package goker

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

func TestLeaks(t *testing.T) {
	k := Kernel{leaks: []*regexp.Regexp{regexp.MustCompile(`\.worker\(.* \[chan send\]`)}}
	for _, c := range []struct {
		name, profile string
		want          bool
	}{
		{"leak", "goroutine 7 [chan send (leaked)]:\nmain.worker(0x1)\n\ta.go:1\n", true},
		{"second goroutine", "goroutine 6 [running]:\nmain.main()\n\ta.go:1\n\ngoroutine 7 [chan send (leaked)]:\nmain.worker(0x1)\n\ta.go:1\n", true},
		{"not leaked", "goroutine 7 [chan send]:\nmain.worker(0x1)\n\ta.go:1\n", false},
		{"another reason", "goroutine 7 [select (leaked)]:\nmain.worker(0x1)\n\ta.go:1\n", false},
		{"started by it", "goroutine 7 [chan send (leaked)]:\nmain.other()\n\ta.go:1\ncreated by main.worker(0x1) in goroutine 6\n\ta.go:1\n", false},
	} {
		if got := k.Leaks([]byte(c.profile)); got != c.want {
			t.Errorf("%s: %t, want %t", c.name, got, c.want)
		}
	}
}

// Only the loop that repeats the scenario is cut.
func TestCut(t *testing.T) {
	const src = `package main

func init() { register("Some1", Some1) }

func Some1() {
	for i := 0; i < 3; i++ {
	}
	for i := 0; i < 1000; i++ {
		for j := 0; j < 50; j++ {
		}
	}
}

func helper() {
	for i := 0; i < 1000; i++ {
	}
}
`
	const want = `package main

func init() { register("Some1", Some1) }

func Some1() {
	for i := 0; i < 3; i++ {
	}
	for i := 0; i < 1; i++ {
		for j := 0; j < 50; j++ {
		}
	}
}

func helper() {
	for i := 0; i < 1000; i++ {
	}
}
`
	goroot, dir := t.TempDir(), t.TempDir()
	folder := filepath.Join(goroot, kernelFolder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "some1.go"), []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	list, err := write(goroot, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || list[0].Name != "Some1" || !list[0].Cut {
		t.Errorf("kernels %+v", list)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "some1.go")); err != nil || string(got) != want {
		t.Errorf("%v, written\n%s", err, got)
	}
}
