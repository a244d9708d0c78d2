package control

import "go/types"

// IsBool reports whether values of t are those that branches test.
func IsBool(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}
