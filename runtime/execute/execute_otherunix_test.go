//go:build unix && !linux

package execute

import "syscall"

const findsSessions = false

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }
