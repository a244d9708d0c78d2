package quiet

import "testing"

func work() error { return nil }

func TestChannel(t *testing.T) {
	errs := make(chan error, 1)
	go func() { errs <- work() }()
	if err := <-errs; err != nil {
		t.Fatal(err)
	}
}

func TestError(t *testing.T) {
	done := make(chan bool)
	go func() {
		defer close(done)
		if err := work(); err != nil {
			t.Error(err)
		}
	}()
	<-done
}

func TestSubtest(t *testing.T) {
	t.Run("sub", func(t *testing.T) { t.Fatal("own goroutine") })
}
