package contract

import (
	"reflect"
	"strings"
	"testing"
)

// summary drops what most cases do not look at.
type summary struct {
	kind   Kind
	locks  string
	names  string
	extent Extent
	count  int
	read   bool
	group  bool
}

func summarise(cs []Clause) []summary {
	var ss []summary
	for _, c := range cs {
		ss = append(ss, summary{c.Kind, strings.Join(c.Locks, " "), strings.Join(c.Names, " "), c.Extent, c.Count, c.Read, c.Group})
	}
	return ss
}

func TestParseVar(t *testing.T) {
	by := func(locks string) summary { return summary{kind: Guarded, locks: locks} }
	of := func(names string) summary { return summary{kind: Guards, names: names} }
	for _, test := range []struct {
		text string
		want []summary
	}{
		{"guarded by mu", []summary{by("mu")}},
		{"Guarded by mu.", []summary{by("mu")}},
		{"protected by s.mu", []summary{by("s.mu")}},
		{"protected by the mu lock", []summary{by("mu")}},
		{"It is guarded by `mu`.", []summary{by("mu")}},
		{"guarded by mu1 and mu2", []summary{by("mu1 mu2")}},
		{"pending holds what is to be sent. It is guarded by mu.", []summary{by("mu")}},
		{"number of users, guarded by mu", []summary{by("mu")}},
		{"number of users (guarded by mu)", []summary{by("mu")}},
		{"guarded by mu; nil when closed", []summary{by("mu")}},
		{"access to it is protected by mu", []summary{by("mu")}},
		{"hold mu to access", []summary{by("mu")}},
		{"Both guarded by mu:", []summary{{kind: Guarded, locks: "mu", group: true}}},
		{"the following fields are protected by mu", []summary{{kind: Guarded, locks: "mu", group: true}}},
		{"a and b are guarded by mu", []summary{{kind: Guarded, locks: "mu", names: "a b"}}},

		{"guards n", []summary{of("n")}},
		{"mu guards a, b", []summary{{kind: Guards, locks: "mu", names: "a b"}}},
		{"mu protects a, b and c", []summary{{kind: Guards, locks: "mu", names: "a b c"}}},
		{"protects the pending map", []summary{of("pending")}},
		{"protects access to conns", []summary{of("conns")}},
		{"guards rd/wd", []summary{of("rd wd")}},
		{"guards following", []summary{{kind: Guards, extent: Following}}},
		{"protects the following fields", []summary{{kind: Guards, extent: Following}}},
		{"guards 3 following fields", []summary{{kind: Guards, extent: Following, count: 3}}},
		{"guards following 4 fields", []summary{{kind: Guards, extent: Following, count: 4}}},
		{"guards the two following fields", []summary{{kind: Guards, extent: Following, count: 2}}},
		{"guards this group of fields", []summary{{kind: Guards, extent: Following}}},
		{"mu protects the fields below", []summary{{kind: Guards, locks: "mu", extent: Below}}},
		{"mu guards all fields below it", []summary{{kind: Guards, locks: "mu", extent: Below}}},
		{"guards everything below", []summary{{kind: Guards, extent: Below}}},
		{"protects the rest of the fields", []summary{{kind: Guards, extent: Below}}},

		{"+checklocks:mu", []summary{by("mu")}},
		{"n counts.\n\n+checklocks:s.mu\n+checklocks:other", []summary{by("s.mu"), by("other")}},
		{"+checkatomic", []summary{{kind: Atomic}}},
		{"+checklocksignore", []summary{{kind: Ignore}}},
	} {
		if got := summarise(ParseVar(test.text)); !reflect.DeepEqual(got, test.want) {
			t.Errorf("ParseVar(%q) = %+v, want %+v", test.text, got, test.want)
		}
	}
}

// What a comment says of a lock counts only if it is all that it says.
func TestParseVarNoContract(t *testing.T) {
	for _, text := range []string{
		"",
		"mu",
		"not guarded by mu",
		"isn't guarded by mu",
		"guarded by mu unless closed",
		"guarded by mu during init only",
		"guarded by mu after Start",
		"guarded by mu or the world stopped",
		"guarded by mu, except in Close",
		"guarded by mu for writing, read atomically",
		"protected by the caller's lock",
		"protected by a mutex",
		"also guarded by wmu",
		"writes guarded by mu",
		"guarded by mu. Reads may be atomic.",
		"guarded by mu (but read without it in String)",
		"no longer guarded by mu",
		"TODO: should be guarded by mu",
		"usually guarded by mu",
		"guarded by mu until published",
		"guards Close, and calls to Read",
		"guards changing x only",
		"guards against overflow",
		"mu is a lock",
		"immutable",
		"mu.Lock() // guards n",
		"\tn int // guarded by mu",
		"the paths are protected by build tags and mu",
		"+checklocksacquire:mu",
		"+checklocks",
	} {
		if got := ParseVar(text); got != nil {
			t.Errorf("ParseVar(%q) = %+v, want no contract", text, summarise(got))
		}
	}
}

