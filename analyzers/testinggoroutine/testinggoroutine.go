package testinggoroutine

import (
	"embed"

	"golang.org/x/tools/go/analysis/passes/testinggoroutine"

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
	Name:      "testinggoroutine",
	Doc:       lesson.Doc(docSource),
	Catalogue: message.MustLoad(messagesFS, "messages"),
	Analyzer:  testinggoroutine.Analyzer,
	Sentences: []adopted.Sentence{
		{
			Pattern: `call to (?P<method>\S+) from a non-test goroutine \((?P<func>\S+) calls \S+\)`,
			Key:     "calls", Kind: diagnostic.Operation, Subject: "code",
		}, {
			Pattern: `call to (?P<method>\S+) from a non-test goroutine`,
			Key:     "called", Kind: diagnostic.Operation, Subject: "code",
		},
	},
})
