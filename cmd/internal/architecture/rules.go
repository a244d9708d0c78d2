package architecture

import (
	"slices"
	"strings"
)

// Rules are the import rules of the module.
func Rules() []Rule {
	return []Rule{
		{
			Name:   "a check never imports another check, the suite, runtime or cmd: what checks share is an engine in analyzers/internal",
			From:   isCheck,
			Forbid: func(from, path string) bool { return isCheck(path) && path != from || outsideChecks(path) },
		},
		{
			Name: "what serves all checks (engines, config, diagnostic, message, relevance) never imports a check, the suite, runtime or cmd",
			From: func(path string) bool {
				return underAny(path, "analyzers/internal", "analyzers/config", "analyzers/diagnostic", "analyzers/message", "analyzers/relevance")
			},
			Forbid: func(_, path string) bool { return isCheck(path) || outsideChecks(path) },
		},
		{
			Name:   "runtime never imports analyzers or cmd: running a program needs no reading of it",
			From:   func(path string) bool { return under(path, "runtime") },
			Forbid: func(_, path string) bool { return underAny(path, "analyzers", "cmd", "testdata") },
		},
		{
			Name:   "runtime/detect never imports runtime/execute: bytes in, evidence out",
			From:   func(path string) bool { return under(path, "runtime/detect") },
			Forbid: func(_, path string) bool { return under(path, "runtime/execute") || path == "os/exec" },
		},
		{
			Name:   "runtime/shim imports nothing of ours and nothing heavy: it is linked into other people's programs; only its locks are go-deadlock's, and only control, which stands for functions of log and looks at values, imports those",
			From:   func(path string) bool { return under(path, "runtime/shim") },
			Direct: true,
			Forbid: func(from, path string) bool {
				if under(path, "runtime/shim") || under(from, "runtime/shim/locks") && path == "github.com/sasha-s/go-deadlock" ||
					local(from) == "runtime/shim/control" && (path == "log" || path == "reflect") ||
					local(from) == "runtime/shim/controltest" && path == "testing" {
					return false
				}
				return !isStandard(path) || isHeavy(path)
			},
		},
		{
			Name:   "cmd/internal/finding imports only the standard library",
			From:   func(path string) bool { return under(path, "cmd/internal/finding") },
			Forbid: func(_, path string) bool { return !isStandard(path) },
		},
		{
			Name: "cmd/internal/report renders findings and nothing else: of ours it imports finding and the message catalogue, never analyzers or runtime",
			From: func(path string) bool { return under(path, "cmd/internal/report") },
			Forbid: func(_, path string) bool {
				return local(path) != "" && !underAny(path, "cmd/internal/report", "cmd/internal/finding", "analyzers/message")
			},
		},
		{
			Name: "cmd/internal/interleaving shows controlled runs and nothing else: of ours it imports their model and the message catalogue",
			From: func(path string) bool { return under(path, "cmd/internal/interleaving") },
			Forbid: func(_, path string) bool {
				return local(path) != "" && !underAny(path, "cmd/internal/interleaving", "runtime/schedule", "analyzers/message")
			},
		},
		{
			Name: "only cmd/internal/check and cmd/internal/explore translate diagnostics and evidence into findings",
			From: func(path string) bool {
				return under(path, "cmd") && !underAny(path, "cmd/internal/check", "cmd/internal/explore", "cmd/internal/bench")
			},
			Direct: true,
			Forbid: func(_, path string) bool {
				return underAny(path, "analyzers/diagnostic", "runtime/evidence", "runtime/detect")
			},
		},
		{
			Name: "only cmd/lockstep, the golangci-lint plugin and benchmarks import the suite: everything else is handed the checks",
			From: func(path string) bool {
				return local(path) != "" && !underAny(path, "cmd/lockstep", "cmd/internal/bench", "analyzers/golangci")
			},
			Direct: true,
			Forbid: func(_, path string) bool { return isSuite(path) },
		},
		{
			Name:   "nothing imports cmd/internal/bench: it measures lockstep and is no part of it",
			From:   func(path string) bool { return local(path) != "" && !under(path, "cmd/internal/bench") },
			Direct: true,
			Forbid: func(_, path string) bool { return under(path, "cmd/internal/bench") },
		},
	}
}

func outsideChecks(path string) bool {
	return isSuite(path) || underAny(path, "runtime", "cmd", "testdata")
}

// isHeavy reports whether a package of the standard library brings much code
// or start-up work into a program that does not use it itself.
func isHeavy(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return slices.Contains([]string{
		"archive", "compress", "crypto", "database", "debug", "encoding", "expvar", "flag", "go", "html",
		"image", "log", "math", "mime", "net", "plugin", "reflect", "regexp", "testing", "text",
	}, first) && path != "math/bits"
}

// Folders that hold only folders: a package there would be a place without a
// subject.
var foldersOnly = []string{"runtime", "cmd", "cmd/internal"}

// Misplaced lists the packages of the graph that lie in a folder which may
// hold only folders.
func Misplaced(g Graph) []string {
	var found []string
	for path := range g {
		if slices.Contains(foldersOnly, local(path)) {
			found = append(found, path)
		}
	}
	slices.Sort(found)
	return found
}
