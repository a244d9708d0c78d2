package contract

import (
	"slices"
	"strings"

	"github.com/lockstep-go/lockstep/analyzers/internal/pattern"
)

// A Kind is what a clause says.
type Kind uint8

const (
	_        Kind = iota
	Guarded       // a variable is guarded by locks
	Guards        // a lock guards variables
	Requires      // a function's caller holds locks, and still holds them afterwards
	Excludes      // a function's caller does not hold locks
	Acquires      // a function returns with locks held that were not
	Releases      // a function is called with locks held and releases them
	Atomic        // a variable is accessed by operations of sync/atomic
	Ignore        // nothing is to be concluded about the function or variable
)

// An Extent says which variables a lock guards.
type Extent uint8

const (
	Named     Extent = iota // those of the clause's Names
	Following               // those that follow, up to a blank line
	Below                   // all that follow in the declaration
)

// A Style is how a contract is written, the most explicit first.
type Style uint8

const (
	Annotation Style = iota // +checklocks and its family
	Prose                   // a sentence
	Name                    // the name of the function
)

// A Clause is one statement of a contract, with its locks and variables as
// they are written.
type Clause struct {
	Kind  Kind
	Style Style
	// Locks are paths such as "mu" or "s.mu". A Guards clause has none if the
	// lock is the variable whose comment it is.
	Locks []string
	// Read is set if holding the locks for reading is meant, or enough.
	Read bool
	// Names are the variables of a Guards clause, or of a Guarded clause that
	// is not about the variable whose comment it is.
	Names []string
	// Extent and Count are what a Guards clause guards; Count, if not zero, is
	// how many variables.
	Extent Extent
	Count  int
	// Group is set if a Guarded clause is about this variable and those that
	// follow it.
	Group bool
	// Text is what the contract says, for messages.
	Text string
}

// ParseVar returns what the comment of a field or variable says of locks.
func ParseVar(text string) []Clause {
	if cs := annotations(text, true); cs != nil {
		return cs
	}
	if !mentions(text, "guard", "protect", "synchroniz", "hold", "held") || exceptions.MatchString(text) {
		return nil
	}
	var cs []Clause
	for _, s := range sentences(text) {
		for _, piece := range s.pieces {
			cs = append(cs, varClause(piece)...)
		}
	}
	return cs
}

// ParseFunc returns what the comment of a function says of locks.
func ParseFunc(text string) []Clause {
	if cs := annotations(text, false); cs != nil {
		return cs
	}
	if !mentions(text, "hold", "held", "lock", "require", "under", "taken", "acquired") {
		return nil
	}
	var cs []Clause
	ss := sentences(text)
	for i, s := range ss {
		var own []Clause
		for _, piece := range s.pieces {
			own = append(own, funcClause(piece)...)
		}
		if len(own) > 0 && !conditions.MatchString(s.text) && !(i+1 < len(ss) && exception.MatchString(ss[i+1].text)) {
			cs = append(cs, own...)
		}
	}
	return cs
}

