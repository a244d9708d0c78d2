package strict

import "testing"

func TestLeaves(t *testing.T) {
	go Hello() // want `TestLeaves returns without a wait for the goroutine started here: what it does may not be done`
}
