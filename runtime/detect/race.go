package detect

import (
	"strconv"
	"strings"

	"github.com/lockstep-go/lockstep/runtime/evidence"
)

// A report of the race detector looks like this:
//
//	==================
//	WARNING: DATA RACE
//	Read at 0x000000622318 by goroutine 8:
//	  main.main.func1()
//	      /home/user/app/main.go:17 +0x8d
//
//	Previous write at 0x000000622318 by main goroutine:
//	  [failed to restore the stack]
//
//	Goroutine 8 (running) created at:
//	  main.main()
//	      /home/user/app/main.go:14 +0x56
//	==================
//
// Its goroutine numbers are the detector's own, unrelated to the runtime's.

const (
	raceRule    = "=================="
	raceWarning = "WARNING: DATA RACE"
)

var (
	raceAccess  = newPattern(`^(Previous )?(?i:(atomic )?(read|write)) at (0x[0-9a-f]+) by (?:(main goroutine)|goroutine (\d+)):$`)
	raceCreated = newPattern(`^Goroutine (\d+) \(([\w ]+)\) created at:$`)
	raceFunc    = newPattern(`^  (\S.*)\(\)$`)
	racePos     = newPattern(`^      (.+):(\d+) \+0x[0-9a-f]+$`)
	raceLost    = "  [failed to restore the stack]"
	raceLimit   = newPattern(`race: limit on \d+ simultaneously alive goroutines is exceeded, dying$`)
	raceVerdict = newPattern(`^\s+testing\.go:\d+: race detected during execution of (?:test|benchmark)$`)
	testFailed  = newPattern(`^\s*--- FAIL: (\S+) \(`)
)

// Races is the evidence of the race detector in output: its reports, its
// refusal to watch more goroutines, and what package testing made of them.
func Races(output []byte, opt Options) []evidence.Evidence {
	var found []evidence.Evidence
	var p *raceParser
	end := func(complete bool) {
		if p != nil && p.placed() {
			p.attach()
			p.Truncated = p.Truncated || !complete
			found = append(found, p.finish(opt))
		}
		p = nil
	}
	var failed string // the last test that was said to have failed
	for line := range lines(output) {
		switch {
		case strings.HasSuffix(line, raceWarning):
			end(false)
			p = &raceParser{report: newReport(evidence.DataRace)}
			p.take(raceRule)
			p.take(raceWarning)
		case p != nil && strings.HasSuffix(line, raceRule):
			p.take(raceRule)
			end(true)
		case p != nil && p.read(line):
		case raceLimit.MatchString(line):
			end(false)
			found = append(found, note(evidence.RaceLimit, raceLimit.FindString(line), "", opt))
		case testFailed.MatchString(line):
			failed = testFailed.FindStringSubmatch(line)[1]
		case raceVerdict.MatchString(line):
			found = append(found, note(evidence.RaceVerdict, strings.TrimSpace(line), failed, opt))
		}
	}
	end(false)
	return found
}

// note is evidence that is one line.
func note(kind evidence.Kind, line, test string, opt Options) evidence.Evidence {
	r := newReport(kind)
	r.Detail, r.Test = line, test
	r.take(line)
	return r.finish(opt)
}

// A raceParser reads the inside of one report.
type raceParser struct {
	*report
	created []evidence.Goroutine
	stack   *evidence.Stack // the stack being read, nil before the first
	name    string          // the function whose position comes next
}

// read reports whether line is part of the report.
func (p *raceParser) read(line string) bool {
	switch {
	case line == "":
	case line == raceLost:
		p.Truncated = true
	case p.access(line), p.goroutine(line), p.frame(line):
	default:
		return false
	}
	p.take(line)
	return true
}

func (p *raceParser) access(line string) bool {
	m := raceAccess.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	o := evidence.Operation{Role: evidence.RoleRead, Previous: m[1] != "", Address: m[4]}
	if strings.EqualFold(m[3], "write") {
		o.Role = evidence.RoleWrite
	}
	if m[2] != "" {
		o.Role = atomicRole(o.Role)
	}
	o.Goroutine.Main = m[5] != ""
	o.Goroutine.ID, _ = strconv.ParseInt(m[6], 10, 64)
	p.Operations = append(p.Operations, o)
	p.stack = &p.Operations[len(p.Operations)-1].Stack
	p.name = ""
	if p.Subject.Address == "" {
		p.Subject = evidence.Subject{Kind: evidence.Variable, Address: o.Address}
	}
	return true
}

func (p *raceParser) goroutine(line string) bool {
	m := raceCreated.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	id, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return false
	}
	p.created = append(p.created, evidence.Goroutine{ID: id, State: m[2]})
	p.stack = &p.created[len(p.created)-1].Created
	p.name = ""
	return true
}

func (p *raceParser) frame(line string) bool {
	if p.stack == nil {
		return false
	}
	if m := raceFunc.FindStringSubmatch(line); m != nil {
		p.name = m[1]
		return true
	}
	m := racePos.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	n, err := strconv.Atoi(m[2])
	if err != nil {
		return false
	}
	*p.stack = append(*p.stack, evidence.Frame{Func: p.name, File: m[1], Line: n})
	p.name = ""
	return true
}

// placed reports whether the report names any place.
func (p *raceParser) placed() bool {
	for _, o := range p.Operations {
		if len(o.Stack) > 0 {
			return true
		}
	}
	return false
}

// attach tells the accesses what the report says of their goroutines, and
// which of them are atomic.
func (p *raceParser) attach() {
	for i := range p.Operations {
		o := &p.Operations[i]
		for _, g := range p.created {
			if !o.Goroutine.Main && g.ID == o.Goroutine.ID {
				g.Created = append(evidence.Stack(nil), g.Created...)
				o.Goroutine = g
			}
		}
		if len(o.Stack) > 0 && strings.HasPrefix(o.Stack[0].Func, "sync/atomic.") {
			o.Role = atomicRole(o.Role)
		}
	}
	if len(p.Operations) < 2 {
		p.Truncated = true
	}
}

func atomicRole(r evidence.Role) evidence.Role {
	switch r {
	case evidence.RoleRead:
		return evidence.RoleAtomicRead
	case evidence.RoleWrite:
		return evidence.RoleAtomicWrite
	}
	return r
}
