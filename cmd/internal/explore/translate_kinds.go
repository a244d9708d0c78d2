package explore

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
	"github.com/lockstep-go/lockstep/runtime/detect"
	"github.com/lockstep-go/lockstep/runtime/evidence"
)

// A wording makes a finding of one piece of evidence: one method for each
// shape of evidence, which sets the message and returns the rest.
type wording struct {
	Translation
	evidence *evidence.Evidence
	message  message.Message
}

func (w *wording) say(key string, pairs ...string) {
	w.message = message.New(message.Key(key), pairs...)
}

func (w *wording) describe() *finding.Finding {
	var f *finding.Finding
	ops := w.involved()
	switch w.evidence.Kind {
	case evidence.DataRace:
		f, ops = w.race(ops)
	case evidence.LockOrder:
		f, ops = w.order(ops)
	case evidence.RecursiveLock:
		f = w.twice(ops)
	case evidence.LockTimeout:
		f = w.timeout(ops)
	case evidence.AllAsleep, evidence.Hang:
		f, ops = w.asleep(ops)
	case evidence.Leak:
		f = w.leak(ops)
	default:
		f = w.fault(ops)
	}
	f.Operations = operations(ops)
	f.Related = w.related(ops)
	f.Abandoned = abandoned(w.evidence)
	return f
}

// involved is the operations that are part of the bug. There is at least one.
func (w *wording) involved() []evidence.Operation {
	ops := slices.DeleteFunc(slices.Clone(w.evidence.Operations), func(o evidence.Operation) bool {
		return o.Role == evidence.RoleOther
	})
	if len(ops) == 0 {
		ops = append(ops, evidence.Operation{Role: evidence.RoleOther})
	}
	return ops
}

// race words a data race. The access that comes first is one whose place is
// known, of two such a write, and of two writes the first in the source,
// whichever side the detector saw first.
func (w *wording) race(ops []evidence.Operation) (*finding.Finding, []evidence.Operation) {
	slices.SortStableFunc(ops, func(a, b evidence.Operation) int {
		return cmp.Or(
			-cmp.Compare(number(place(a).IsValid()), number(place(b).IsValid())),
			-cmp.Compare(number(a.Role.Writes()), number(b.Role.Writes())),
			place(a).Compare(place(b)),
			spawned(a).Compare(spawned(b)),
		)
	})
	f := w.at(ruleRace, "", ops[0])
	f.Subject.Kind = finding.Variable
	if len(ops) < 2 {
		w.say("race-one-side", "access", w.access(ops[0], w.goroutine(ops[0])))
		return f, ops
	}
	f.Subject.Name = variableName(w.accessLine(ops[0]), w.accessLine(ops[1]))
	access, other := w.access(ops[0], w.goroutine(ops[0])), w.access(ops[1], w.another(ops[1], ops[0]))
	if f.Subject.Name == "" {
		w.say("race-unnamed", "access", access, "other", other)
	} else {
		w.say("race", "variable", f.Subject.Name, "access", access, "other", other)
	}
	return f, ops
}

// accessLine is the source that o accesses memory from.
func (w *wording) accessLine(o evidence.Operation) accessLine {
	p := place(o)
	return accessLine{src: w.file(p), line: p.Line, write: o.Role.Writes()}
}

// access words one side of a race.
func (w *wording) access(o evidence.Operation, goroutine string) string {
	key := "access-" + string(o.Role)
	if p := place(o); p.IsValid() {
		return w.said(key, "place", w.short(p), "goroutine", goroutine)
	}
	return w.said(key+"-unplaced", "goroutine", goroutine)
}

// order words a lock order inversion. Of its two halves, the first in the
// source comes first.
func (w *wording) order(ops []evidence.Operation) (*finding.Finding, []evidence.Operation) {
	if len(ops) > 4 && len(ops)%2 == 0 {
		return w.circle(ops)
	}
	if len(ops) != 4 {
		f := w.at(ruleOrder, "", ops[0])
		f.Subject.Kind = finding.Lock
		w.say("order-partial", "place", w.short(place(ops[0])))
		return f, ops
	}
	halves := [][]evidence.Operation{ops[:2], ops[2:]}
	compare := func(a, b []evidence.Operation) int {
		return cmp.Or(place(a[0]).Compare(place(b[0])), place(a[1]).Compare(place(b[1])))
	}
	slices.SortStableFunc(halves, compare)
	ops = slices.Concat(halves...)
	f := w.at(ruleOrder, "", ops[1])
	f.Subject = finding.Subject{Kind: finding.Lock, Name: lockName(w.line(place(ops[1])))}
	if compare(halves[0], halves[1]) == 0 {
		w.say("order-same-code", "first", w.short(place(ops[0])), "second", w.short(place(ops[1])))
	} else {
		w.say("order", "first", w.short(place(ops[0])), "second", w.short(place(ops[1])),
			"otherFirst", w.short(place(ops[2])), "otherSecond", w.short(place(ops[3])))
	}
	return f, ops
}

