package quiet

import (
	"context"
	"errors"
	"log"
	"os"
	"time"
)

func deferred(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, time.Second)
	defer cancel()
	return ctx.Err()
}

func handedOver(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(parent)
	return ctx, cancel
}

// What never returns is known across packages, without facts.
func exits(parent context.Context, ok bool) {
	ctx, cancel := context.WithCancel(parent)
	if !ok {
		log.Fatal("no luck")
	}
	if ctx.Err() != nil {
		os.Exit(1)
	}
	cancel()
}

func die(err error) {
	log.Println(err)
	os.Exit(1)
}

// And inferred in the package itself.
func exitsByCall(parent context.Context, ok bool) {
	_, cancel := context.WithCancel(parent)
	if !ok {
		die(errors.New("no luck"))
		return
	}
	cancel()
}

func suppressed(parent context.Context) context.Context {
	//lockstep:ignore lostcancel the process ends with it
	ctx, _ := context.WithCancel(parent)
	return ctx
}
