// Lockstep finds concurrency bugs in Go programs by reading them, and proves
// them by running them.
//
// Run "lockstep help" for its commands. The same binary is a vet tool:
//
//	go vet -vettool=$(which lockstep) ./...
package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/lockstep-go/lockstep/analyzers"
	"github.com/lockstep-go/lockstep/cmd/internal/check/vettool"
	"github.com/lockstep-go/lockstep/cmd/internal/cli"
)

func main() {
	suite := analyzers.Suite()
	if vettool.IsProtocol(os.Args[1:]) {
		name, err := os.Executable()
		if err != nil {
			name = os.Args[0]
		}
		os.Exit(vettool.Main(context.Background(), name, os.Args[1:], suite, os.Stdout, os.Stderr))
	}

	ctx, stop := signal.NotifyContext(context.Background(), cli.StopSignals()...)
	// A second signal ends the process at once, should stopping take too long.
	context.AfterFunc(ctx, stop)
	code := cli.Main(ctx, &cli.Env{
		Args:   os.Args[1:],
		Stdin:  os.Stdin,
		Stdout: os.Stdout,
		Stderr: os.Stderr,
		Getenv: os.Getenv,
		Suite:  suite,
	})
	os.Exit(int(code))
}
