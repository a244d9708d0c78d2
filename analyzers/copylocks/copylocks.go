package copylocks

import (
	"embed"
	"slices"

	"golang.org/x/tools/go/analysis/passes/copylock"

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
	Name:      "copylocks",
	Doc:       lesson.Doc(docSource),
	Catalogue: message.MustLoad(messagesFS, "messages"),
	Analyzer:  copylock.Analyzer,
	Sentences: slices.Concat(
		copies(`(?:assignment|variable declaration) copies lock value to (?P<to>.+?)`, "assign"),
		copies(`for loop iteration copies lock value to (?P<to>.+?)`, "iteration"),
		copies(`literal copies lock value from .+?`, "literal"),
		copies(`return copies lock value`, "return"),
		copies(`call of (?P<callee>.+?) copies lock value`, "call"),
		copies(`func passes lock by value`, "literal-takes"),
		copies(`(?P<func>.+?) passes lock by value`, "takes"),
		copies(`range var (?P<to>.+?) copies lock`, "range"),
	),
	Types: []string{"lock"},
})

// copies are the sentences that begin alike. Behind the colon stands the type
// that is copied, and if that is not the lock itself, what it contains:
//
//	bank.Account contains sync.Mutex
//	bank.Account contains sync.WaitGroup contains sync.noCopy
//	sync.WaitGroup contains sync.noCopy
//
// What a reader knows is the outermost type of package sync.
func copies(begin string, key message.Key) []adopted.Sentence {
	const holder, noCopy = `.+? contains (?:.+ contains )?`, ` contains sync(?:/atomic)?\.noCopy`
	const lock = `(?P<lock>.+)`
	sentence := func(end string, key message.Key) adopted.Sentence {
		return adopted.Sentence{Pattern: begin + ": " + end, Key: key, Kind: diagnostic.Lock, Subject: "code"}
	}
	return []adopted.Sentence{
		sentence(holder+lock+noCopy, key+"-holder"),
		sentence(lock+noCopy, key),
		sentence(holder+lock, key+"-holder"),
		sentence(lock, key),
	}
}
