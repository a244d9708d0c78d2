package noisy

import "testing"

func work() error { return nil }

func TestLiteral(t *testing.T) {
	go func() {
		if err := work(); err != nil {
			t.Fatal(err) // want `^\(\*testing\.T\)\.Fatal is called in a goroutine that is not the test's`
		}
	}()
}

func helper(b *testing.B) {
	b.FailNow()
}

func BenchmarkHelper(b *testing.B) {
	go helper(b) // want `^helper calls \(\*testing\.B\)\.FailNow, and runs in a goroutine that is not the test's here`
}
