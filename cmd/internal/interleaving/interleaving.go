// Package interleaving shows a controlled run: which goroutine did what, in
// which order, who waited for whom, and how it ended. [Text] is for terminals,
// [HTML] is one file for browsers that plays the run step by step.
//
// Both are pure functions of a [Run], which [New] makes from the result of a run
// and the source files it points to.
package interleaving

import (
	"embed"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

//go:embed messages
var messagesFS embed.FS

var catalogue = message.MustLoad(messagesFS, "messages")

// Languages lists the languages that an interleaving can be shown in.
func Languages() []message.Lang { return catalogue.Languages() }

// Options are what a renderer needs beside the run.
type Options struct {
	Lang  message.Lang // "" is English; what a language lacks is said in English
	Dir   string       // folder that paths are shown relative to; "" leaves them absolute
	Title string       // of the page, such as the schedule or the test; "" is a general one
	Width int          // columns of the terminal; 0 is 80
	Color bool         // allows terminal colours
	Steps bool         // shows every step, none folded
	Rows  int          // how many steps a table shows before it folds; 0 is a page full
}

// A Race is two accesses that the race detector reported, by the places in its
// report. Columns may be 0.
type Race struct {
	Accesses [2]schedule.Site
}
