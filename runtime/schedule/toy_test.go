package schedule

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A toy is a program for a machine that makes decisions as package
// runtime/shim/control does: before each operation, among the goroutines that
// can go on, the current one first and then the others by number, one that has
// yielded last. It is small enough that all that it can do is known by trying.
type toy struct {
	body     [][]toyOp // of each goroutine; the first is main
	capacity []int     // of channels
}

// silent is a point without an operation, of which no event tells, such as the
// one after a go statement.
const silent Op = "silent"

// A toyOp is an operation of a toy: "lock 0", "store 2".
type toyOp struct {
	op   Op
	obj  int
	kind string
	list []toyCase // of a select
	def  bool      // it has a default
}

type toyCase struct {
	send bool
	ch   int
}

// A toyState is what a toy has come to. It is copied as a value by clone.
type toyState struct {
	*toy
	pc      []int
	begun   []bool // started
	blocked []bool // began to wait
	since   []int  // when
	done    []bool
	given   []int // a waiting goroutine's operation was executed by its counterpart: case+1
	reg     []int
	locks   map[int]int // by whom, +1
	memory  map[int]int
	queue   map[int][]int // of channels
	closed  map[int]bool
	group   map[int]int
	clock   int
	current int
	yielded bool
	panics  string
	log     []string // what each select did

	decisions int
	events    []Event
	devs      Deviations
	choose    func(n int, among []int) int
}

func (t *toy) start(choose func(n int, among []int) int) *toyState {
	n := len(t.body)
	s := &toyState{
		toy: t, pc: make([]int, n), begun: make([]bool, n), blocked: make([]bool, n), since: make([]int, n), done: make([]bool, n),
		given: make([]int, n), reg: make([]int, n), locks: make(map[int]int), memory: make(map[int]int),
		queue: make(map[int][]int), closed: make(map[int]bool), group: make(map[int]int), choose: choose,
	}
	s.begun[0] = true
	return s
}

func (s *toyState) clone() *toyState {
	c := *s
	c.pc, c.begun, c.blocked, c.since, c.done = slices.Clone(s.pc), slices.Clone(s.begun), slices.Clone(s.blocked), slices.Clone(s.since), slices.Clone(s.done)
	c.given, c.reg, c.log = slices.Clone(s.given), slices.Clone(s.reg), slices.Clone(s.log)
	c.locks, c.memory, c.closed, c.group = maps.Clone(s.locks), maps.Clone(s.memory), maps.Clone(s.closed), maps.Clone(s.group)
	c.queue = make(map[int][]int)
	for k, v := range s.queue {
		c.queue[k] = slices.Clone(v)
	}
	return &c
}

// outcome is what a run came to, without what depends on the order of
// independent steps.
func (s *toyState) outcome() string {
	at := slices.Clone(s.pc) // silent points do not count
	for g, body := range s.body {
		for at[g] < len(body) && body[at[g]].op == silent {
			at[g]++
		}
	}
	return fmt.Sprint(at, s.blocked, s.reg, s.memory, s.locks, s.queue, s.panics, s.log)
}

// can reports whether a goroutine can go on.
func (s *toyState) can(g int) bool {
	if !s.begun[g] || s.done[g] {
		return false
	}
	return !s.blocked[g] || s.given[g] > 0 || s.completes(g)
}

func (s *toyState) options() (list []int) {
	for k := range s.body {
		if g := (s.current + k) % len(s.body); s.can(g) && !(k == 0 && s.yielded) {
			list = append(list, g)
		}
	}
	if s.yielded && s.can(s.current) {
		list = append(list, s.current)
	}
	return list
}

func (s *toyState) decide(n int, among []int) int {
	s.decisions++
	e := Event{Op: Choice, Goroutine: s.current + 1, Decision: s.decisions, Options: n}
	for _, g := range among {
		e.Among = append(e.Among, g+1)
	}
	s.events = append(s.events, e)
	o := s.choose(n, among)
	if o != 0 {
		s.devs = s.devs.With(s.decisions, o)
	}
	return o
}

// step lets one goroutine go on; it reports false if none can.
func (s *toyState) step() bool {
	list := s.options()
	if len(list) == 0 || s.panics != "" {
		return false
	}
	g := list[0]
	if len(list) > 1 {
		g = list[s.decide(len(list), list)]
	}
	s.current, s.yielded = g, false
	s.run(g)
	return true
}

