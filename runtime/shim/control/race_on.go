//go:build race

package control

import (
	"runtime"
	"unsafe"
)

// raceEnabled says that the program was built with the race detector.
const raceEnabled = true

// hide makes the race detector ignore synchronisation of this goroutine until
// show.
//
//go:norace
func hide() { runtime.RaceDisable() }

//go:norace
func show() { runtime.RaceEnable() }

//go:norace
func raceReports() int { return runtime.RaceErrors() }

//go:norace
func raceWrite(p unsafe.Pointer) { runtime.RaceWrite(p) }

//go:norace
func raceRelease(p unsafe.Pointer) { runtime.RaceReleaseMerge(p) }

//go:norace
func raceAcquire(p unsafe.Pointer) { runtime.RaceAcquire(p) }
