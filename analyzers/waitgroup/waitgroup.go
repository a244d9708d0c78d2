package waitgroup

import (
	"embed"

	"golang.org/x/tools/go/analysis/passes/waitgroup"

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
	Name:      "waitgroup",
	Doc:       lesson.Doc(docSource),
	Catalogue: message.MustLoad(messagesFS, "messages"),
	Analyzer:  waitgroup.Analyzer,
	Sentences: []adopted.Sentence{{
		Pattern: `WaitGroup\.Add called from inside new goroutine`,
		Key:     "inside", Kind: diagnostic.Operation, Subject: "code",
	}},
})