func (s *toyState) event(g int, e Event) {
	e.Goroutine, e.At = g+1, Site{File: "toy", Line: g + 1, Column: s.pc[g] + 1}
	s.events = append(s.events, e)
}

// run executes the next operation of g, or makes it wait.
func (s *toyState) run(g int) {
	if s.pc[g] == len(s.body[g]) {
		s.done[g] = true
		s.event(g, Event{Op: Finish})
		return
	}
	op := s.body[g][s.pc[g]]
	if op.op == silent {
		s.pc[g]++
		return
	}
	// Numbers of objects are by first use in S; here an arbitrary bijection per kind does.
	object := 1 + op.obj + map[Op]int{Lock: 100, Unlock: 100, Wait: 200, Add: 200, Done: 200}[op.op]
	if s.given[g] == 0 && !s.completes(g) {
		s.blocked[g] = true
		s.clock++
		s.since[g] = s.clock
		e := Event{Op: op.op, Object: object, Blocked: true}
		if op.op == Select {
			e.Object = 0
		}
		s.event(g, e)
		return
	}
	e := Event{Op: op.op, Object: object, Kind: op.kind}
	if op.op == Access || op.op == Yield {
		e.Object = 0
	}
	s.execute(g, op, &e)
	s.event(g, e)
	s.blocked[g], s.given[g] = false, 0
	s.pc[g]++
}

// execute does what completes.
func (s *toyState) execute(g int, op toyOp, e *Event) {
	switch op.op {
	case Lock:
		s.locks[op.obj] = g + 1
	case Unlock:
		s.locks[op.obj] = 0
	case Access:
		if op.kind == "read" {
			s.reg[g] = s.memory[op.obj]
		} else {
			s.memory[op.obj] = s.reg[g]*3 + g + 1
		}
	case Yield:
		s.yielded = true
	case Add:
		s.group[op.obj]++
	case Done:
		s.group[op.obj]--
	case Go:
		s.begun[op.obj] = true
		e.To, e.Object = op.obj+1, 0
	case Close:
		if s.closed[op.obj] {
			s.panics = fmt.Sprint("close of closed ", g)
		}
		s.closed[op.obj] = true
	case Send, Receive:
		if s.given[g] == 0 {
			s.transfer(g, toyCase{op.op == Send, op.obj})
		}
	case Select:
		k := s.given[g] - 1
		if k < 0 {
			if k = s.choice(g, op); k >= 0 {
				s.transfer(g, op.list[k])
			}
		}
		e.Case, e.Object = k, 0
		if k >= 0 {
			e.Object = 1 + op.list[k].ch
		} else {
			s.yielded = true
		}
		s.log = append(s.log, fmt.Sprint(g, "/", s.pc[g], ":", k))
		slices.Sort(s.log)
	}
}

// choice is the case that a select takes, -1 for default.
func (s *toyState) choice(g int, op toyOp) int {
	var ready []int
	for k, c := range op.list {
		if s.open(g, c) {
			ready = append(ready, k)
		}
	}
	switch len(ready) {
	case 0:
		return -1
	case 1:
		return ready[0]
	}
	return ready[s.decide(len(ready), nil)]
}

// completes reports whether the next operation of g can be executed.
func (s *toyState) completes(g int) bool {
	if s.pc[g] == len(s.body[g]) {
		return true
	}
	op := s.body[g][s.pc[g]]
	switch op.op {
	case Lock:
		return s.locks[op.obj] == 0
	case Wait:
		return s.group[op.obj] <= 0
	case Send, Receive:
		return s.open(g, toyCase{op.op == Send, op.obj})
	case Select:
		return op.def || slices.ContainsFunc(op.list, func(c toyCase) bool { return s.open(g, c) })
	}
	return true
}

// open reports whether g can execute c.
func (s *toyState) open(g int, c toyCase) bool {
	partner, _ := s.waiter(g, toyCase{!c.send, c.ch})
	if c.send {
		return s.closed[c.ch] || len(s.queue[c.ch]) < s.capacity[c.ch] || partner >= 0
	}
	return s.closed[c.ch] || len(s.queue[c.ch]) > 0 || partner >= 0
}

// waiter is the goroutine other than g that waits longest for c, and its case.
func (s *toyState) waiter(g int, c toyCase) (who, which int) {
	who = -1
	for o := range s.body {
		if o == g || !s.blocked[o] || s.given[o] > 0 || who >= 0 && s.since[who] < s.since[o] {
			continue
		}
		op := s.body[o][s.pc[o]]
		cases := op.list
		if op.op == Send || op.op == Receive {
			cases = []toyCase{{op.op == Send, op.obj}}
		}
		if k := slices.Index(cases, c); k >= 0 {
			who, which = o, k
		}
	}
	return who, which
}

