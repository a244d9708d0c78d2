// Package globals has package-level variables with contracts.
package globals

import "sync"

var (
	mu    sync.Mutex // guards names and count
	names = make(map[string]int)
	count int
)

var (
	// envMu guards env.
	envMu sync.RWMutex
	env   []string
)

func init() {
	names["zero"] = 0
	count = 1
}

func Add(name string) {
	mu.Lock()
	defer mu.Unlock()
	names[name] = count
	count++
}

func Count() int {
	return count // want `Count reads count without holding mu, though globals.go:7 says "guards names and count"`
}

func Lookup(name string) int {
	return names[name] // want `Lookup reads names without holding mu`
}

func Setenv(kv string) {
	envMu.Lock()
	env = append(env, kv)
	envMu.Unlock()
}

func Environ() []string {
	envMu.RLock()
	defer envMu.RUnlock()
	return append([]string(nil), env...)
}

func Clearenv() {
	env = nil // want `Clearenv writes env without holding envMu`
}
