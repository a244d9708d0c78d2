// Command inputs ends when its user says so.
package main

import "fmt"

func main() {
	go fmt.Println("working")
	go func() {
		fmt.Println("working too")
	}()
	var answer string
	fmt.Scanln(&answer)
}
