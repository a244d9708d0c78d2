package cli

import (
	"flag"
	"strings"

	"github.com/lockstep-go/lockstep/analyzers/config"
)

// IsVetProtocol reports whether the arguments (without the program's name) are
// go vet's or go fix's way of calling a tool: -V=full, -flags, or analyzer flags
// followed by one *.cfg file. They are recognised before any other parsing,
// since the protocol leaves no room for a command.
func IsVetProtocol(args []string) bool {
	if len(args) == 0 {
		return false
	}
	flags, last := args[:len(args)-1], args[len(args)-1]
	if len(flags) == 0 {
		switch strings.TrimPrefix(strings.TrimPrefix(last, "-"), "-") {
		case last: // no dash
		case "V=full", "flags":
			return true
		}
	}
	if strings.HasPrefix(last, "-") || !strings.HasSuffix(last, ".cfg") {
		return false
	}
	for _, f := range flags {
		if !strings.HasPrefix(f, "-") {
			return false
		}
	}
	return true
}

// AddVetFlags makes the flags of the configuration known to unitchecker, which
// registers those of the checks only. Under go vet they have to be flags of the
// tool: its cache of results knows those, but no environment and no file.
func AddVetFlags() {
	config.Analyzer.Flags.VisitAll(func(f *flag.Flag) {
		flag.Var(f.Value, f.Name, f.Usage)
	})
}