// transfer executes an open case for g, and that of its partner.
func (s *toyState) transfer(g int, c toyCase) {
	if c.send && s.closed[c.ch] {
		s.panics = fmt.Sprint("send on closed ", g)
		return
	}
	partner, which := s.waiter(g, toyCase{!c.send, c.ch})
	take := func(who int) {
		if q := s.queue[c.ch]; len(q) > 0 {
			s.reg[who], s.queue[c.ch] = q[0], q[1:]
		} else {
			s.reg[who] = -1
		}
	}
	put := func(who int) { s.queue[c.ch] = append(s.queue[c.ch], s.reg[who]*5+who) }
	if c.send {
		put(g)
		if partner >= 0 {
			take(partner)
			s.given[partner] = which + 1
		}
		return
	}
	if partner >= 0 && !s.closed[c.ch] {
		put(partner)
		s.given[partner] = which + 1
	}
	take(g)
}

// runListed runs the toy under listed deviations.
func (t *toy) runListed(ds Deviations) (*Result, string) {
	var s *toyState
	s = t.start(func(n int, _ []int) int {
		for _, d := range ds {
			if d.Decision == s.decisions {
				return min(d.Option, n-1)
			}
		}
		return 0
	})
	steps := 0
	for s.step() {
		if steps++; steps > 1000 {
			panic("a toy does not end")
		}
	}
	return &Result{End: OK, Deviations: s.devs.String(), Decisions: s.decisions, Steps: steps, Events: s.events}, s.outcome()
}

// everything tries, by its own recursion over states, all that the toy can do
// with up to bound preemptions: how many schedules there are, and the outcomes.
func (t *toy) everything(bound int) (schedules int, outcomes map[string]bool) {
	outcomes = make(map[string]bool)
	var explore func(s *toyState, left int)
	explore = func(s *toyState, left int) {
		list := s.options()
		if len(list) == 0 || s.panics != "" {
			schedules++
			outcomes[s.outcome()] = true
			return
		}
		for i, g := range list {
			rest := left
			if i > 0 && list[0] == s.current {
				if rest--; rest < 0 {
					continue
				}
			}
			for k := 0; ; k++ { // cases of a select
				c, ways := s.clone(), 1
				c.choose = func(n int, _ []int) int { ways = n; return min(k, n-1) }
				c.current, c.yielded = g, false
				c.run(g)
				if k >= ways {
					break
				}
				explore(c, rest)
				if ways == 1 {
					break
				}
			}
		}
	}
	explore(t.start(nil), bound)
	return schedules, outcomes
}

// parseToy reads a toy: goroutines are separated by "|", operations by ";".
// The main goroutine starts all others first. Channels have the given capacities.
func parseToy(text string, capacity ...int) *toy {
	t := &toy{capacity: capacity}
	for i, body := range strings.Split(text, "|") {
		t.body = append(t.body, nil)
		for op := range strings.SplitSeq(body, ";") {
			if op = strings.TrimSpace(op); op != "" {
				t.body[i] = append(t.body[i], parseToyOp(op))
			}
		}
	}
	for g := len(t.body) - 1; g > 0; g-- {
		t.body[0] = slices.Insert(t.body[0], 0, toyOp{op: Go, obj: g}, toyOp{op: silent})
	}
	return t
}

func parseToyOp(text string) toyOp {
	name, arg, _ := strings.Cut(text, " ")
	number := func(s string) (n int) {
		if s != "" {
			fmt.Sscan(s, &n)
		}
		return n
	}
	switch name {
	case "load":
		return toyOp{op: Access, obj: number(arg), kind: "read"}
	case "store":
		return toyOp{op: Access, obj: number(arg), kind: "write"}
	case "select": // select 0! 1? default
		op := toyOp{op: Select}
		for f := range strings.FieldsSeq(arg) {
			if f == "default" {
				op.def = true
				continue
			}
			op.list = append(op.list, toyCase{strings.HasSuffix(f, "!"), number(f[:len(f)-1])})
		}
		return op
	case "yield":
		return toyOp{op: Yield}
	}
	return toyOp{op: Op(name), obj: number(arg)}
}
