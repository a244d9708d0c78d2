package quiet

import (
	"os"
	"os/signal"
)

func buffered() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	<-c
}

func parameter(c chan os.Signal) { signal.Notify(c, os.Interrupt) }

func suppressed() {
	c := make(chan os.Signal)
	signal.Notify(c, os.Interrupt) //lockstep:ignore sigchanyzer the receiver below is always ready
	for range c {
	}
}
