package control

// A strategy chooses among the options of decisions.
type strategy struct {
	kind strategyKind
	// PCT (Burckhardt et al., A Randomized Scheduler with Probabilistic
	// Guarantees of Finding Bugs): the goroutine with the highest priority runs; at the given
	// steps the current one gets the lowest.
	changes  []int
	nchanges int
	low      int
	// eager lets time pass although somebody can go on, as it can natively
	// if somebody is slow. Programs that take a timeout for a failure fail under it.
	eager bool
	// deviations, for a schedule that is given.
	plan []dev
	next int
}

type strategyKind uint8

const (
	byDeviations strategyKind = iota
	byRandomWalk
	byPCT
)

// A dev is a decision at which option 0 was not taken.
type dev struct{ decision, option int }

// random is a number below n, by splitmix64 (Steele, Lea, Flood).
//
//go:norace
func random(n int) int {
	s.rng += 0x9e3779b97f4a7c15
	z := s.rng
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	z ^= z >> 31
	return int(z % uint64(n))
}

// choose is the number of one of n options, n at least 2. options are the
// goroutines, nil for cases of a select.
//
//go:norace
func choose(n int, options []*g) int {
	s.decisions++
	s.lastDecision, s.lastOptions = s.decisions, n
	eventChoice(n, options)
	choice := 0
	st := &s.strategy
	switch st.kind {
	case byRandomWalk:
		choice = st.walk(n, options != nil)
	case byPCT:
		if options == nil {
			choice = random(n)
			break
		}
		if st.eager && s.timers != nil {
			if n--; random(jump) == 0 {
				choice = n
				break
			}
		}
		for i := 1; i < n; i++ {
			if options[i].prio > options[choice].prio {
				choice = i
			}
		}
	case byDeviations:
		if st.next < len(st.plan) && st.plan[st.next].decision == s.decisions {
			choice = st.plan[st.next].option
			st.next++
			if choice >= n { // the program is another than when the schedule was made
				choice = n - 1
				miss("schedule-does-not-fit")
			}
		}
	}
	if choice != 0 {
		if s.ndevs == len(s.devs) {
			s.devs = growDevs(s.devs)
		}
		s.devs[s.ndevs] = dev{s.decisions, choice}
		s.ndevs++
	}
	return choice
}

// jump is one in how many decisions an eager schedule lets time pass at.
const jump = 16

// walk is a random option.
//
//go:norace
func (st *strategy) walk(n int, goroutines bool) int {
	if !goroutines || !st.eager || s.timers == nil {
		return random(n)
	}
	if random(jump) == 0 {
		return n - 1
	}
	return random(n - 1)
}

//go:norace
func growDevs(list []dev) []dev {
	bigger := make([]dev, 2*len(list)+64)
	//lint:ignore S1001 the race detector sees what copy does
	for i := 0; i < len(list); i++ {
		bigger[i] = list[i]
	}
	return bigger
}

// changePoint lowers the priority of the current goroutine if PCT says so.
//
//go:norace
func changePoint() {
	if s.strategy.kind != byPCT || s.current == nil {
		return
	}
	for i := 0; i < s.strategy.nchanges; i++ {
		if s.strategy.changes[i] == s.steps {
			demote(s.current)
		}
	}
}

// demote gives a goroutine the lowest priority of all. One that yields has to
// be demoted too, or it would keep those away that it waits for.
//
//go:norace
func demote(me *g) {
	s.strategy.low--
	me.prio = s.strategy.low
}

// parse reads a schedule; see package runtime/schedule for the grammar. Whatever is
// wrong with it was told to the user before; here it is the default schedule.
func (st *strategy) parse(text string) (perturb bool) {
	kind, rest := cut(text, ':')
	if n := len(kind) - 1; n > 0 && kind[n] == 't' && kind != "pct" {
		st.eager, kind = true, kind[:n]
	}
	switch kind {
	case "rw":
		st.kind = byRandomWalk
		s.rng = seed(rest)
	case "perturb":
		s.rng = seed(rest)
		return true
	case "pct":
		st.kind = byPCT
		first, more := cut(rest, ':')
		depth, within := cut(more, ':')
		s.rng = seed(first)
		k := number(within)
		if k < 1 {
			k = 1
		}
		st.nchanges = number(depth)
		st.changes = make([]int, st.nchanges)
		for i := range st.changes {
			st.changes[i] = 1 + random(k)
		}
	default:
		st.parseDeviations(rest)
	}
	return false
}

func (st *strategy) parseDeviations(text string) {
	decision := 0
	for text != "" {
		var item string
		item, text = cut(text, '-')
		gap, option := cut(item, '.')
		decision += number(gap)
		o := 1
		if option != "" {
			o = number(option)
		}
		st.plan = append(st.plan, dev{decision, o})
	}
}

func seed(text string) uint64 { return uint64(number(text))*0x9e3779b97f4a7c15 + 12345 }

func cut(text string, sep byte) (before, after string) {
	for i := 0; i < len(text); i++ {
		if text[i] == sep {
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

func number(text string) int {
	n := 0
	for i := 0; i < len(text) && '0' <= text[i] && text[i] <= '9'; i++ {
		n = n*10 + int(text[i]-'0')
	}
	return n
}
