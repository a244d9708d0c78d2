// Package nils passes nil where a function is called.
package nils

import "sync"

var once sync.Once

func start(f func()) {
	once.Do(nil)           // want `Do is given nil for the function to call`
	_ = sync.OnceFunc(nil) // want `OnceFunc is given nil`
	var g func()
	_ = sync.OnceValue[int](nil) // want `OnceValue is given nil`
	var wg sync.WaitGroup
	wg.Go(g) // want `Go is given nil`
	wg.Go(f)
	once.Do(f)
	once.Do(func() {})
}

func maybe(set bool) {
	var f func()
	if set {
		f = func() {}
	}
	if f != nil {
		once.Do(f)
	}
}
