package lesson

import "testing"

func TestParse(t *testing.T) {
	got, err := Parse("// Package p reports what is wrong.\n//\n// # Wrong\n//\n//\tgo f()\npackage p\n")
	if want := "reports what is wrong.\n\n# Wrong\n\n\tgo f()"; err != nil || got != want {
		t.Errorf("Parse = %q, %v; want %q", got, err, want)
	}
	for name, source := range map[string]string{
		"no comment":    "package p\n",
		"other package": "// Package q reports.\npackage p\n",
		"not Go":        "p",
	} {
		if got, err := Parse(source); err == nil {
			t.Errorf("%s: Parse = %q, want an error", name, got)
		}
	}
}
