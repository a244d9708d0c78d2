// Scaffold keeps what is derived from the folders under analyzers/ equal to
// them: the suite, the names that a suppression may use, and the index of
// rules. With -new it first adds the folder of a new check.
//
// Usage, from anywhere in the module:
//
//	go run ./analyzers/internal/scaffold             # make generate
//	go run ./analyzers/internal/scaffold -new name   # make analyzer NAME=name
//
// A folder directly under analyzers/ is a check if its package declares a
// package-level variable Analyzer; config, which declares one too, is the
// engine that holds the user's choices.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() {
	name := flag.String("new", "", "add a check of this `name`")
	flag.Parse()
	if err := run(os.Stdout, *name, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "scaffold:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, name string, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q; a new check is added with -new=%s", args[0], args[0])
	}
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	dir := filepath.Join(root, "analyzers")
	if name != "" {
		files, err := newCheck(os.DirFS(dir), name)
		if err != nil {
			return err
		}
		if err := write(out, dir, files); err != nil {
			return err
		}
	}
	files, err := derived(os.DirFS(dir))
	if err != nil {
		return err
	}
	return write(out, dir, files)
}

// moduleRoot is the nearest folder above the working directory with a go.mod.
func moduleRoot() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("%s is in no Go module", start)
		}
	}
}

// write writes the files that are not there yet as they should be, and says
// which.
func write(out io.Writer, dir string, files []file) error {
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.path))
		if old, err := os.ReadFile(name); err == nil && string(old) == string(f.data) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(name, f.data, 0o666); err != nil {
			return err
		}
		fmt.Fprintln(out, "wrote", name)
	}
	return nil
}
