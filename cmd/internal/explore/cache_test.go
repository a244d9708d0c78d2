package explore

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestCache(t *testing.T) {
	root, now := t.TempDir(), time.Now()
	program := filepath.Join(t.TempDir(), "lockstep")
	if err := os.WriteFile(program, []byte("one"), 0o755); err != nil {
		t.Fatal(err)
	}
	c := openCache(root, program, now)
	if _, ok := c.Get("a"); ok {
		t.Error("an empty cache has an entry")
	}
	c.Put("a", []byte("data"))
	c.Put("old", []byte("data"))
	if data, ok := c.Get("a"); !ok || string(data) != "data" {
		t.Errorf("Get = %q, %t", data, ok)
	}
	long := now.Add(-2 * unused)
	if err := os.Chtimes(filepath.Join(c.dir, "old"), long, long); err != nil {
		t.Fatal(err)
	}
	// The same program finds its entries again, but for those that nobody used.
	again := openCache(root, program, now.Add(2*between))
	if _, ok := again.Get("a"); !ok {
		t.Error("a used entry is gone")
	}
	if _, ok := again.Get("old"); ok {
		t.Error("an unused entry is still there")
	}
	if err := os.WriteFile(program, []byte("another"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, ok := openCache(root, program, now).Get("a"); ok {
		t.Error("another program finds the entry")
	}
	if left, _ := filepath.Glob(filepath.Join(c.dir, "new*")); left != nil {
		t.Errorf("left behind: %q", left)
	}
}

// Without a place for it nothing is kept, and nothing fails.
func TestNoCache(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if c := openCache(file, file, time.Now()); c != nil {
		t.Error("a cache below a file")
	}
	if c := openCache("", file, time.Now()); c != nil {
		t.Error("a cache nowhere")
	}
}
