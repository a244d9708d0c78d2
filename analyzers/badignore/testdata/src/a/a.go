package a

import "sync"

var mu sync.Mutex

/* want `names no rule, so it suppresses nothing; write //lockstep:ignore RULE reason` */ //lockstep:ignore

func noRule() {}

/* want `//lockstep:ignore badignore gives no reason, so it suppresses nothing; write the reason behind the rule` */ //lockstep:ignore badignore

func noReason() {}

/* want `names badignor, which is not a rule; the rules are .*badignore` */ //lockstep:ignore badignor misspelt

func unknown() {}

/* want `names nosuchrule, which is not a rule` `names nosuchtoo, which` */ //lockstep:ignore nosuchrule,nosuchtoo a list

func list() {}

/* want `names x, which is not a rule` `gives no reason` */ //lockstep:ignore x

func both() {}

// lockstep:ignore badignore a space // want `this comment is not a directive, so it suppresses nothing; write //lockstep:ignore without spaces`
func space() {}

// lockstep: ignore badignore a space // want `not a directive`
func space2() {}

/*lockstep:ignore badignore a block*/ // want `not a directive`
func block()                          {}

//lockstep:ignore badignore a reason
func right() { mu.Lock() }

// The words lockstep:ignore in a sentence are not meant as a directive, and
// neither is //lockstep:ignored.
func sentence() {}

//lockstep:ignored is another word.
func other() {}

// lockstep:ignored is another word as well.
func other2() {}

//lockstep:ignore badignore the next line is wrong on purpose
//lockstep:ignore nosuchrule
func suppressed() {}
