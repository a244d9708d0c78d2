// Package analyzers is the suite: every check of lockstep, in the order in
// which they are listed to users.
package analyzers

import (
	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/badignore"
)

// Suite returns every check, in the order of their names.
func Suite() []*analysis.Analyzer {
	return []*analysis.Analyzer{
		badignore.Analyzer,
	}
}
