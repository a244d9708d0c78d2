// Package architecture states which packages of this module may import which,
// and checks it. ARCHITECTURE.md draws the picture that these rules keep.
//
// A rule speaks of the packages that are linked in, however indirectly: if a
// may not import b, then neither may anything that a imports. Only where a rule
// says so does it look at a package's own import list alone. Test files are
// free: a test may need to see both sides of a border.
package architecture

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Module is the path of the module that the rules are about.
const Module = "github.com/lockstep-go/lockstep"

// A Graph maps the import path of each package to the paths that it imports.
type Graph map[string][]string

// A Rule forbids imports.
type Rule struct {
	Name   string
	From   func(path string) bool
	Forbid func(from, path string) bool
	// Direct limits the rule to the imports that the package itself names.
	Direct bool
}

// A Violation is a forbidden import: the shortest chain of imports from a
// package that the rule is about to the one that it may not reach.
type Violation struct {
	Rule  string
	Chain []string
}

func (v Violation) String() string {
	short := make([]string, len(v.Chain))
	for i, p := range v.Chain {
		short[i] = cmp.Or(local(p), p)
	}
	return fmt.Sprintf("%s:\n\t%s", v.Rule, strings.Join(short, "\n\t  imports "))
}

// Violations returns each way in which the graph breaks the rules: for every
// package that a rule is about, the shortest chain to a package that it may not
// reach. The order is stable.
func Violations(g Graph, rules []Rule) []Violation {
	var all []Violation
	for _, rule := range rules {
		for _, from := range slices.Sorted(maps.Keys(g)) {
			if !rule.From(from) {
				continue
			}
			if chain := shortestChain(g, rule, from); chain != nil {
				all = append(all, Violation{rule.Name, chain})
			}
		}
	}
	return all
}

// shortestChain searches breadth first from a package for one that the rule
// forbids it to reach.
func shortestChain(g Graph, rule Rule, from string) []string {
	importer := map[string]string{from: ""}
	queue := []string{from}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, next := range slices.Sorted(slices.Values(g[at])) {
			if _, seen := importer[next]; seen {
				continue
			}
			importer[next] = at
			if rule.Forbid(from, next) {
				var chain []string
				for p := next; p != ""; p = importer[p] {
					chain = append(chain, p)
				}
				slices.Reverse(chain)
				return chain
			}
			if !rule.Direct {
				queue = append(queue, next)
			}
		}
	}
	return nil
}

// local is path relative to the module, or "" if it is not of the module.
func local(path string) string {
	if path == Module {
		return "."
	}
	rest, ok := strings.CutPrefix(path, Module+"/")
	if !ok {
		return ""
	}
	return rest
}

// under reports whether path is dir or in it; dir is relative to the module.
func under(path, dir string) bool {
	rest, ok := strings.CutPrefix(local(path), dir)
	return ok && (rest == "" || rest[0] == '/')
}

func underAny(path string, dirs ...string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool { return under(path, dir) })
}

func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// isCheck reports whether path is a check: a folder directly under analyzers/
// that is not one of those which serve all checks.
func isCheck(path string) bool {
	name, ok := strings.CutPrefix(local(path), "analyzers/")
	return ok && !strings.Contains(name, "/") && !slices.Contains([]string{"config", "diagnostic", "golangci", "internal", "message", "relevance"}, name)
}

func isSuite(path string) bool { return local(path) == "analyzers" }
