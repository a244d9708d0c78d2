package detect

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/lockstep-go/lockstep/runtime/evidence"
)

// The goroutineleak profile has two forms that are read here. With debug=2 it
// is a traceback of all goroutines, in which those that can never be woken are
// marked "(leaked)". With debug=1 it lists the leaked ones only, grouped by
// stack, without the go statements that made them and with their state only
// where a function of package sync shows it:
//
//	goroutineleak profile: total 4
//	3 @ 0x47fbee 0x41495c 0x4dc6b0 0x486501
//	#	0x4dc6af	main.(*feed).produce+0x2f	/home/user/app/main.go:19

var (
	leakProfile = regexp.MustCompile(`^goroutineleak profile: total \d+$`)
	leakGroup   = regexp.MustCompile(`^(\d+) @(?: 0x[0-9a-f]+)+$`)
	leakFrame   = regexp.MustCompile(`^#\t0x[0-9a-f]+\t(\S.*)\+0x[0-9a-f]+\t+(.+):(\d+)$`)
)

// Leaks is the evidence of goroutineleak profiles in output: one for each
// place in the user's code at which goroutines leaked, with their number.
func Leaks(output []byte, opt Options) []evidence.Evidence {
	var list leaks
	var full traceback
	var grouped leakGroups
	for line := range lines(output) {
		switch {
		case leakProfile.MatchString(line):
			grouped.open = true
		case grouped.read(line):
		case full.read(line):
			grouped.open = false
		}
	}
	for _, g := range full.goroutines {
		if g.leaked {
			list.add(g, 1, opt)
		}
	}
	for _, g := range grouped.list {
		list.add(&g.goroutine, g.count, opt)
	}
	return list.found
}

// leaks merges leaked goroutines of one output that are in the same place.
type leaks struct {
	found []evidence.Evidence
	index map[evidence.Key]int
}

func (l *leaks) add(g *goroutine, count int, opt Options) {
	r := newReport(evidence.Leak)
	r.Count = count
	r.Operations = []evidence.Operation{{Role: evidence.RoleBlocked, Goroutine: g.Goroutine, Stack: g.stack}}
	r.Truncated = len(g.stack) == 0
	r.raw.WriteString(g.raw.String())
	e := r.finish(opt)
	if i, ok := l.index[e.Key()]; ok {
		l.found[i].Count += count
		return
	}
	if l.index == nil {
		l.index = make(map[evidence.Key]int)
	}
	l.index[e.Key()] = len(l.found)
	l.found = append(l.found, e)
}

// leakGroups reads the form of debug=1.
type leakGroups struct {
	open bool // within a profile
	list []*leakedGroup
}

type leakedGroup struct {
	goroutine
	count int
}

// read reports whether line is part of a profile.
func (p *leakGroups) read(line string) bool {
	if !p.open {
		return false
	}
	if m := leakGroup.FindStringSubmatch(line); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return false
		}
		p.list = append(p.list, &leakedGroup{count: n})
	} else if m := leakFrame.FindStringSubmatch(line); m != nil && len(p.list) > 0 {
		n, err := strconv.Atoi(m[3])
		if err != nil {
			return false
		}
		g := p.list[len(p.list)-1]
		g.stack = append(g.stack, evidence.Frame{Func: m[1], File: m[2], Line: n})
		if state := waitState(m[1]); state != "" {
			g.State = state
		}
	} else {
		return false
	}
	raw := &p.list[len(p.list)-1].raw
	raw.WriteString(line)
	raw.WriteByte('\n')
	return true
}

// waitState is the state of a goroutine that is blocked in the function fn of
// package sync, as a traceback words it.
func waitState(fn string) string {
	typ, ok := strings.CutPrefix(fn, "sync.(*")
	if !ok {
		return ""
	}
	state := "sync." + strings.Replace(typ, ")", "", 1)
	if !blocked(state) {
		return ""
	}
	return state
}
