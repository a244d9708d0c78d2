// Package held acquires locks for others.
package held

import "sync"

type State struct {
	Mu sync.Mutex
	N  int
}

func (s *State) Begin() { s.Mu.Lock() }

func Lock(mu *sync.Mutex) { mu.Lock() }
