package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/lockstep-go/lockstep/cmd/internal/exitcode"
	"github.com/lockstep-go/lockstep/cmd/internal/explore"
)

func newTestCommand(env *Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "test [flags] [packages or files] [-- test flags]",
		Short: env.Text("test-short"),
		Long:  env.Text("test-long"),
	}
	o := env.runFlags(cmd.Flags(), 1, explore.DefaultTestTimeout)
	o.Tests = true
	cmd.Flags().StringVar(&o.RunTests, "run", "", env.Text("flag-run"))
	cmd.RunE = env.action(func(ctx context.Context, args []string) (exitcode.Code, error) {
		return env.explore(ctx, o, cmd, args)
	})
	return cmd
}
