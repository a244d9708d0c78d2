//go:build !linux

package turns

import "os"

// peakMemory is not known: systems count it in different units or not at all.
func peakMemory(*os.ProcessState) int64 { return 0 }
