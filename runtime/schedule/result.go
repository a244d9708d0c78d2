package schedule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// An End says how a controlled run ended.
type End string

const (
	OK       End = "ok"       // every goroutine ended
	Deadlock End = "deadlock" // main, or the test, is blocked for ever
	Leak     End = "leak"     // main is done, and goroutines are blocked for ever
	Panicked End = "panic"    // a goroutine panicked
	Steps    End = "steps"    // the step limit was reached
	Stall    End = "stall"    // the goroutine whose turn it is is blocked in something that is not controlled
	Exited   End = "exit"     // the program called os.Exit
)

// A Site is an operation in the user's source.
type Site struct {
	File         string // absolute
	Line, Column int    // from 1, the column in bytes
	Text         string // of what the operation is on, such as "b.mu"; may be empty
}

// IsZero reports whether the site is unknown.
func (s Site) IsZero() bool { return s == Site{} }

func (s Site) String() string {
	if s.IsZero() {
		return "-"
	}
	return fmt.Sprintf("%s:%d:%d", s.File, s.Line, s.Column)
}

// ParseSite reads a site as instrumented programs have it: "FILE:LINE:COLUMN",
// and after a tab the text. It is the zero Site if at is nothing of the kind.
func ParseSite(at string) Site {
	place, text, _ := strings.Cut(at, "\t")
	rest, column, ok1 := cutLast(place)
	file, line, ok2 := cutLast(rest)
	if !ok1 || !ok2 {
		return Site{}
	}
	return Site{File: file, Line: line, Column: column, Text: text}
}

// cutLast cuts a number behind the last colon off s.
func cutLast(s string) (before string, n int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return "", 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	return s[:i], n, err == nil
}

// UnmarshalJSON reads the string that [ParseSite] describes.
func (s *Site) UnmarshalJSON(data []byte) error {
	var at string
	if err := json.Unmarshal(data, &at); err != nil {
		return err
	}
	*s = ParseSite(at)
	return nil
}

// An Op is a kind of operation.
type Op string

const (
	Go         Op = "go"
	Start      Op = "start"
	Finish     Op = "end"
	Lock       Op = "lock"
	Unlock     Op = "unlock"
	TryLock    Op = "trylock"
	RLock      Op = "rlock"
	RUnlock    Op = "runlock"
	WLock      Op = "wlock"
	WUnlock    Op = "wunlock"
	Add        Op = "add"
	Done       Op = "done"
	Wait       Op = "wait"
	Once       Op = "once"
	CondWait   Op = "cond-wait"
	Signal     Op = "signal"
	Broadcast  Op = "broadcast"
	Send       Op = "send"
	Receive    Op = "recv"
	Close      Op = "close"
	Select     Op = "select"
	Access     Op = "access"
	Value      Op = "value"
	Atomic     Op = "atomic"
	Sleep      Op = "sleep"
	Timer      Op = "timer"
	Yield      Op = "gosched"
	Cancel     Op = "cancel"
	Pool       Op = "pool"
	Exit       Op = "exit"
	TestRun    Op = "test"
	TestResume Op = "parallel"

	// Choice is no operation but a decision: Decision, Options and Among say
	// which, and Goroutine who ran before. What was chosen is in
	// [Result.Deviations].
	Choice Op = "choice"
)

// An Event is one operation of one goroutine in a run. Events are in the order
// in which they happened.
type Event struct {
	Step      int    `json:"n"`
	Goroutine int    `json:"g"`
	Op        Op     `json:"op"`
	Object    int    `json:"obj"` // number of the lock, channel and so on, by first use; 0 is none
	At        Site   `json:"at"`
	Kind      string `json:"kind"`    // of an access: "read", "write", "update"
	Blocked   bool   `json:"blocked"` // begins to wait; a second event tells of the completion
	Case      int    `json:"case"`    // of a select, in source order without default; -1 is default
	Value     string `json:"value"`   // what was sent, or is in the variable
	To        int    `json:"to"`      // the goroutine that was started or woken; 0 is none
	Decision  int    `json:"d"`       // number of the decision that led here; 0 if there was no choice
	Options   int    `json:"opts"`    // how many there were
	Among     []int  `json:"among"`   // of a choice: the goroutines, in the order of options; none for cases of a select; 0 lets time pass
	Now       int64  `json:"now"`     // virtual time in nanoseconds, where it changed
	Races     int    `json:"races"`   // reports of the race detector so far, where they rose
}