func TestParseFunc(t *testing.T) {
	holds := func(locks string) summary { return summary{kind: Requires, locks: locks} }
	lacks := func(locks string) summary { return summary{kind: Excludes, locks: locks} }
	for _, test := range []struct {
		text string
		want []summary
	}{
		{"s.mu must be held.", []summary{holds("s.mu")}},
		{"Lock should be held.", []summary{holds("Lock")}},
		{"The lock must be held on entry.", []summary{holds("lock")}},
		{"mu must be held by the caller", []summary{holds("mu")}},
		{"sw.mu must be held before call.", []summary{holds("sw.mu")}},
		{"mu must already be locked", []summary{holds("mu")}},
		{"mu must be held while calling flush", []summary{holds("mu")}},
		{"flush writes the buffer.\nThe caller must hold s.mu.", []summary{holds("s.mu")}},
		{"Callers must hold s.mu", []summary{holds("s.mu")}},
		{"caller must hold both mu1 and mu2", []summary{holds("mu1 mu2")}},
		{"It must be called with w.mu held.", []summary{holds("w.mu")}},
		{"flush writes the buffer and must be called with mu held.", []summary{holds("mu")}},
		{"flush writes the buffer; the caller must hold mu.", []summary{holds("mu")}},
		{"flush writes the buffer (mu must be held).", []summary{holds("mu")}},
		{"Must only be called while holding n.mu.", []summary{holds("n.mu")}},
		{"must be called with db.mu lock held", []summary{holds("db.mu")}},
		{"Must hold b.mu.", []summary{holds("b.mu")}},
		{"requires p.mu is held.", []summary{holds("p.mu")}},
		{"requires cc.wmu be held.", []summary{holds("cc.wmu")}},
		{"Requires fn.generic.instancesMu.", []summary{holds("fn.generic.instancesMu")}},
		{"REQUIRES: mu is held", []summary{holds("mu")}},
		{"flushLocked requires that r.mu remain locked for the duration of the call.", []summary{holds("r.mu")}},
		{"Assumes db.mu is locked.", []summary{holds("db.mu")}},
		{"called with s.mu held", []summary{holds("s.mu")}},
		{"s.mu is held by the caller", []summary{holds("s.mu")}},
		{"The caller holds mu.", []summary{holds("mu")}},
		{"s.mu must be held for reading.", []summary{{kind: Requires, locks: "s.mu", read: true}}},
		{"rs.mu must be read-locked.", []summary{{kind: Requires, locks: "rs.mu", read: true}}},

		{"mu must not be held.", []summary{lacks("mu")}},
		{"s.mu must NOT be held.", []summary{lacks("s.mu")}},
		{"The caller must not hold s.mu.", []summary{lacks("s.mu")}},
		{"must not be called with s.mu held", []summary{lacks("s.mu")}},
		{"Close must be called without holding s.mu.", []summary{lacks("s.mu")}},

		{"+checklocks:s.mu", []summary{holds("s.mu")}},
		{"+checklocksread:s.mu", []summary{{kind: Requires, locks: "s.mu", read: true}}},
		{"lock locks.\n+checklocksacquire:s.mu", []summary{{kind: Acquires, locks: "s.mu"}}},
		{"+checklocksrelease:s.mu", []summary{{kind: Releases, locks: "s.mu"}}},
		{"+checklocksexclude:s.mu", []summary{lacks("s.mu")}},
		{"+checklocksignore", []summary{{kind: Ignore}}},
		{"+checklocksalias:a.mu=b.mu", []summary{{kind: Ignore}}},
	} {
		if got := summarise(ParseFunc(test.text)); !reflect.DeepEqual(got, test.want) {
			t.Errorf("ParseFunc(%q) = %+v, want %+v", test.text, got, test.want)
		}
	}
}

func TestParseFuncNoContract(t *testing.T) {
	for _, text := range []string{
		"",
		"mu need not be held.",
		"mu must be held or the world must be stopped.",
		"The world must be stopped, or mu must be held.",
		"mu must be held if s is shared.",
		"mu must be held unless s is new.",
		"mu must be held. Otherwise s must be new.",
		"It is allowed but not required for the caller to hold c.mu.",
		"If s is shared, mu must be held.",
		"the caller doesn't hold mu",
		"mu may be held.",
		"mu must be held when changing the state",
		"flush returns with mu held.",
		"flush locks mu.",
		"flush releases mu temporarily; mu must be held temporarily.",
		"It holds mu while it writes.",
		"stackpool[order].mu must be held.",
		"the lock on e's parent must be held",
		"buf must hold at least one element",
		"\ts.mu must be held",
		"TODO: mu must be held.",
		"some caller holds mu or other",
		"+checklocksforce",
	} {
		if got := ParseFunc(text); got != nil {
			t.Errorf("ParseFunc(%q) = %+v, want no contract", text, summarise(got))
		}
	}
}

// Whatever the text, parsing ends and does not panic.
func FuzzParse(f *testing.F) {
	f.Add("guarded by mu")
	f.Add("s.mu must be held, and (so on; mu")
	f.Add("+checklocks:")
	f.Fuzz(func(t *testing.T, text string) {
		ParseVar(text)
		ParseFunc(text)
	})
}
