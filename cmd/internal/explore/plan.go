package explore

import (
	"iter"
	"slices"
)

// A flavour is one way to build a program. The race detector and the leak
// profile share a build and its runs. Replaced locks need a build of their own:
// go-deadlock's bookkeeping orders accesses that race otherwise, and keeps locks
// reachable that would show a leak.
type flavour struct {
	race, leak, deadlock bool
}

// variants lists the variants that runs of f count for.
func (f flavour) variants() (vs []Variant) {
	if f.race {
		vs = append(vs, Race)
	}
	if f.leak {
		vs = append(vs, Leak)
	}
	if f.deadlock {
		vs = append(vs, Deadlock)
	}
	return vs
}

// flavours lists the fewest builds that serve the given variants.
func flavours(vs []Variant) (fs []flavour) {
	shared := flavour{race: slices.Contains(vs, Race), leak: slices.Contains(vs, Leak)}
	if shared != (flavour{}) {
		fs = append(fs, shared)
	}
	if slices.Contains(vs, Deadlock) {
		fs = append(fs, flavour{deadlock: true})
	}
	return fs
}

// CoresUpTo lists 1, 2, 4 and so on, and n.
func CoresUpTo(n int) (cores []int) {
	for c := 1; c < n; c *= 2 {
		cores = append(cores, c)
	}
	return append(cores, n)
}

// A job is one run to be made.
type job struct {
	round   int
	target  int // index
	flavour flavour
	cores   int
}

// plan yields the jobs of every round, the same in each: so a plan that is cut
// short has tried everything as evenly as it could. Without a number of rounds
// there is no end.
func plan(targets int, fs []flavour, cores []int, rounds int) iter.Seq[job] {
	return func(yield func(job) bool) {
		if targets == 0 || len(fs) == 0 || len(cores) == 0 {
			return
		}
		for round := 0; rounds <= 0 || round < rounds; round++ {
			for t := range targets {
				for _, f := range fs {
					for _, c := range cores {
						if !yield(job{round, t, f, c}) {
							return
						}
					}
				}
			}
		}
	}
}
