package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/lockstep-go/lockstep/cmd/internal/exitcode"
)

func newVersionCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: env.Text("version-short"),
		Args:  cobra.NoArgs,
		RunE: env.action(func(context.Context, []string) (exitcode.Code, error) {
			_, err := fmt.Fprintln(env.Stdout, env.Text("version", "version", version(), "go", runtime.Version(), "os", runtime.GOOS, "arch", runtime.GOARCH))
			return exitcode.Clean, err
		}),
	}
}

// version is what the go command recorded about this binary.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
