package execute

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

func processAttributes() *syscall.SysProcAttr {
	// A group of its own, so that a Ctrl-C at the console does not reach it.
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

func (p *process) dump() bool      { return false }
func (p *process) terminate() bool { return false }

// kill kills the process and its children, as far as they can still be found
// through it.
func (p *process) kill() {
	exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(p.cmd.Process.Pid)).Run()
	p.cmd.Process.Kill()
}

func (p *process) countStrays() int { return 0 }
func (p *process) killStrays()      {}

func endingSignal(*os.ProcessState) string { return "" }
