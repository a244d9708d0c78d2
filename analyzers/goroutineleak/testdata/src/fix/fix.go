package fix

import "time"

func get(string) string { return "" }

func fetch(url string) string {
	result := make(chan string)
	go func() {
		result <- get(url) // want `sends to result and may wait for ever`
	}()
	select {
	case r := <-result:
		return r
	case <-time.After(time.Second):
		return ""
	}
}

// One place is not enough for many.
func first(urls []string) string {
	result := make(chan string)
	for _, u := range urls {
		go func() {
			result <- get(u) // want `sends to result and may wait for ever`
		}()
	}
	return <-result
}
