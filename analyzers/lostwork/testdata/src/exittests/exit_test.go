package exittests

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	os.Exit(m.Run()) // want `os.Exit ends the program here without the call that is deferred at exit_test.go:13 \(os.RemoveAll\)`
}
