//go:build go1.22

package quiet

func ownVariable(urls []string, fetch func(string)) {
	for _, url := range urls {
		go func() { fetch(url) }()
	}
}
