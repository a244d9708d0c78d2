// Package exitcode names the exit statuses of every lockstep command.
package exitcode

// A Code is a process exit status. Of several outcomes in one run the
// greatest is reported: findings do not hide that a package failed to build.
type Code int

const (
	Clean    Code = 0 // nothing found
	Findings Code = 1 // at least one finding
	Usage    Code = 2 // the command line was wrong
	Failed   Code = 3 // the tool failed, or a program could not be loaded or built
	Limit    Code = 4 // stopped by a limit: time, output, processes or an interrupt
)
