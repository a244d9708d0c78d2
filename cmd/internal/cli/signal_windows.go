package cli

import "os"

// StopSignals are the signals upon which a command stops what it is doing and
// still reports what it found.
func StopSignals() []os.Signal { return []os.Signal{os.Interrupt} }
