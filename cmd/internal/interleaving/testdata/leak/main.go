// Nobody receives the second answer, so whoever sends it waits for ever.
package main

import "fmt"

func ask(server string, answers chan<- string) {
	answers <- "from " + server
}

func main() {
	answers := make(chan string)
	go ask("alpha", answers)
	go ask("beta", answers)
	fmt.Println(<-answers)
}
