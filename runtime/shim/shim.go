// Package shim holds the source of what lockstep links into the programs that
// it runs.
//
// Each folder below is a package of ours that is compiled twice: as part of
// lockstep, where tests hold it, and as part of the program under test, into
// whose module it is laid under another import path. Those packages import
// only the standard library and each other, but for locks, which imports
// go-deadlock: that import is what keeps go-deadlock in lockstep's go.mod, and
// the version in lockstep's build information is the one that is laid beside it.
//
// They have to compile under the language version of any module, however old:
// no generics, not even 0o644; of the library, what Go 1.21 has. Packages control
// and controltest are generic, and are for modules of Go 1.21 and later.
package shim

import "embed"

// Source is the source of the packages, by folder, tests included.
//
//go:embed control/*.go controltest/*.go final/*.go goid/*.go leak/*.go locks/*.go stack/*.go
var Source embed.FS

// Packages lists them.
func Packages() []string {
	return []string{"control", "controltest", "final", "goid", "leak", "locks", "stack"}
}
