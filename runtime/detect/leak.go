package detect

import (
	"slices"
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
	leakProfile = newPattern(`^goroutineleak profile: total \d+$`)
	leakGroup   = newPattern(`^(\d+) @(?: 0x[0-9a-f]+)+$`)
	leakFrame   = newPattern(`^#\t0x[0-9a-f]+\t(\S.*)\+0x[0-9a-f]+\t+(.+):(\d+)$`)
)

// Leaks is the evidence of goroutineleak profiles in output: one for each
// place in the user's code at which goroutines leaked, with their number.
//
// A profile with debug=2 in which every goroutine leaked, the main one
// included, is that of a program that can never go on. It is one piece of
// evidence of kind [evidence.AllAsleep]: what the runtime itself reports only
// where no timer is pending and neither cgo nor the race detector is used.
func Leaks(output []byte, opt Options) []evidence.Evidence {
	var full traceback
	var grouped leakGroups
	var order []*leakedGroup // of both forms
	for line := range lines(output) {
		switch {
		case leakProfile.MatchString(line):
			grouped.open = true
		case grouped.read(line):
			if last := grouped.list[len(grouped.list)-1]; len(order) == 0 || order[len(order)-1] != last {
				order = append(order, last)
			}
		case full.read(line):
			grouped.open = false
			if last := full.goroutines[len(full.goroutines)-1]; last.leaked && !last.listed {
				last.listed = true
				order = append(order, &leakedGroup{goroutine: last, count: 1})
			}
		}
	}
	var list leaks
	stuck := stuckDumps(full.goroutines)
	for _, g := range order {
		switch dump := stuck[g.goroutine]; {
		case dump == nil:
			list.add(g.goroutine, g.count, opt)
		case !dump.told:
			dump.told = true
			list.found = append(list.found, dump.evidence(opt))
		}
	}
	return list.found
}

// profileWriter is the function in which the goroutine that writes a profile
// is found. It comes first in each.
const profileWriter = "runtime/pprof.writeGoroutineStacks"

func writesProfile(g *goroutine) bool {
	return len(g.stack) > 0 && g.stack[0].Func == profileWriter
}

// A stuckDump is one profile in which every goroutine leaked.
type stuckDump struct {
	goroutines []*goroutine
	told       bool
}

// stuckDumps finds, in the goroutines of several profiles, those in which all
// but the writer leaked, the main goroutine included.
func stuckDumps(all []*goroutine) map[*goroutine]*stuckDump {
	stuck := make(map[*goroutine]*stuckDump)
	for len(all) > 0 {
		n := 1
		for n < len(all) && !writesProfile(all[n]) {
			n++
		}
		d := &stuckDump{goroutines: all[:n]}
		all = all[n:]
		main, others := false, false
		for _, g := range d.goroutines {
			main = main || g.leaked && g.Main
			others = others || !g.leaked && !g.system() && !writesProfile(g)
		}
		if main && !others {
			for _, g := range d.goroutines {
				stuck[g] = d
			}
		}
	}
	return stuck
}

func (d *stuckDump) evidence(opt Options) evidence.Evidence {
	c := crash{report: newReport(evidence.AllAsleep)}
	c.Detail = "every goroutine leaked"
	for _, g := range d.goroutines {
		if g.leaked {
			c.raw.WriteString(g.raw.String())
			c.Operations = append(c.Operations, evidence.Operation{Role: evidence.RoleOther, Goroutine: g.Goroutine, Stack: g.stack})
		}
	}
	settle(&c.Evidence, opt)
	c.markBlocked()
	return c.finish(opt)
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
	if harness(e.Operations[0]) {
		return
	}
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

// harness reports whether o is a goroutine of package testing, which waits for
// those of the tests.
func harness(o evidence.Operation) bool {
	f, ok := o.Place()
	return ok && !f.User && slices.ContainsFunc(o.Stack, func(f evidence.Frame) bool { return strings.HasPrefix(f.Func, "testing.") })
}

// leakGroups reads the form of debug=1.
type leakGroups struct {
	open bool // within a profile
	list []*leakedGroup
}

type leakedGroup struct {
	*goroutine
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
		p.list = append(p.list, &leakedGroup{goroutine: &goroutine{}, count: n})
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
