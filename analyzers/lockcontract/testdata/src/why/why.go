// Package why has accesses that break a contract. A comment "why" holds what is
// said about its line: among others, what comes at the same time and how.
package why

import "sync"

// why+5: declared contract-here contract=guarded by mu
// why+5: declared contract-here contract=guarded by mu

type Stock struct {
	mu    sync.Mutex
	count int // guarded by mu
	price int // guarded by mu
}

func NewStock() *Stock {
	s := new(Stock)
	go s.refill() // why: spawn other-started-here func=NewStock
	return s
}

func (s *Stock) refill() {
	s.mu.Lock()   // why: lock kept-here func=refill lock=mu
	s.count = 100 // why: write other-writes func=refill
	s.mu.Unlock()
}

func (s *Stock) Count() int {
	return s.count // want `Count reads s.count without holding mu`
}

func (s *Stock) Price() int { // why: declared other-entered-here func=Price
	s.mu.Lock() // why: lock kept-here func=Price lock=mu
	defer s.mu.Unlock()
	return s.price // why: read other-reads func=Price
}

func (s *Stock) Raise(n int) {
	s.price += n // want `Raise writes s.price without holding mu`
}
