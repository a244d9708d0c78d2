// Package testdata embeds the data that the installed program needs to have
// with it.
package testdata

import "embed"

// Course holds the lessons, each in a folder course/NN-topic.
//
//go:embed course
var Course embed.FS
