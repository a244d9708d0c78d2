package contract

import (
	"strings"

	"github.com/lockstep-go/lockstep/analyzers/internal/pattern"
)

// The sentences that are read as contracts. Each expression matches a whole
// piece of a sentence, so that a qualification which it does not know keeps it
// from matching. The macros in capitals are expanded by compile.

func compile(expr string) pattern.Regexp {
	for _, m := range [][2]string{
		{"LOCKS", `(?P<locks>LOCK(?:(?: and |, and |, )LOCK)*)`},
		{"LOCK", `(?:both |the |its |their )?(?:lock |mutex )?PATH(?: lock| mutex| mutex lock)?`},
		{"PATH", "[`&]?[A-Za-z_][A-Za-z0-9_]*(?:\\.[A-Za-z_][A-Za-z0-9_]*)*`?"},
		{"SUBJECT", `(?:(?:it|this|the|this function|this method|the function|the method|\w+) )?`},
		{"CALLERS", `(?:the |its |all |any |all the )?callers?(?: of \w+)?`},
		{"HELD", `(?P<mode>(?:read[- ]|write[- ]|exclusively |at least read[- ])?(?:held|locked|taken|acquired)(?: exclusively)?(?: for (?:reading|writing|reads?|writes?)| in (?:read|write) mode)?)`},
		{"MODE", `(?P<mode> for (?:reading|writing|reads?|writes?)| in (?:read|write) mode| exclusively)?`},
		{"AT", `(?: by (?:the |its |all )?callers?)?(?: (?:before|on|at|upon|during|throughout|for the duration of|when|while|prior to) (?:the |this |each |every )?(?:call|calls|entry|invocation|calling)(?: (?:to |of )?(?:it|this|this function|this method|\w+))?)?`},
	} {
		expr = strings.ReplaceAll(expr, m[0], m[1])
	}
	return pattern.New(`^(?i:` + expr + `)$`)
}

func compileAll(exprs ...string) []pattern.Regexp {
	var res []pattern.Regexp
	for _, e := range exprs {
		res = append(res, compile(e))
	}
	return res
}

