//go:build go1.21

package p

func oldLoops(list []int) {
	for i := 0; i < 3; i++ {
		go func() { println(i) }() // read: i
	}
	for _, x := range list {
		go func() { println(x) }() // read: x
	}
}
