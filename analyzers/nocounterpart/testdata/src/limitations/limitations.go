package limitations

// How often something is done is not counted.
func twice() int {
	ch := make(chan int)
	go func() { ch <- 1 }()
	go func() { ch <- 2 }()
	return <-ch
}

// The field of another object has what this one lacks.
type box struct{ ch chan int }

func objects() {
	a, b := &box{make(chan int)}, &box{make(chan int)}
	go func() { a.ch <- 1 }()
	<-b.ch
}
