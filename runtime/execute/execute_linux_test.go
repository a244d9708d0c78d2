package execute

import "fmt"

const findsSessions = true

func alive(pid int) bool {
	state, _ := stat(fmt.Sprintf("/proc/%d", pid))
	return state != 0 && state != 'Z' && state != 'X'
}
