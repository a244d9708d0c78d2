package instances

import "testing"

type box struct{ purse }

func (b *box) fill(from *box) {
	b.mu.Lock()
	defer b.mu.Unlock()
	from.mu.Lock()
	defer from.mu.Unlock()
	b.coins += from.coins
}

func TestFill(t *testing.T) {
	for _, c := range []struct{ a, b *box }{{new(box), new(box)}} {
		a, b := c.a, c.b
		a.fill(b)
		b.fill(a)
	}
}
