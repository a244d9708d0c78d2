package cli

import "strings"

// normalise rewrites the go command's spelling of flags, -format=json, into
// the one that cobra reads, --format=json. What follows "--" is left alone. A
// single letter (-h) and anything that does not begin with a letter, such as the
// value -1, stay as they are; letters are never combined behind one dash.
func normalise(args []string) []string {
	out := make([]string, 0, len(args))
	for i, arg := range args {
		if arg == "--" {
			return append(out, args[i:]...)
		}
		if isLongFlag(arg) {
			arg = "-" + arg
		}
		out = append(out, arg)
	}
	return out
}

func isLongFlag(arg string) bool {
	if len(arg) < 3 || arg[0] != '-' || !isLetter(arg[1]) {
		return false
	}
	name, _, _ := strings.Cut(arg[1:], "=")
	return len(name) > 1
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// flagValue returns the last value that normalised args give to a flag, for
// the few flags that must be known before the commands are made.
func flagValue(args []string, name string) string {
	var value string
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if v, ok := strings.CutPrefix(arg, "--"+name+"="); ok {
			value = v
		} else if arg == "--"+name && i+1 < len(args) {
			value = args[i+1]
		}
	}
	return value
}
