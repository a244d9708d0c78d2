// Package evidence is lockstep's model of what one or many runs of a program
// showed: a data race with both of its accesses, a lock order with both of its
// halves, a goroutine that never woke up.
//
// Evidence is made by package detect from what detectors print, merged here
// over many runs, and turned into findings by the application. All of it is
// plain values: nothing in this package reads a file, a clock or the
// environment.
//
// # When are two pieces of evidence equal?
//
// Two runs never print the same report twice: goroutine numbers, addresses,
// waiting times and the side of a race that came second differ. What stays is
// where in the user's source the operations are. Evidence is therefore merged
// by its [Key]: its kind, and the sorted set of places of its operations. What
// this cannot tell apart is two bugs of one kind on the same lines, such as
// races on both variables of "a, b = b, a"; they are merged.
package evidence

import "slices"

// A Kind says what was shown.
type Kind string

// The kinds that show a bug in the program.
const (
	// DataRace is two accesses without order, at least one a write. Its
	// operations are the two accesses, the later first.
	DataRace Kind = "data-race"
	// LockOrder is two locks taken in both orders. Its operations are four:
	// each half's first lock and second lock, see [RoleFirstLock].
	LockOrder Kind = "lock-order"
	// RecursiveLock is a lock taken by a goroutine that holds it. Its
	// operations are the lock attempt and the lock that is held.
	RecursiveLock Kind = "recursive-lock"
	// LockTimeout is a lock waited for longer than the detector's limit. Its
	// operations are the lock attempt, then those that hold the lock.
	LockTimeout Kind = "lock-timeout"
	// AllAsleep is the runtime's "all goroutines are asleep - deadlock!". Its
	// operations are the blocked goroutines.
	AllAsleep Kind = "all-asleep"
	// Hang is a run that was stopped from outside while each of its
	// goroutines was blocked on a channel, a lock or another primitive of
	// package sync. Unlike AllAsleep it is not certain: a pending timer could
	// still have woken one of them.
	Hang Kind = "hang"
	// Leak is a goroutine that can never be woken. Its one operation is the
	// blocked goroutine.
	Leak Kind = "goroutine-leak"
	// ConcurrentMap is the runtime's "concurrent map writes" and its like.
	ConcurrentMap Kind = "concurrent-map"
	// NegativeCounter is a WaitGroup with more Done than Add.
	NegativeCounter Kind = "negative-counter"
	// WaitGroupReuse is any other misuse that a WaitGroup notices.
	WaitGroupReuse Kind = "waitgroup-misuse"
	// UnlockUnlocked is Unlock or RUnlock of a lock that is not held so.
	UnlockUnlocked Kind = "unlock-of-unlocked"
	// SendOnClosed is a send on a closed channel.
	SendOnClosed Kind = "send-on-closed"
	// CloseOfClosed is a close of a closed or nil channel.
	CloseOfClosed Kind = "close-of-closed"
	// CopiedSync is a primitive of package sync that noticed it was copied.
	CopiedSync Kind = "copied-sync"
	// LateTest is the use of a testing.T after its test had ended.
	LateTest Kind = "late-test-call"
	// Panic is any other panic that ended the program or a test.
	Panic Kind = "panic"
	// FatalError is any other fatal error of the runtime.
	FatalError Kind = "fatal-error"
)

// The kinds that say something about the run, not about the program.
const (
	// Stopped is a goroutine dump of a run that was stopped from outside
	// while some goroutine could still run.
	Stopped Kind = "stopped"
	// RaceLimit is the race detector giving up since too many goroutines
	// were alive.
	RaceLimit Kind = "race-goroutine-limit"
	// RaceVerdict is the testing package saying that a test failed because
	// races were detected in it. The reports themselves are [DataRace].
	RaceVerdict Kind = "race-verdict"
)

// Bug reports whether evidence of kind k shows a bug in the program under
// test, rather than something about the run.
func (k Kind) Bug() bool { return k != Stopped && k != RaceLimit && k != RaceVerdict }

// A Role says what an operation did.
type Role string

