//go:build unix && !linux

package execute

import "syscall"

func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// countStrays is 1 if the process group has members left.
func (p *process) countStrays() int {
	if p.signal(0) == nil {
		return 1
	}
	return 0
}

// strays is empty: only the process group is known on this system.
func (p *process) strays() []int { return nil }
