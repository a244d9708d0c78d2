package limitations

// An element of another round: what a goroutine does at an index that is not
// known is taken to concern the element of the round that started it.
func nextElement(n int) {
	cells := make([]int, n)
	for i := range cells {
		cells[i] = i
		go func() { cells[(i+1)%n]++ }()
	}
}

// This one is false: the round that starts the goroutine is the last, as a
// field says that is not followed.
type link struct {
	left   bool
	sent   int
	orders chan string
}

func (l *link) leave() *link {
	l.left = true
	return l
}

func serve(l *link) {
	for order := range l.orders {
		if order == "leave" {
			l := l.leave()
			go func() {
				l.sent++ // want `l.sent is written here by all goroutines started at rounds.go:\d+`
			}()
		}
		if l.left {
			return
		}
	}
}

func start(orders chan string) { go serve(&link{orders: orders}) }
