package turns

import (
	"os"
	"syscall"
)

// peakMemory is the largest resident set of the process or of a process that
// it waited for, such as a go command.
func peakMemory(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return usage.Maxrss << 10 // Linux counts in kilobytes
}
