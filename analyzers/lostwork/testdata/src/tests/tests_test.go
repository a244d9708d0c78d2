package tests

import "testing"

func TestLate(t *testing.T) {
	for i := range 3 {
		go func() { // want `TestLate returns without a wait for the goroutine started here, which uses t: it reports too late, and panics then`
			if Add(i, 1) != i+1 {
				t.Error("wrong sum")
			}
		}()
	}
}

func TestWaits(t *testing.T) {
	done := make(chan bool)
	go func() {
		if Add(1, 1) != 2 {
			t.Error("wrong sum")
		}
		close(done)
	}()
	<-done
}

func TestLeaves(t *testing.T) {
	go println(Add(1, 1))
	go func() {
		println(Add(1, 1))
	}()
}
