package diagnostic

import (
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/message"
)

// A Joiner is a fact of a package that means something together with those of
// other packages, whether or not one imports the other. A driver that sees many
// packages joins them when it has seen all; go vet, which sees one at a time,
// cannot.
type Joiner interface {
	analysis.Fact
	// Join compares all facts of this type, those of its own included, which
	// come in the order of their packages.
	Join(all []Joiner) []Joined
}

// A Place is a range of a source file, lines and columns from one. An end that is
// not known is zero.
type Place struct {
	File            string
	Line, Column    int
	EndLine, EndCol int
}

// PlaceOf returns the range of the syntax that is known by pos, as
// [Reporter.Report] would mark it.
func PlaceOf(pass *analysis.Pass, pos token.Pos) Place {
	from, to := extent(pass.Files, pos, token.NoPos)
	start := pass.Fset.Position(from)
	p := Place{File: start.Filename, Line: start.Line, Column: start.Column}
	if end := pass.Fset.Position(to); to > from && end.Filename == start.Filename {
		p.EndLine, p.EndCol = end.Line, end.Column
	}
	return p
}

// A Joined is a finding about several packages. It is a [Diagnostic] whose
// positions are values.
type Joined struct {
	Package    string // that it is reported in
	Category   string
	Place      Place
	Message    message.Message
	Subject    string
	Function   string
	Operations []Place
	Related    []JoinedRelated
	Catalogue  *message.Catalogue // words its messages
}

// A JoinedRelated is a place that explains a finding.
type JoinedRelated struct {
	Role    Role
	Place   Place
	Message message.Message
}
