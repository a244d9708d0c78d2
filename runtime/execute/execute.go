// Package execute runs programs that are not to be trusted to end: programs
// with concurrency bugs block, spin, print without end, ignore SIGTERM and
// leave children behind.
//
// # What is promised
//
// [Run] returns when the program is over, whatever the program does, and
// nothing that it started is left running: neither its process group nor, on
// Linux, a descendant that moved to a group or session of its own. Every way
// of ending is an [Outcome], a value to report. A Go error never stands for
// one.
//
// # How a program is stopped
//
// The child leads a process group of its own, so that a Ctrl-C at the terminal
// reaches lockstep alone, which then decides. To stop the child the group gets
// SIGTERM, and SIGKILL after [Command.Grace]. On a timeout the child itself can
// be sent SIGQUIT before that ([Command.Dump]), upon which a Go program prints
// the stacks of all of its goroutines and exits. Descendants that left the group
// are found by an environment variable that they inherit; one that clears its
// environment and leaves the group as well is not found. Should lockstep itself
// die, Linux kills the child.
//
// On Windows there are no groups to signal: the tree of processes is killed
// without asking.
package execute

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"sync"
	"time"
)

// A Command is a program to run. Its standard input is empty.
type Command struct {
	Path string   // of the executable, absolute
	Args []string // without the program's name
	Dir  string
	Env  []string // complete; see [os.Environ]

	// Timeout stops the program after that time. Zero means never.
	Timeout time.Duration
	// Grace is how long the program may take to end when asked to, before it
	// is killed. Zero means [DefaultGrace].
	Grace time.Duration
	// Dump asks for the stacks of all goroutines when Timeout has passed. It
	// has no effect on Windows.
	Dump bool
	// MaxOutput stops the program when either of its outputs exceeds this many
	// bytes. Zero means [DefaultMaxOutput].
	MaxOutput int64
	// KeepAll keeps all of an output within MaxOutput, rather than its
	// beginning and its end.
	KeepAll bool
}

const (
	DefaultGrace     = 2 * time.Second
	DefaultMaxOutput = 32 << 20
)

// What is kept of an output that is longer than keepHead+keepTail.
const (
	keepHead = 1 << 20
	keepTail = 3 << 20
)

// lingering is how long children of an ended program may take to end too
// before they count as left behind.
const lingering = 200 * time.Millisecond

// runVariable is the environment variable by which descendants are known.
const runVariable = "LOCKSTEP_RUN"

func (c *Command) maxOutput() int64 { return cmp.Or(max(c.MaxOutput, 0), DefaultMaxOutput) }

// A Result is what a run came to.
type Result struct {
	Outcome        Outcome
	Stdout, Stderr Output
	Duration       time.Duration
	// CPU is the time, of the user and the system, that the program took with those of
	// its children that it waited for.
	CPU time.Duration
	// Forced says that the program did not end when asked to, and was killed.
	Forced bool
	// Strays is the number of other processes that the program had left
	// running when it ended, all of which were killed. At least one is counted
	// where the system cannot tell how many.
	Strays int
}

// An Outcome is the way in which a run ended: one of [Finished], [TimedOut],
// [OutputLimit], [Interrupted] and [StartFailed].
type Outcome interface{ outcome() }

// Finished: the program ended by itself.
type Finished struct {
	Exit   int    // status, or -1 if a signal ended it
	Signal string // that ended it, such as "segmentation fault", or ""
}

// TimedOut: the program was stopped since its time was over.
type TimedOut struct{ After time.Duration }

// OutputLimit: the program was stopped since it printed too much.
type OutputLimit struct{ Bytes int64 }

// Interrupted: the program was stopped since the context was done.
type Interrupted struct{}

// StartFailed: there is no process to speak of.
type StartFailed struct{ Err error }

func (Finished) outcome()    {}
func (TimedOut) outcome()    {}
func (OutputLimit) outcome() {}
func (Interrupted) outcome() {}
func (StartFailed) outcome() {}

func (o Finished) String() string {
	if o.Signal != "" {
		return "signal: " + o.Signal
	}
	return fmt.Sprintf("exit status %d", o.Exit)
}
func (o TimedOut) String() string    { return fmt.Sprintf("timed out after %v", o.After) }
func (o OutputLimit) String() string { return fmt.Sprintf("printed more than %d bytes", o.Bytes) }
func (o Interrupted) String() string { return "interrupted" }
func (o StartFailed) String() string { return "not started: " + o.Err.Error() }

