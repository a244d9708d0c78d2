package noisy

import (
	"os"
	"os/signal"
)

func wait() {
	c := make(chan os.Signal)
	signal.Notify(c, os.Interrupt) // want `^signal\.Notify\(c, os\.Interrupt\) is given a channel without a buffer`
	<-c
}
