package explore

import (
	"slices"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
	"github.com/lockstep-go/lockstep/runtime/evidence"
)

// One deadlock shows in many ways: go-deadlock reports the locks taken in
// opposite order and then each wait for one of them, the runtime that all
// goroutines are asleep, the leak profile each of the goroutines. These are one
// bug, and should be one finding: that of the cause, which names the locks and
// their holders, with the places that only the others tell.
//
// An observation is taken to be the consequence of another if what it is
// about blocks where the other says that a goroutine blocks. That goes by
// places: two deadlocks at the same lock call are taken for one. And of a program
// that is blocked altogether only the goroutines that wait for locks are
// asked; one that waits for another reason is taken to wait for those.

// causeRank orders kinds from cause to consequence: what is explained has a
// higher rank than what explains it.
func causeRank(k evidence.Kind) int {
	switch k {
	case evidence.LockOrder, evidence.RecursiveLock:
		return 1
	case evidence.LockTimeout:
		return 2
	case evidence.AllAsleep:
		return 3
	case evidence.Hang:
		return 4
	case evidence.Leak:
		return 5
	}
	return 0 // neither cause nor consequence
}

// cause is the index of the observation that explains that of index i, or -1.
func cause(list []evidence.Observation, i int) int {
	e := &list[i].Evidence
	waiting := consequencePlaces(e)
	if len(waiting) == 0 {
		return -1
	}
	first := -1
	var covered []finding.Position
	for rank := 1; rank < causeRank(e.Kind); rank++ {
		for j := range list {
			c := &list[j].Evidence
			if causeRank(c.Kind) != rank {
				continue
			}
			blocking := blockingPlaces(c)
			if heldForEver(c, e) {
				blocking = waiting
			}
			both := slices.DeleteFunc(slices.Clone(waiting), func(p finding.Position) bool { return !slices.Contains(blocking, p) })
			if len(both) > 0 && first < 0 {
				first = j
			}
			covered = append(covered, both...)
		}
	}
	for _, p := range waiting {
		if !slices.Contains(covered, p) {
			return -1
		}
	}
	return first
}

// consequencePlaces are the places that must be explained for e to be.
func consequencePlaces(e *evidence.Evidence) []finding.Position {
	var places []finding.Position
	for _, o := range e.Operations {
		switch e.Kind {
		case evidence.LockTimeout:
			if o.Role != evidence.RoleLock {
				continue
			}
		case evidence.AllAsleep, evidence.Hang:
			if o.Role != evidence.RoleBlocked || waitRank(o.Goroutine.State) != 0 {
				continue
			}
		case evidence.Leak:
		default:
			return nil
		}
		if p := here(o); p.IsValid() {
			places = append(places, p)
		}
	}
	return places
}

// heldForEver reports whether e waits for a lock that, according to c, a
// goroutine holds while it waits for itself: it was locked at the same place.
func heldForEver(c, e *evidence.Evidence) bool {
	if c.Kind != evidence.RecursiveLock || e.Kind != evidence.LockTimeout {
		return false
	}
	held := holdPlaces(c)
	return slices.ContainsFunc(holdPlaces(e), func(p finding.Position) bool { return slices.Contains(held, p) })
}

func holdPlaces(e *evidence.Evidence) []finding.Position {
	var places []finding.Position
	for _, o := range e.Operations {
		if p := here(o); o.Role == evidence.RoleHold && p.IsValid() {
			places = append(places, p)
		}
	}
	return places
}

// blockingPlaces are the places where goroutines block according to e.
func blockingPlaces(e *evidence.Evidence) []finding.Position {
	var places []finding.Position
	for _, o := range e.Operations {
		switch o.Role {
		case evidence.RoleSecondLock, evidence.RoleLock, evidence.RoleBlocked:
			if p := here(o); p.IsValid() {
				places = append(places, p)
			}
		}
	}
	return places
}

// absorb adds to the finding of a cause what that of a consequence tells
// beyond it.
func absorb(f, consequence *finding.Finding) {
	if w := consequence.Witness; w != nil && f.Witness != nil && f.Witness.Schedule == "" && w.Schedule != "" {
		f.Witness.Schedule, f.Witness.Replay = w.Schedule, w.Replay
	}
	for _, p := range consequence.Operations {
		if !slices.Contains(f.Operations, p) {
			f.Operations = append(f.Operations, p)
		}
	}
	slices.SortFunc(f.Operations, finding.Position.Compare)
	for _, p := range consequence.Abandoned {
		if !slices.Contains(f.Abandoned, p) {
			f.Abandoned = append(f.Abandoned, p)
		}
	}
	for _, r := range consequence.Related {
		known := func(k finding.Related) bool { return k.Range == r.Range && (k.Role == r.Role || r.Role != "spawn") }
		if !slices.ContainsFunc(f.Related, known) {
			f.Related = append(f.Related, r)
		}
	}
}
