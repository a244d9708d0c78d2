package strict

import "fmt"

func Hello() { fmt.Println("hello") }
