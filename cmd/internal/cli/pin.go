package cli

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/lockstep-go/lockstep/cmd/internal/exitcode"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// pin writes a test that replays a witness.
func (env *Env) pin(o *replayFlags, w schedule.Witness, args []string) (exitcode.Code, error) {
	file := env.absolute(o.goTest)
	if !strings.HasSuffix(file, "_test.go") {
		return exitcode.Usage, usage(env.Text("pin-name", "file", o.goTest))
	}
	src, err := pinned(packageOf(filepath.Dir(file)), filepath.Base(file), o, w, args)
	if err != nil {
		return exitcode.Failed, err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return exitcode.Usage, usage(env.Text("pin-exists", "file", o.goTest))
	}
	if err != nil {
		return exitcode.Failed, err
	}
	_, err = f.Write(src)
	if err = errors.Join(err, f.Close()); err != nil {
		return exitcode.Failed, err
	}
	env.complain(env.Text("pin-written", "file", env.shortPath(file)))
	return exitcode.Clean, nil
}

// packageOf is the name of the package in a folder, as its files say; "main" if
// none does.
func packageOf(dir string) string {
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly)
		if err == nil {
			return strings.TrimSuffix(f.Name.Name, "_test")
		}
	}
	return "main"
}

// pinned is the source of a test. It is external, so that it can be in any
// package's folder. The hash is left out of the witness: this file changes it.
func pinned(pkg, file string, o *replayFlags, w schedule.Witness, args []string) ([]byte, error) {
	w.Hash = ""
	command := []string{"replay"}
	if o.tags != "" {
		command = append(command, "-tags="+o.tags)
	}
	if o.timeout > 0 {
		command = append(command, "-timeout="+o.timeout.String())
	}
	command = append(command, w.String())
	if len(args) > 0 {
		command = append(append(command, "--"), args...)
	}
	quoted := make([]string, len(command))
	for i, arg := range command {
		quoted[i] = fmt.Sprintf("%q", arg)
	}
	var b bytes.Buffer
	err := pinTemplate.Execute(&b, map[string]string{
		"Package": pkg, "Name": pinName(file), "Command": strings.Join(quoted, ", "), "Witness": w.String(),
	})
	if err != nil {
		return nil, err
	}
	return format.Source(b.Bytes())
}

// pinName makes the name of a test from that of its file: that of
// "lost_update_test.go" is "LostUpdate".
func pinName(file string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(strings.TrimSuffix(file, "_test.go"), func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9')
	}) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

var pinTemplate = template.Must(template.New("pin").Parse(`package {{.Package}}_test

import (
	"errors"
	"os"
	"os/exec"
	"testing"
)

// TestSchedule{{.Name}} replays a schedule that showed a concurrency bug:
//
//	{{.Witness}}
//
// It fails if lockstep sees a bug again. The schedule was found for the program
// as it was; after greater changes it may be one that never showed anything, and
// "lockstep test" finds better ones.
func TestSchedule{{.Name}}(t *testing.T) {
	if os.Getenv("LOCKSTEP_RUN") != "" {
		t.Skip("this runs under lockstep already")
	}
	tool, err := exec.LookPath("lockstep")
	if err != nil {
		t.Skip("lockstep is not installed: go install github.com/lockstep-go/lockstep/cmd/lockstep@latest")
	}
	output, err := exec.Command(tool, {{.Command}}).CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
	case errors.As(err, &exit) && exit.ExitCode() == 1:
		t.Errorf("the schedule shows a bug:\n%s", output)
	default:
		t.Skipf("the schedule cannot be replayed: %v\n%s", err, output)
	}
}
`))
