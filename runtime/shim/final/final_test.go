package final

import (
	"runtime"
	"testing"
)

func TestBegin(t *testing.T) {
	var e Ending
	func() {
		defer func() { recover() }()
		defer func() {
			if e.Begin() {
				t.Error("Begin is true while panicking")
			}
		}()
		panic("on purpose")
	}()
	exited := make(chan bool)
	go func() {
		defer close(exited)
		defer func() {
			if e.Begin() {
				t.Error("Begin is true in Goexit")
			}
		}()
		runtime.Goexit()
	}()
	<-exited
}

func TestBeginOnce(t *testing.T) {
	var e Ending
	begun := 0
	for range 3 {
		func() {
			defer func() {
				if e.Begin() {
					begun++
				}
			}()
		}()
	}
	if begun != 1 {
		t.Errorf("Begin was true %d times", begun)
	}
}
