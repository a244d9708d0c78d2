package atomic

import (
	"embed"

	"golang.org/x/tools/go/analysis/passes/atomic"

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
	Name:      "atomic",
	Doc:       lesson.Doc(docSource),
	Catalogue: message.MustLoad(messagesFS, "messages"),
	Analyzer:  atomic.Analyzer,
	Sentences: []adopted.Sentence{{
		Pattern: "direct assignment to atomic value",
		Key:     "assigned", Kind: diagnostic.Variable, Subject: "code",
	}},
})
