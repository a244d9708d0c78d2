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

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/lockstep-go/lockstep/analyzers"
	"github.com/lockstep-go/lockstep/cmd/internal/cli"
)

func main() {
	suite := analyzers.Suite()
	if cli.IsVetProtocol(os.Args[1:]) {
		cli.AddVetFlags()
		unitchecker.Main(suite...) // exits
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
