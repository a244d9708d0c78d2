// Package loopclosure reports goroutines, deferred functions and parallel
// subtests that use the variable of a loop in a file of a Go version before
// 1.22.
//
// # Wrong
//
//	// go 1.21 in go.mod
//	for _, url := range urls {
//		go func() {
//			fetch(url)
//		}()
//	}
//
// # Right
//
//	for _, url := range urls {
//		go func(url string) {
//			fetch(url)
//		}(url)
//	}
//
// # Why it breaks
//
// Before Go 1.22 a loop has one variable, which every iteration changes. The
// goroutines run later than the iteration that started them: most of them see
// the last URL, which is fetched many times, the others are never fetched, and
// reading the variable while the loop writes it is a data race.
//
// # How to fix it
//
// Write "go 1.22" or later in go.mod: since then every iteration has a variable
// of its own. Otherwise pass the variable as an argument, or copy it within the
// loop, as in url := url.
//
// # What counts
//
// A function literal that is started by the last statement of the loop's body
// (a go or defer statement or errgroup's Go), and any parallel subtest. Files
// whose version is 1.22 or later are left alone.
//
// This is the check of the same name of go vet, with its sentences worded for
// this suite. Under "go vet -vettool" it is off unless named, since go vet
// itself has run it.
//
// # Limitations
//
// A go statement that is not the last of the body is not reported, since what
// is behind it may wait for the goroutine.
package loopclosure
