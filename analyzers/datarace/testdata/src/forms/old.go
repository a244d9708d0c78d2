//go:build go1.21

package forms

func loopVariable() {
	for i := 0; i < 10; i++ { // want `i is written here .*; before Go 1.22 all iterations share i: copy it in the loop`
		go func() { println(i) }()
	}
}

func rangeVariable(names []string) {
	for _, name := range names { // want `name is written here .*; before Go 1.22 all iterations share name`
		go func() { println(name) }()
	}
}

func copied(names []string) {
	for _, name := range names {
		name := name
		go func() { println(name) }()
	}
}
