package noisy

import "sync"

type account struct {
	mu      sync.Mutex
	balance int
}

type branch struct{ accounts [2]account }

func (a account) deposit(n int) { // want `^deposit takes account by value, so every call copies the sync\.Mutex in it; a copy knows nothing`
	a.balance += n
}

func lock(mu sync.Mutex) { mu.Lock() } // want `^lock takes a sync\.Mutex by value, so every call makes a copy`

func assign(a *account, wg *sync.WaitGroup) {
	b := *a            // want `^b becomes a copy of \*a, and of the sync\.Mutex in it`
	var mu = b.mu      // want `^mu becomes a copy of b\.mu, a sync\.Mutex`
	group := *wg       // want `^group becomes a copy of \*wg, a sync\.WaitGroup`
	pair := struct{ n int; m sync.Mutex }{1, mu} // want `^the literal gets a copy of mu, a sync\.Mutex`
	_, _ = &group, &pair
}

func inArray(b *branch) branch {
	return *b // want `^what is returned is a copy of \*b, and of the sync\.Mutex in it`
}

func pass(a *account) {
	print := func(account) {} // want `^the function takes account by value, so every call copies the sync\.Mutex in it`
	print(*a) // want `^print is called with a copy of \*a, and of the sync\.Mutex in it`
}

func total(accounts []account) (n int) {
	for _, a := range accounts { // want `^a is a copy of an element, and of the sync\.Mutex in it`
		n += a.balance
	}
	return n
}

func loop() {
	for mu, i := (sync.Mutex{}), 0; i < 2; i++ { // want `^mu, a sync\.Mutex, is copied whenever the loop goes on to its next iteration`
		mu.Lock()
		mu.Unlock()
	}
}