// Run runs c to its end. If ctx is done before that, c is stopped.
func Run(ctx context.Context, c Command) Result {
	if ctx.Err() != nil {
		return Result{Outcome: Interrupted{}}
	}
	// The system takes the death of the thread that started a child for the
	// death of its parent; this goroutine keeps that thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	p, err := start(c)
	if err != nil {
		return Result{Outcome: StartFailed{err}}
	}
	began := time.Now()
	outcome, forced := p.wait(ctx, c)
	r := Result{Outcome: outcome, Forced: forced, Duration: time.Since(began)}
	if state := p.cmd.ProcessState; state != nil {
		r.CPU = state.UserTime() + state.SystemTime()
	}
	r.Strays = p.sweep(outcome)
	r.Stdout, r.Stderr = p.stdout.finish(), p.stderr.finish()
	return r
}

// A process is a running command with the readers of its outputs.
type process struct {
	cmd            *exec.Cmd
	run            string // its value of runVariable
	ended          chan error
	tooMuch        chan struct{} // closed when an output exceeds its limit
	stdout, stderr *reader
}

func start(c Command) (*process, error) {
	p := &process{run: rand.Text(), ended: make(chan error, 1), tooMuch: make(chan struct{})}
	p.cmd = exec.Command(c.Path, c.Args...)
	p.cmd.Dir = c.Dir
	p.cmd.Env = append(slices.Clip(c.Env), runVariable+"="+p.run)
	p.cmd.SysProcAttr = processAttributes()

	limit := c.maxOutput()
	head := int64(keepHead)
	if c.KeepAll {
		head = limit
	}
	var once sync.Once
	exceeded := func() { once.Do(func() { close(p.tooMuch) }) }
	var writers []*os.File
	closeWriters := func() {
		for _, w := range writers {
			w.Close()
		}
	}
	for _, out := range []struct {
		to     **reader
		writer *io.Writer
	}{{&p.stdout, &p.cmd.Stdout}, {&p.stderr, &p.cmd.Stderr}} {
		r, w, err := os.Pipe()
		if err != nil {
			closeWriters()
			p.closeReaders()
			return nil, err
		}
		writers = append(writers, w)
		*out.writer = w // a file: the child writes to it without a goroutine of package exec
		*out.to = newReader(r, int(head), limit, exceeded)
	}
	err := p.cmd.Start()
	closeWriters()
	if err != nil {
		p.closeReaders()
		return nil, err
	}
	go func() { p.ended <- p.cmd.Wait() }()
	return p, nil
}

func (p *process) closeReaders() {
	for _, r := range []*reader{p.stdout, p.stderr} {
		if r != nil {
			r.finish()
		}
	}
}

// wait waits for the process to end, and makes it end when it has to.
func (p *process) wait(ctx context.Context, c Command) (o Outcome, forced bool) {
	var timeout <-chan time.Time
	if c.Timeout > 0 {
		t := time.NewTimer(c.Timeout)
		defer t.Stop()
		timeout = t.C
	}
	grace := c.Grace
	if grace <= 0 {
		grace = DefaultGrace
	}
	select {
	case err := <-p.ended:
		return finished(p.cmd, err), false
	case <-timeout:
		if c.Dump && p.dump() && p.endsWithin(grace) {
			return TimedOut{c.Timeout}, false
		}
		return TimedOut{c.Timeout}, p.stop(grace)
	case <-ctx.Done():
		return Interrupted{}, p.stop(grace)
	case <-p.tooMuch:
		return OutputLimit{c.maxOutput()}, p.stop(grace)
	}
}

// stop makes the process end. It reports whether asking was not enough.
func (p *process) stop(grace time.Duration) (forced bool) {
	if p.terminate() && p.endsWithin(grace) {
		return false
	}
	p.kill()
	<-p.ended
	return true
}

func (p *process) endsWithin(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-p.ended:
		return true
	case <-t.C:
		return false
	}
}

// sweep kills what the ended process has left running, and counts it. Children
// of a program that was stopped are no surprise, and not counted.
func (p *process) sweep(o Outcome) (strays int) {
	if _, byItself := o.(Finished); byItself {
		deadline := time.Now().Add(lingering)
		for strays = p.countStrays(); strays > 0 && time.Now().Before(deadline); strays = p.countStrays() {
			time.Sleep(5 * time.Millisecond)
		}
	}
	p.killStrays()
	return strays
}

func finished(cmd *exec.Cmd, err error) Outcome {
	if err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			return Finished{Exit: -1, Signal: err.Error()}
		}
	}
	return Finished{Exit: cmd.ProcessState.ExitCode(), Signal: endingSignal(cmd.ProcessState)}
}