// A Hold is a lock that a goroutine holds.
type Hold struct {
	Object int    `json:"obj"`
	At     Site   `json:"at"` // where it was taken
	Kind   string `json:"kind"`
}

// A State is what a goroutine came to.
type State string

const (
	IsDone     State = "done"
	IsBlocked  State = "blocked"
	IsRunning  State = "running"
	IsRunnable State = "runnable"
)

// A Goroutine is what a run tells of one goroutine.
type Goroutine struct {
	ID       int    `json:"g"`
	Parent   int    `json:"parent"`  // 0 for the first
	Created  Site   `json:"created"` // its go statement
	State    State  `json:"state"`
	Op       Op     `json:"op"`  // what it is blocked in
	Object   int    `json:"obj"` // on what
	At       Site   `json:"at"`  // where
	Holds    []Hold `json:"holds"`
	WaitsFor []int  `json:"waits_for"` // goroutines that hold what it needs
	Daemon   bool   `json:"daemon"`    // nobody expects it to end
}

// A Result is what an instrumented program wrote about one run.
type Result struct {
	End          End         `json:"end"`
	Schedule     string      `json:"schedule"`   // as it was asked for
	Deviations   string      `json:"deviations"` // from the default schedule; what "ls:" takes
	Decisions    int         `json:"decisions"`
	Steps        int         `json:"steps"`
	Hash         string      `json:"hash"` // over what ran when; equal for equal runs
	Time         int64       `json:"time"` // virtual, in nanoseconds
	Races        int         `json:"races"`
	Goroutines   []Goroutine `json:"goroutines"`
	Uncontrolled []string    `json:"uncontrolled"` // what control could not see, such as "map-order FILE:L:C"
	Cause        string      `json:"cause"`        // of a stall
	Events       []Event     `json:"-"`
}

// Replay is the schedule that leads to the same run, with all decisions that differ
// from the default listed. A run that was not controlled has only the one that was
// asked for.
func (r *Result) Replay() string {
	asked, err := Parse(r.Schedule)
	if err == nil && !asked.Controlled() {
		return r.Schedule
	}
	prefix := List(nil)
	prefix.Eager = asked.Eager
	return prefix.String() + r.Deviations
}

// ErrUnfinished says that a program ended without writing how.
var ErrUnfinished = errors.New("the program ended without a result")

// ParseResult reads what an instrumented program wrote. Of a run that died on
// the way it returns the events and [ErrUnfinished].
func ParseResult(data []byte) (*Result, error) {
	r := new(Result)
	finished := false
	number := 0
	for line := range bytes.Lines(data) {
		number++
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		var probe struct {
			End End `json:"end"`
		}
		if err := json.Unmarshal(line, &probe); err != nil {
			if line[len(line)-1] != '}' { // cut off in the middle of a write
				break
			}
			return r, fmt.Errorf("line %d of the result: %w", number, err)
		}
		if probe.End != "" {
			if err := json.Unmarshal(line, r); err != nil {
				return r, fmt.Errorf("line %d of the result: %w", number, err)
			}
			finished = true
			continue
		}
		var e Event
		if err := json.Unmarshal(line, &e); err != nil {
			return r, fmt.Errorf("line %d of the result: %w", number, err)
		}
		r.Events = append(r.Events, e)
	}
	if !finished {
		return r, ErrUnfinished
	}
	return r, nil
}
