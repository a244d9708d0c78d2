package datarace

import (
	"go/token"
	"slices"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
	"github.com/lockstep-go/lockstep/analyzers/internal/shared"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file words the places that explain a race: the other access, where the
// goroutines start, the locks that they hold, and why nothing orders them.

// related lists the places that explain a race, of which first is the access that
// the message is about.
func (s *search) related(x *goroutine.Exploration, r *race, first, second *shared.Access) []diagnostic.Related {
	rel := []diagnostic.Related{use(x, second)}
	add := func(role diagnostic.Role, pos token.Pos, m message.Message) {
		known := slices.ContainsFunc(rel, func(o diagnostic.Related) bool { return o.Pos == pos && o.Message.Key == m.Key })
		if pos.IsValid() && !known {
			rel = append(rel, diagnostic.Related{Role: role, Pos: pos, Message: m})
		}
	}
	add(diagnostic.RoleSpawn, r.thread.Spawn.Pos(), message.New("started-here"))
	for _, a := range []*shared.Access{first, second} {
		if t := a.Frame.Thread; t.Spawn != nil && !within(t, r.thread) && !within(r.thread, t) {
			add(diagnostic.RoleSpawn, t.Spawn.Pos(), message.New("second-started-here"))
		}
	}
	readers := func(pos token.Pos) bool { // the reason says it
		return slices.ContainsFunc(r.why, func(w goroutine.Reason) bool { return w.Kind == goroutine.HeldToRead && x.PosOf(w.At) == pos })
	}
	for _, a := range []*shared.Access{first, second} {
		for _, h := range x.Held(a.Point) {
			key := message.Key("locked-here")
			if h.Read {
				key = "read-locked-here"
			}
			if h.At != nil && !readers(h.At.Pos()) {
				add(diagnostic.RoleLock, h.At.Pos(), message.New(key, "lock", h.Name, "place", s.place(a.Pos)))
			}
		}
	}
	for _, reason := range r.why {
		add(diagnostic.RoleReason, r.pos(x, reason.At), s.reason(x, r, reason))
	}
	return rel
}

// use says what the second access does, and under which locks.
func use(x *goroutine.Exploration, a *shared.Access) diagnostic.Related {
	key, role := message.Key("read-here"), diagnostic.RoleRead
	switch {
	case a.Kind == shared.Channel:
		key = "sent-here"
	case a.Kind == shared.Sync:
		key = "used-here"
	case a.Write:
		key, role = "written-here", diagnostic.RoleWrite
	}
	m := message.New(key)
	if held := locks(x, a); held != "" {
		m = m.With(message.New("holding", "locks", held))
	}
	return diagnostic.Related{Role: role, Pos: a.Pos, Message: m}
}

// pos is where the source has a point of the exploration.
func (r *race) pos(x *goroutine.Exploration, p goroutine.PointID) token.Pos {
	for _, a := range []*shared.Access{r.spawned, r.other} {
		if a.Point == p {
			return a.Pos
		}
	}
	return x.PosOf(p)
}

// reason words why something does not order the accesses of a race.
func (s *search) reason(x *goroutine.Exploration, r *race, reason goroutine.Reason) message.Message {
	var args []string
	for name, p := range map[string]goroutine.PointID{"place": reason.Ref, "other": reason.Other} {
		if pos := r.pos(x, p); pos.IsValid() {
			args = append(args, name, s.place(pos))
		}
	}
	if reason.Lock != "" {
		args = append(args, "lock", reason.Lock)
	}
	return message.New(message.Key("why-"+reason.Kind), args...)
}
