package atomicalign

import (
	"embed"

	"golang.org/x/tools/go/analysis/passes/atomicalign"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/adopted"
	"github.com/lockstep-go/lockstep/analyzers/internal/lesson"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

//go:embed doc.go
var docSource string

//go:embed messages/*.json
var messagesFS embed.FS

// Analyzer is the check.
var Analyzer = adopted.New(adopted.Check{
	Name:      "atomicalign",
	Doc:       lesson.Doc(docSource),
	Catalogue: message.MustLoad(messagesFS, "messages"),
	Analyzer:  atomicalign.Analyzer,
	Sentences: []adopted.Sentence{{
		Pattern: `address of non 64-bit aligned field \.(?P<field>\w+) passed to atomic\.(?P<func>\w+)`,
		Key:     "unaligned", Kind: diagnostic.Variable, Subject: "field",
	}},
})
