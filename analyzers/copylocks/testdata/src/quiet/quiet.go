package quiet

import "sync"

type account struct {
	mu      sync.Mutex
	balance int
}

func (a *account) deposit(n int) { a.balance += n }

func create() account { return account{balance: 1} }

func assign() {
	a := create()
	b := &a
	b.deposit(1)
	a = account{}
}

func total(accounts []account) (n int) {
	for i := range accounts {
		n += accounts[i].balance
	}
	return n
}

func locker(l sync.Locker) { l.Lock() }

//lockstep:ignore copylocks the value is not in use yet
func template(a account) account { return account{balance: a.balance} }
