package execute

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

func (p *process) countStrays() int { return len(p.strays()) }

// strays lists the living processes that are in the group, or whose
// environment names the run.
func (p *process) strays() (pids []int) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	mark := []byte(runVariable + "=" + p.run)
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		dir := filepath.Join("/proc", e.Name())
		state, group := stat(dir)
		if state == 0 || state == 'Z' || state == 'X' {
			continue // gone, or only its exit status is left
		}
		// The environment of processes of other users cannot be read.
		if env, _ := os.ReadFile(filepath.Join(dir, "environ")); group == p.cmd.Process.Pid || bytes.Contains(env, mark) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// stat is the state of a process and its group, 0 if there is no such process.
func stat(dir string) (state byte, group int) {
	text, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return 0, 0
	}
	// pid (name) state parent group ...; the name may hold anything.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 3 {
		return 0, 0
	}
	group, _ = strconv.Atoi(string(fields[2]))
	return fields[0][0], group
}