const (
	RoleRead        Role = "read"         // reads memory
	RoleWrite       Role = "write"        // writes memory
	RoleAtomicRead  Role = "atomic-read"  // reads memory by sync/atomic
	RoleAtomicWrite Role = "atomic-write" // writes memory by sync/atomic
	RoleFirstLock   Role = "first-lock"   // takes the first lock of an ordered pair, and holds it
	RoleSecondLock  Role = "second-lock"  // takes the second lock of the pair
	RoleLock        Role = "lock"         // tries to take a lock
	RoleHold        Role = "hold"         // took a lock that is still held
	RoleBlocked     Role = "blocked"      // is blocked, see the goroutine's state
	RoleOther       Role = "other"        // another goroutine at that time
	RoleFault       Role = "fault"        // panicked or was stopped by a fatal error
)

// Writes reports whether an operation of role r writes memory.
func (r Role) Writes() bool { return r == RoleWrite || r == RoleAtomicWrite }

// Evidence is one report of one run.
type Evidence struct {
	Kind Kind
	// Detail is the detector's own words where the kind alone does not say
	// everything, such as "concurrent map read and map write" or the value of
	// a panic.
	Detail string
	// Subject is what the operations are about, as far as the detector tells.
	Subject    Subject
	Operations []Operation
	// Count is how many goroutines of the run were found in the same state,
	// for a leak; 0 where that makes no sense.
	Count int
	// Test is the test that the report was attributed to, or "".
	Test string
	// Truncated says that the report ends early, because the run was stopped
	// or the detector could not restore a stack.
	Truncated bool
	// Raw is the text of the report as the run printed it.
	Raw string
}

// A SubjectKind says what kind of object the operations are about.
type SubjectKind string

const (
	Variable SubjectKind = "variable"
	Lock     SubjectKind = "lock"
)

// A Subject is the object that operations are about. Detectors know addresses;
// names are added by whoever has the source.
type Subject struct {
	Kind    SubjectKind // "" if the evidence is about no one object
	Name    string      // "" if unknown
	Address string      // such as "0xc000012345"; differs from run to run
}

// An Operation is something that a goroutine did, or is blocked in.
type Operation struct {
	Role Role
	// Previous says that this is the earlier side of a pair.
	Previous bool
	// Address is the memory or the lock that the operation is on, or "".
	Address   string
	Goroutine Goroutine
	Stack     Stack // innermost frame first; empty if it could not be restored
}

// Place is where in the user's source o is: the innermost user frame of its
// stack. If the stack has none, it is the frame in user code that started the
// goroutine, and failing that the innermost frame known at all. ok is false if
// the operation has no frame.
func (o Operation) Place() (f Frame, ok bool) {
	if f, ok := o.Stack.User(); ok {
		return f, true
	}
	if f, ok := o.Goroutine.Created.User(); ok {
		return f, true
	}
	for _, s := range []Stack{o.Stack, o.Goroutine.Created} {
		if len(s) > 0 {
			return s[0], true
		}
	}
	return Frame{}, false
}

// A Goroutine is what a report tells of one goroutine.
type Goroutine struct {
	ID   int64 // as the detector numbers them; 0 if unknown
	Main bool  // the main goroutine, or the one that a detector calls so
	// State is the goroutine's state as the detector words it, such as
	// "running", "finished", "chan receive" or "sync.Mutex.Lock".
	State string
	// Created is where the goroutine was started: the go statement first,
	// then its callers if the detector knows them. Empty if unknown.
	Created Stack
	// Parent is the goroutine that started this one, 0 if unknown.
	Parent int64
}

// A Stack is a list of frames, innermost first.
type Stack []Frame

// User is the innermost frame of s that is user code.
func (s Stack) User() (f Frame, ok bool) {
	if i := slices.IndexFunc(s, func(f Frame) bool { return f.User }); i >= 0 {
		return s[i], true
	}
	return Frame{}, false
}

// A Frame is one call of a stack.
type Frame struct {
	Func string // with its import path, such as "example.com/app.(*T).Close"
	File string // as the detector prints it, made absolute where it can be
	Line int    // 0 if unknown
	// User says that the frame is code of the user's, not of the standard
	// library, a dependency, a detector or what lockstep injected.
	User bool
}