// circle words more than two goroutines that wait for locks of each other: for
// each of them, its first lock and its second. The first in the source comes
// first.
func (w *wording) circle(ops []evidence.Operation) (*finding.Finding, []evidence.Operation) {
	first := 0
	for i := 2; i < len(ops); i += 2 {
		if cmp.Or(place(ops[i]).Compare(place(ops[first])), place(ops[i+1]).Compare(place(ops[first+1]))) < 0 {
			first = i
		}
	}
	ops = slices.Concat(ops[first:], ops[:first])
	f := w.at(ruleOrder, "", ops[1])
	f.Subject = finding.Subject{Kind: finding.Lock, Name: lockName(w.line(place(ops[1])))}
	var halves []string
	for i := 0; i < len(ops); i += 2 {
		halves = append(halves, w.said("order-half", "first", w.short(place(ops[i])), "second", w.short(place(ops[i+1]))))
	}
	w.say("order-circle", "halves", w.list(halves))
	return f, ops
}

// twice words a lock that is taken by the goroutine that holds it.
func (w *wording) twice(ops []evidence.Operation) *finding.Finding {
	f := w.at(ruleTwice, "", ops[0])
	again, held := place(ops[0]), finding.Position{}
	if len(ops) > 1 {
		held = place(ops[1])
	}
	name := lockName(w.line(again))
	f.Subject = finding.Subject{Kind: finding.Lock, Name: name}
	switch {
	case name == "":
		w.say("twice-unnamed", "place", w.short(again), "held", w.short(held))
	case readLock(w.line(again)) && readLock(w.line(held)):
		f.Category = "read"
		if w.evidence.Detail == "" { // it did not wait, for want of a writer
			f.Confidence = finding.Medium
		}
		w.say("twice-read", "lock", name, "place", w.short(again), "held", w.short(held))
	default:
		w.say("twice", "lock", name, "place", w.short(again), "held", w.short(held))
	}
	return f
}

// timeout words a lock that was waited for longer than the detector's limit.
// That is no proof of a deadlock as long as the holder runs.
func (w *wording) timeout(ops []evidence.Operation) *finding.Finding {
	f := w.at(ruleDeadlock, "timeout", ops[0])
	f.Confidence = finding.Medium
	var holders []string
	for _, o := range ops[1:] {
		p := w.short(place(o))
		switch {
		case o.Goroutine.State == "ended":
			f.Confidence = finding.High
			holders = append(holders, w.said("holder-ended", "place", p))
		case waitKeys[o.Goroutine.State] != "":
			f.Confidence = finding.High
			holders = append(holders, w.said("holder-blocked", "place", p, "goroutine", w.goroutine(o), "blocked", w.blocked(w.now(o))))
		default:
			holders = append(holders, w.said("holder", "place", p, "goroutine", w.goroutine(o)))
		}
	}
	if len(holders) == 0 {
		holders = append(holders, w.said("holder-unknown"))
	}
	name := lockName(w.line(place(ops[0])))
	f.Subject = finding.Subject{Kind: finding.Lock, Name: name}
	rest := []string{"place", w.short(place(ops[0])), "limit", w.evidence.Detail, "holders", w.list(holders)}
	key := "lock-timeout"
	if w.evidence.Detail == detect.NeverUnlocked { // what the scheduler knows does not depend on time
		key, f.Category, f.Confidence = "lock-never", "never", finding.High
	}
	key, rest = w.named(key, name, "lock", rest)
	w.say(key, rest...)
	return f
}

// now is what the goroutine of o was doing when the report was made.
func (w *wording) now(o evidence.Operation) evidence.Operation {
	for _, other := range w.evidence.Operations {
		if other.Role == evidence.RoleOther && other.Address == "" && other.Goroutine.ID == o.Goroutine.ID {
			return other
		}
	}
	return o
}

// maxListed is how many blocked goroutines a message names.
const maxListed = 3

