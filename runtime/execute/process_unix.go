//go:build unix

package execute

import (
	"os"
	"syscall"
	"time"
)

// dump asks a Go program to print its goroutines and exit. It reports whether
// it could ask.
func (p *process) dump() bool { return p.cmd.Process.Signal(syscall.SIGQUIT) == nil }

// terminate asks the group to end. It reports whether it could ask.
func (p *process) terminate() bool { return p.signal(syscall.SIGTERM) == nil }

func (p *process) kill() { p.signal(syscall.SIGKILL) }

func (p *process) signal(s syscall.Signal) error { return syscall.Kill(-p.cmd.Process.Pid, s) }

// killStrays kills what outlived the leader of the group. Processes may beget
// others meanwhile, hence stop them all first, and look again until none is
// found. What is not gone after that many looks cannot be killed.
func (p *process) killStrays() {
	for range 200 {
		p.kill()
		pids := p.strays()
		for _, s := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGKILL} {
			for _, pid := range pids {
				syscall.Kill(pid, s)
			}
		}
		if len(pids) == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func endingSignal(s *os.ProcessState) string {
	if w, ok := s.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return w.Signal().String()
	}
	return ""
}
