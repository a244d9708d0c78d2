// Package command runs the commands that a measurement needs to be set up.
package command

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Output runs a command and returns what it prints, without white space around
// it. It runs in dir, or in the process's own folder if dir is empty.
func Output(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