// Built once and never changed.
var (
	// Obligations, which may end a longer sentence.
	requires = compileAll(
		`LOCKS (?:must|should) (?:already )?(?:be|remain) HELDAT`,
		`CALLERS (?:must|should|needs? to|has to|have to) (?:already )?(?:hold|be holding|have locked|have acquired|own) LOCKSMODEAT`,
		`SUBJECT(?:must|should|may only|can only|must only|should only) be (?:called|invoked|used|run) (?:with|having) LOCKS (?:already |being )?HELDAT`,
		`SUBJECT(?:must|should|may only|can only|must only|should only) be (?:called|invoked|used|run) (?:while holding|holding|under) LOCKSMODEAT`,
		`SUBJECTmust (?:already )?(?:hold|be holding) LOCKSMODEAT`,
	)
	// Statements, which must be a sentence.
	requiresAlone = compileAll(
		`SUBJECTrequires?:? (?:that )?LOCKS(?: (?:is|are|be|to be|remain|must be) HELD)?AT`,
		`SUBJECTrequires?:? (?:that )?(?:the |its )?callers? (?:to )?(?:hold|holds|holding) LOCKSMODEAT`,
		`SUBJECTrequires?:? (?:holding|to hold) LOCKSMODEAT`,
		`SUBJECT(?:assumes?|expects?|assuming) (?:that )?LOCKS (?:is|are|to be) (?:already )?HELDAT`,
		`SUBJECT(?:assumes?|expects?|assuming) (?:that )?(?:the |its )?callers? (?:already )?(?:holds?|is holding|are holding|to hold|has locked) LOCKSMODEAT`,
		`SUBJECT(?:is |are |always )?(?:always )?(?:called|invoked) with LOCKS (?:already )?HELD(?: by (?:the )?callers?)?`,
		`SUBJECT(?:is |are |always )?(?:always )?(?:called|invoked) (?:while holding|holding) LOCKSMODE`,
		`CALLERS (?:already )?(?:holds?|is holding|are holding) LOCKSMODE`,
		`LOCKS (?:is|are) (?:already |always )?HELD(?: by (?:the |all )?callers?| on entry)`,
		`LOCKS (?:is |are )?(?:already )?(?:held|locked)`,
	)
	excludes = compileAll(
		`LOCKS (?:must|should) not (?:already )?be (?:held|locked|taken)AT`,
		`CALLERS must not (?:already )?(?:hold|be holding|have locked|own) LOCKSAT`,
		`SUBJECTmust not (?:already )?(?:hold|be holding) LOCKSAT`,
		`SUBJECTmust not be (?:called|invoked) (?:with|having) LOCKS (?:already )?(?:held|locked|taken)`,
		`SUBJECTmust not be (?:called|invoked) (?:while holding|holding|under) LOCKS`,
		`SUBJECTmust be (?:called|invoked) without (?:holding )?LOCKS(?: held| locked| being held)?`,
		`SUBJECTmust be (?:called|invoked) with LOCKS (?:unlocked|not held|released)`,
	)
	guarded = compileAll(
		`(?:all )?access(?:es)?(?: to (?P<subject>[\w, /]+?))? (?:is|are|must be) (?:guarded|protected|synchronized) by LOCKS`,
		`(?:(?P<subject>[\w, /]+?) (?:is|are) )?(?:all |both )?(?:guarded|protected|synchronized) by LOCKS`,
		`(?P<subject>both|all|these) (?:guarded|protected|synchronized) by LOCKS`,
		`(?:must )?hold LOCKS to (?:access|read or write|read and write|use)(?: (?P<subject>it|this|them|this field))?`,
		`LOCKS must be held (?:to access|when accessing|while accessing)(?: (?P<subject>it|this|them|this field))?`,
	)
	guards = compileAll(
		`(?:(?P<lock>PATH|this lock|this mutex|the lock|the mutex) )?(?:guards?|protects?|synchronizes)(?: (?:all )?access(?:es)? to| reads and writes (?:of|to))? (?P<list>.+)`,
	)

	following = compile(`(?:all |all of )?(?:the |this |these )?(?:(\w+) )?following(?: (\w+))?(?: fields?| variables?| group(?: of fields)?| members?)?|(?:the |this )?(?:next )?(?:group|block)(?: of (?:fields|variables))?(?: below)?|following(?: fields| variables)?|next (?:(\w+) )?(?:fields|variables)`)
	below     = compile(`(?:all |all of |everything |every |any )?(?:the |other |of the )*(?:fields?|variables?|members?|state|everything|all|things)? ?below(?: it| this| here)?|(?:all )?(?:the )?(?:rest|remaining fields|rest of the fields|rest of the struct)`)

	pronoun      = pattern.New(`^(?i:it|this|this field|this variable|this lock|this mutex|the lock|the mutex|which|that|them|lock|mutex)$`)
	groupSubject = pattern.New(`^(?i:both|all|these|they|these fields|all these|all of these|the following|(?:all )?(?:the )?following(?: fields| variables)?|(?:all |the )*fields below|the fields below|everything below|the rest)$`)

	annotation    = pattern.New(`^\+(check(?:locks[a-z]*|atomic))(?::\s*([A-Za-z_][\w.]*))?`)
	bullet        = pattern.New(`^\s{0,3}(?:[-*•]|\d+[.)])\s+`)
	sentenceEnd   = pattern.New(`[.!](?:\s+|$)`)
	pieceEnd      = pattern.New(`\s*;\s*|\s*[()]\s*|\s+(?:-|--|–|—)\s+`)
	conjunction   = pattern.New(`, and |, but | and |, `)
	obligation    = pattern.New(`(?i)\b(?:must|should|may only|can only|needs? to|ha(?:s|ve) to)\b`)
	listSeparator = pattern.New(`, and |,? and |, ?|/`)
	lockName      = compile("(?:both |the |its |their )?(?:lock |mutex )?[`&]?([A-Za-z_][A-Za-z0-9_.]*)`?(?: lock| mutex| mutex lock)?")
	varName       = compile("(?:access to |the |both |its )*`?([A-Za-z_]\\w*)`?(?: fields?| maps?| slices?| variables?| lists?| counters?| caches?| buffers?)?")
	article       = pattern.New(`^(?i:an?|it|this|that|some|any|one)$`)
	readMode      = pattern.New(`(?i)\bread`)

	// exceptions in the comment of a variable make it no contract: what it
	// says of the lock is not all there is to say.
	exceptions = pattern.New(`(?i)\b(?:not|unless|except\w*|without|lock-?free|atomic\w*|immutable|only|initiali[sz]\w*|init|also|write-once|read-only|before|either|TODO|FIXME|no longer|used to|loads|reads|stores|modif\w+|sometimes|usually|mostly|partly|partially|optional\w*|during|after|while|until|once)\b|n't\b`)
	// conditions in a sentence about a function make it no contract.
	conditions = pattern.New(`(?i)\b(?:if|unless|except\w*|or|either|allowed|optional\w*|need not|not required|once|until|otherwise|instead|without the|in case|usually|sometimes|typically|normally|ideally|whether|used to|no longer|TODO|FIXME|some|might|temporarily|returns? with)\b|n't\b`)
	// exception begins a sentence that takes back what the one before said.
	exception = pattern.New(`^(?i:or|otherwise|unless|except\w*|alternatively|but|however|the exception|exception)\b`)
)
