package above // want package:`outside: quiet Rename; All starts #0 many times and may wait for it; Each calls #0; Go starts #1; Run starts #0\.Run; Later writes #0\.fs; Rename writes #0\.Name\}$`

// Package above wraps wrappers.

import (
	"context"

	"quiet"
	"wrappers"
)

func Go(ctx context.Context, f func(context.Context)) {
	wrappers.Go(func() { f(ctx) })
}

func All(f func()) { wrappers.All(3, func(int) { f() }) }

func Later(g *wrappers.Group, f func()) { g.Later(f) }

func Each(f func(int)) { wrappers.Each([]int{1}, f) }

func Rename(n *quiet.Node) { n.Rename("x") }

func Wait(n *quiet.Node) { n.Wait() }

func Run(t wrappers.Task) { wrappers.Submit(t) }
