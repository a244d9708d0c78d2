package returns

import "sync"

// Read locks.
type table struct {
	sync.RWMutex
	rows []string
}

func (t *table) row(i int) string {
	t.RLock()
	if i >= len(t.rows) {
		return "" // want `row returns with t still locked`
	}
	row := t.rows[i]
	t.RUnlock()
	return row
}

// Unlock does not release what RLock acquired.
func (t *table) rowRight(i int) string {
	t.RLock()
	defer t.RUnlock()
	if i >= len(t.rows) {
		return ""
	}
	return t.rows[i]
}

// From a read lock to a write lock and back.
func (t *table) grow(i int) {
	t.RLock()
	if i < len(t.rows) {
		t.RUnlock()
		return
	}
	t.RUnlock()
	t.Lock()
	if i < len(t.rows) {
		return // want `grow returns with t still locked`
	}
	t.rows = append(t.rows, "")
	t.Unlock()
}

// A package-level lock.
var (
	registryMu sync.Mutex
	registry   = map[string]int{}
)

func register(name string) bool {
	registryMu.Lock()
	if _, ok := registry[name]; ok {
		return false // want `register returns with registryMu still locked`
	}
	registry[name] = len(registry)
	registryMu.Unlock()
	return true
}

// A lock in a local variable, behind an alias.
func count(names []string) int {
	var mu sync.Mutex
	seen := 0
	l := &mu
	l.Lock()
	for _, n := range names {
		if n == "" {
			return 0 // want `count returns with l still locked`
		}
		seen++
	}
	mu.Unlock()
	return seen
}

// A sync.Locker.
func with(l sync.Locker, ok bool) bool {
	l.Lock()
	if !ok {
		return false // want `with returns with l still locked`
	}
	l.Unlock()
	return true
}

// A function literal, and a lock that it captures.
func (t *table) literal() func(int) string {
	return func(i int) string {
		t.Lock()
		if i >= len(t.rows) {
			return "" // want `the function literal in literal returns with t still locked`
		}
		s := t.rows[i]
		t.Unlock()
		return s
	}
}

// The reader of an RWMutex as a Locker.
func (t *table) locker(i int) string {
	t.RLocker().Lock()
	if i >= len(t.rows) {
		return "" // want `locker returns with t.RLocker\(\) still locked`
	}
	s := t.rows[i]
	t.RUnlock()
	return s
}