// mentions reports whether text has one of the words, in lower or upper case,
// without which there is nothing to parse.
func mentions(text string, words ...string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// annotations parses the lines of the +checklocks family.
func annotations(text string, ofVar bool) []Clause {
	if !strings.Contains(text, "+check") {
		return nil
	}
	var cs []Clause
	for line := range strings.SplitSeq(text, "\n") {
		m := annotation.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		c := Clause{Style: Annotation, Text: m[0]}
		if m[2] != "" {
			c.Locks = []string{m[2]}
		}
		switch m[1] {
		case "checklocks":
			c.Kind = Requires
		case "checklocksread":
			c.Kind, c.Read = Requires, true
		case "checklocksexclude":
			c.Kind = Excludes
		case "checklocksacquire":
			c.Kind = Acquires
		case "checklocksacquireread":
			c.Kind, c.Read = Acquires, true
		case "checklocksrelease":
			c.Kind = Releases
		case "checklocksreleaseread":
			c.Kind, c.Read = Releases, true
		case "checkatomic":
			c.Kind, c.Locks = Atomic, nil
		case "checklocksforce", "checklocksfail":
			continue // of a statement
		default: // such as checklocksalias: locks have names that are not known here
			c.Kind, c.Locks = Ignore, nil
		}
		if ofVar {
			switch c.Kind {
			case Requires:
				c.Kind = Guarded
			case Atomic, Ignore:
			default:
				continue
			}
		}
		if c.Locks == nil && c.Kind != Atomic && c.Kind != Ignore {
			continue
		}
		cs = append(cs, c)
	}
	return cs
}

// A sentence is a sentence of a comment, with the pieces of it that can stand
// alone: what is between semicolons, parentheses and dashes.
type sentence struct {
	text   string
	pieces []string
}

func sentences(text string) []sentence {
	var ss []sentence
	for para := range strings.SplitSeq(prose(text), "\n\n") {
		para = strings.Join(strings.Fields(para), " ")
		for len(para) > 0 {
			var s string
			if end := sentenceEnd.FindStringIndex(para); end != nil {
				s, para = para[:end[0]+1], para[end[1]:]
			} else {
				s, para = para, ""
			}
			s = strings.TrimRight(s, ".! ")
			var pieces []string
			for _, p := range pieceEnd.Split(s, -1) {
				if p = strings.Trim(p, " ,()"); p != "" {
					pieces = append(pieces, p)
				}
			}
			ss = append(ss, sentence{s, pieces})
		}
	}
	return ss
}

// prose drops indented lines, which are code, and list markers.
func prose(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "    ") {
			b.WriteString("\n\n")
			continue
		}
		if bullet.MatchString(line) {
			b.WriteString("\n\n")
			line = bullet.ReplaceAllString(line, "")
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

func varClause(piece string) []Clause {
	head, isHead := strings.CutSuffix(piece, ":")
	if m := match(guards, head); m != nil {
		c := Clause{Kind: Guards, Style: Prose, Text: piece}
		if lock := m["lock"]; lock != "" && !pronoun.MatchString(lock) {
			c.Locks = []string{lock}
		}
		switch list := m["list"]; {
		case following.MatchString(list):
			c.Extent = Following
			c.Count = count(following.FindStringSubmatch(list))
		case below.MatchString(list):
			c.Extent = Below
		default:
			if c.Names = names(list); c.Names == nil {
				return nil
			}
		}
		return []Clause{c}
	}
	m := match(guarded, head)
	if m == nil {
		// "…, guarded by mu"
		i := strings.LastIndex(head, ", ")
		if i < 0 || conditions.MatchString(head[:i]) {
			return nil
		}
		if m = match(guarded, head[i+2:]); m == nil || m["subject"] != "" {
			return nil
		}
	}
	c := Clause{Kind: Guarded, Style: Prose, Locks: lockList(m["locks"]), Group: isHead, Text: piece}
	if c.Locks == nil {
		return nil
	}
	switch subject := m["subject"]; {
	case subject == "" || pronoun.MatchString(subject):
	case groupSubject.MatchString(subject):
		c.Group = true
	default:
		if c.Names = names(subject); c.Names == nil {
			return nil
		}
	}
	return []Clause{c}
}

func funcClause(piece string) []Clause {
	piece = strings.TrimSuffix(piece, ":")
	for _, form := range []struct {
		kind  Kind
		res   []pattern.Regexp
		words []string // one of which each of res wants: to look for it costs less than to compile them
		alone bool
	}{
		{Excludes, excludes, []string{"must", "should"}, false},
		{Requires, requires, []string{"must", "should", "need", "has to", "have to", "only"}, false},
		{Requires, requiresAlone, []string{"require", "assum", "expect", "called", "invoked", "hold", "held", "locked"}, true},
	} {
		if !mentions(piece, form.words...) {
			continue
		}
		m := match(form.res, piece)
		if m == nil && !form.alone {
			m = match(form.res, tail(piece))
		}
		if m == nil {
			continue
		}
		if locks := lockList(m["locks"]); locks != nil {
			return []Clause{{Kind: form.kind, Style: Prose, Locks: locks, Read: readMode.MatchString(m["mode"]), Text: piece}}
		}
	}
	return nil
}

// tail returns what a piece says behind its last comma or "and", such as "must
// be called with mu held".
func tail(piece string) string {
	all := conjunction.FindAllStringIndex(piece, -1)
	for _, at := range slices.Backward(all) {
		if t := piece[at[1]:]; obligation.MatchString(t) {
			return t
		}
	}
	return ""
}

// match returns the named groups of the first expression that matches s, nil
// if none does.
func match(res []pattern.Regexp, s string) map[string]string {
	for _, re := range res {
		m := re.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		groups := make(map[string]string)
		for i, name := range re.SubexpNames() {
			if name != "" && m[i] != "" {
				groups[name] = m[i]
			}
		}
		return groups
	}
	return nil
}

// lockList splits a list of locks; nil if one is only described, as in "a
// mutex".
func lockList(s string) []string {
	var locks []string
	for _, item := range listSeparator.Split(s, -1) {
		m := lockName.FindStringSubmatch(item)
		if m == nil || article.MatchString(m[1]) {
			return nil
		}
		locks = append(locks, m[1])
	}
	return locks
}

// names splits a list of variables; nil if it is not one.
func names(list string) []string {
	var ns []string
	for _, item := range listSeparator.Split(list, -1) {
		m := varName.FindStringSubmatch(item)
		if m == nil {
			return nil
		}
		ns = append(ns, m[1])
	}
	return ns
}

// count returns the number in a match of following, 0 if it has none.
func count(m []string) int {
	for _, word := range m[1:] {
		for n, w := range []string{"", "1", "2", "3", "4", "5", "6"} {
			if word == w && n > 0 {
				return n
			}
		}
		for n, w := range []string{"", "one", "two", "three", "four", "five", "six"} {
			if strings.EqualFold(word, w) && n > 0 {
				return n
			}
		}
	}
	return 0
}
