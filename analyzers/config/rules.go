package config

// Rules lists the rule names that a directive may name, in order. They are
// data here since no analyzer may import the suite; a test beside the suite
// holds the two equal.
func Rules() []string {
	return []string{
		"badignore",
	}
}
