package loopclosure

import (
	"embed"

	"golang.org/x/tools/go/analysis/passes/loopclosure"

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
	Name:      "loopclosure",
	Doc:       lesson.Doc(docSource),
	Catalogue: message.MustLoad(messagesFS, "messages"),
	Analyzer:  loopclosure.Analyzer,
	Sentences: []adopted.Sentence{{
		Pattern: `loop variable (?P<name>\S+) captured by func literal`,
		Key:     "captured", Kind: diagnostic.Variable, Subject: "name",
	}},
})
