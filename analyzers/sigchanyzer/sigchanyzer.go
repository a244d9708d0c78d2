package sigchanyzer

import (
	"embed"

	"golang.org/x/tools/go/analysis/passes/sigchanyzer"

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
	Name:      "sigchanyzer",
	Doc:       lesson.Doc(docSource),
	Catalogue: message.MustLoad(messagesFS, "messages"),
	Analyzer:  sigchanyzer.Analyzer,
	Sentences: []adopted.Sentence{{
		Pattern: `misuse of unbuffered os\.Signal channel as argument to signal\.Notify`,
		Key:     "unbuffered", Kind: diagnostic.Operation, Subject: "code", Fix: "fix-buffer",
	}},
})
