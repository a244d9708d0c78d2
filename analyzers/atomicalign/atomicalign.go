package atomicalign

import (
	"embed"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/atomicalign"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

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
	Matters:   on32Bits,
	Provide: map[*analysis.Analyzer]func(*analysis.Pass) (any, error){
		// Of one's own, so that where nothing matters nothing is computed.
		inspect.Analyzer: func(pass *analysis.Pass) (any, error) { return inspector.New(pass.Files), nil },
	},
	Sentences: []adopted.Sentence{{
		Pattern: `address of non 64-bit aligned field \.(?P<field>\w+) passed to atomic\.(?P<func>\w+)`,
		Key:     "unaligned", Kind: diagnostic.Variable, Subject: "field",
	}},
})

func on32Bits(pass *analysis.Pass) bool { return pass.TypesSizes.Sizeof(types.Typ[types.Uintptr]) == 4 }
