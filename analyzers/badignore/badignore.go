package badignore

import (
	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
)

// Analyzer is the check.
var Analyzer = &analysis.Analyzer{
	Name:       "badignore",
	Doc:        "report suppression comments that suppress nothing",
	URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/badignore",
	Requires:   []*analysis.Analyzer{config.Analyzer},
	ResultType: diagnostic.ResultType,
	Run:        diagnostic.Guard(run),
}

func run(pass *analysis.Pass) (any, error) {
	return diagnostic.NewReporter(pass, nil).Finish(), nil
}
