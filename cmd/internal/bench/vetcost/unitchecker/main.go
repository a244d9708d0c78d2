// Unitchecker is the suite behind x/tools' driver for go vet, for vetcost to
// compare with lockstep's own.
package main

import (
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/lockstep-go/lockstep/analyzers"
)

func main() { unitchecker.Main(analyzers.Suite()...) }
