//go:build !windows

package cli

import (
	"os"
	"syscall"
)

// StopSignals are the signals upon which a command stops what it is doing and
// still reports what it found.
func StopSignals() []os.Signal {
	return []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
}
