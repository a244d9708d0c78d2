// Package badignore reports suppression comments that suppress nothing: without
// a reason, of an unknown rule, or misspelt.
//
// # Wrong
//
//	//lockstep:ignore missingunlock
//	mu.Lock()
//
//	//lockstep:ignore misingunlock the caller unlocks
//	mu.Lock()
//
//	// lockstep:ignore missingunlock the caller unlocks
//	mu.Lock()
//
// The first gives no reason, the second misspells the rule, the third has a space
// behind the slashes, which makes it an ordinary comment.
//
// # Right
//
//	//lockstep:ignore missingunlock the caller unlocks
//	mu.Lock()
//
// # Why it matters
//
// A comment that looks like a suppression and is none misleads whoever reads it.
// The reason is not optional because the next reader has to judge whether it
// still holds: a finding that is silenced without one cannot be told from a bug
// that nobody wanted to look at.
//
// # How to fix it
//
// Write the reason behind the rule. Several rules are separated by commas, without
// a space. "lockstep explain" lists the rules.
//
// # Limitations
//
// A directive that is well formed, and suppresses nothing because its rule has
// nothing to say there, is not reported.
package badignore
