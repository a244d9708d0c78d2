package strict

import (
	"os"
	"testing"
)

func TestRemove(t *testing.T) {
	done := make(chan error)
	go func() {
		done <- os.Remove("x") // want `TestRemove sends to done and may wait for ever: nobody receives from it if the call at strict_test.go:13 returns an error`
	}()
	if _, err := os.Stat("x"); err != nil {
		return
	}
	<-done
}

func TestFetch(t *testing.T) { Fetch("a") }
