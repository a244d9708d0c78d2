// Package strict has what only the strict tier reports.
package strict

import (
	"sync"
	"time"
)

func counts() {
	var wg sync.WaitGroup
	wg.Add(0) // want `wg.Add\(0\) changes nothing`
	wg.Add(3)
	wg.Add(-3) // want `wg.Add\(-3\) takes away`
	wg.Add(1)
	wg.Add(-1) // Done
	wg.Wait()
}

func timer() {
	time.AfterFunc(time.Hour, nil).Stop() // want `AfterFunc is given nil`
}