// asleep words a program all of whose goroutines are blocked. The finding is
// at the most telling of them: rather at a lock than where the others are
// waited for.
func (w *wording) asleep(ops []evidence.Operation) (*finding.Finding, []evidence.Operation) {
	slices.SortStableFunc(ops, func(a, b evidence.Operation) int {
		return cmp.Or(
			cmp.Compare(waitRank(a.Goroutine.State), waitRank(b.Goroutine.State)),
			waits(a).Compare(waits(b)),
			spawned(a).Compare(spawned(b)),
		)
	})
	category, key := "asleep", "asleep"
	switch {
	case w.evidence.Kind == evidence.Hang:
		category, key = "hang", "hang"
	case strings.HasPrefix(w.evidence.Detail, "deadlock: "):
		key = "asleep-bubble"
	}
	f := w.at(ruleDeadlock, category, ops[0])
	f.Subject.Kind = finding.Operation
	if w.evidence.Kind == evidence.Hang {
		f.Confidence = finding.Medium
	}
	if !waits(ops[0]).IsValid() {
		w.say("asleep-exited")
		return f, ops
	}
	var list []string
	for _, o := range ops {
		text := w.said("blocked-goroutine", "goroutine", w.goroutine(o), "blocked", w.blocked(o))
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	w.say(key, "goroutines", w.list(list))
	return f, ops
}

// list joins phrases, the first few of them.
func (w *wording) list(phrases []string) string {
	more := len(phrases) - maxListed
	if more > 0 {
		phrases = phrases[:maxListed]
	}
	text := phrases[len(phrases)-1]
	for _, p := range slices.Backward(phrases[:len(phrases)-1]) {
		text = w.said("blocked-list", "first", p, "rest", text)
	}
	if more > 0 {
		text = w.said("blocked-more", "list", text, "count", strconv.Itoa(more))
	}
	return text
}

func (w *wording) leak(ops []evidence.Operation) *finding.Finding {
	f := w.at(ruleLeak, "", ops[0])
	if ops[0].Goroutine.Main { // then the program never ends
		f = w.at(ruleDeadlock, "main", ops[0])
	}
	f.Subject.Kind = finding.Goroutine
	w.say("leak", "goroutine", w.goroutine(ops[0]), "blocked", w.blocked(ops[0]))
	return f
}

// waitKeys are the keys of what is said of a goroutine in a state.
var waitKeys = map[string]string{
	"sync.Mutex.Lock":         "blocked-lock",
	"sync.RWMutex.Lock":       "blocked-lock",
	"sync.RWMutex.RLock":      "blocked-rlock",
	"sync.WaitGroup.Wait":     "blocked-waitgroup",
	"sync.Cond.Wait":          "blocked-cond",
	"chan send":               "blocked-send",
	"chan receive":            "blocked-receive",
	"chan send (nil chan)":    "blocked-nil",
	"chan receive (nil chan)": "blocked-nil",
	"select":                  "blocked-select",
	"select (no cases)":       "blocked-forever",
}

// blocked words what o waits for, and where.
func (w *wording) blocked(o evidence.Operation) string {
	return w.said(cmp.Or(waitKeys[o.Goroutine.State], "blocked-other"), "place", w.short(waits(o)))
}

// waitRank orders states by how much they tell of a deadlock's cause.
func waitRank(state string) int {
	switch waitKeys[state] {
	case "blocked-lock", "blocked-rlock":
		return 0
	case "blocked-waitgroup":
		return 2
	}
	return 1
}

// fault words what stopped the program at one place.
func (w *wording) fault(ops []evidence.Operation) *finding.Finding {
	e, o := w.evidence, ops[0]
	key, rule := string(e.Kind), ruleMisuse
	category := key
	args := []string{"place", w.short(place(o)), "goroutine", w.goroutine(o), "error", firstLine(e.Detail)}
	subject := finding.Subject{Kind: finding.Operation}
	switch e.Kind {
	case evidence.ConcurrentMap:
		rule, category = ruleRace, categoryMap
		subject = finding.Subject{Kind: finding.Variable, Name: mapName(w.file(place(o)), place(o).Line)}
		key, args = w.named("map", subject.Name, "map", args)
	case evidence.UnlockUnlocked:
		subject = finding.Subject{Kind: finding.Lock, Name: lockName(w.line(place(o)))}
		key, args = w.named(key, subject.Name, "lock", args)
	case evidence.CloseOfClosed:
		if strings.Contains(e.Detail, "nil") {
			key, category = "close-of-nil", "close-of-nil"
		}
	case evidence.Panic:
		rule, category = rulePanic, ""
	case evidence.FatalError:
		rule, category = rulePanic, categoryFatal
	}
	f := w.at(rule, category, o)
	f.Subject = subject
	w.say(key, args...)
	return f
}

// named adds the name of an object to the arguments of a message, or takes the
// key of the message for an object without a known name.
func (w *wording) named(key, name, arg string, args []string) (string, []string) {
	if name == "" {
		return key + "-unnamed", args
	}
	return key, append(args, arg, name)
}

// firstLine is the first line of a panic's value, cut where it becomes long.
func firstLine(s string) string {
	const limit = 200
	s, _, _ = strings.Cut(s, "\n")
	if len(s) <= limit {
		return s
	}
	end := limit
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
