package explore

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/runtime/execute"
	"github.com/lockstep-go/lockstep/runtime/instrument"
)

// A toolchain is the go command as it behaves in the user's directory.
type toolchain struct {
	opt     *Options
	path    string // of the go command
	env     goEnv
	overlay instrument.Replacement // the user's own, from GOFLAGS
	flags   []string               // GOFLAGS without those that we must not pass on
}

// goEnv is the part of "go env -json" that matters.
type goEnv struct {
	GOROOT, GOMODCACHE, GOFLAGS, GOEXPERIMENT, GOVERSION string
	GOOS, GOARCH, GOHOSTOS, GOHOSTARCH                   string
	CGO_ENABLED, CC                                      string
}

func findToolchain(ctx context.Context, opt *Options) (*toolchain, error) {
	path, err := exec.LookPath("go")
	if err != nil {
		return nil, opt.toolError(message.New("no-go"))
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	tc := &toolchain{opt: opt, path: path}
	r := tc.run(ctx, opt.Dir, nil, "env", "-json")
	if !succeeded(r) {
		return nil, opt.toolError(message.New("go-env", "error", failure(r)))
	}
	if err := json.Unmarshal(r.Stdout.Bytes(), &tc.env); err != nil {
		return nil, opt.toolError(message.New("go-env", "error", err.Error()))
	}
	e := &tc.env
	if e.GOOS != e.GOHOSTOS || e.GOARCH != e.GOHOSTARCH {
		return nil, opt.usageError(message.New("cross", "target", e.GOOS+"/"+e.GOARCH, "host", e.GOHOSTOS+"/"+e.GOHOSTARCH))
	}
	return tc, tc.cleanFlags()
}

// Flags of the go command that we set, or that change what is compiled behind
// the overlay's back: with -cover the original files are compiled.
var ownFlags = []string{
	"cover", "covermode", "coverpkg", "coverprofile", "race", "msan", "asan", "vet", "overlay",
	"json", "n", "x", "v", "work", "o", "c", "exec", "toolexec",
}

// cleanFlags divides GOFLAGS, which are separated by spaces and may be quoted
// as a whole.
func (tc *toolchain) cleanFlags() error {
	for _, f := range splitFlags(tc.env.GOFLAGS) {
		name, value, _ := strings.Cut(strings.TrimLeft(f, "-"), "=")
		if name == "overlay" && value != "" {
			var err error
			if tc.overlay, err = instrument.ReadReplacement(value, tc.opt.Dir); err != nil {
				return tc.opt.toolError(message.New("go-overlay", "error", err.Error()))
			}
		}
		if !slices.Contains(ownFlags, name) {
			tc.flags = append(tc.flags, f)
		}
	}
	return nil
}

// splitFlags splits GOFLAGS as the go command does: at spaces, but for those
// within a quoted flag.
func splitFlags(s string) (list []string) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if quote := s[0]; quote == '\'' || quote == '"' {
			if f, rest, ok := strings.Cut(s[1:], string(quote)); ok {
				list, s = append(list, f), rest
				continue
			}
		}
		end := strings.IndexAny(s, " \t\r\n")
		if end < 0 {
			end = len(s)
		}
		list, s = append(list, s[:end]), s[end:]
	}
	return list
}

func joinFlags(list []string) string {
	quoted := make([]string, len(list))
	for i, f := range list {
		quoted[i] = f
		if strings.ContainsAny(f, " \t") {
			quoted[i] = "'" + f + "'"
			if strings.Contains(f, "'") {
				quoted[i] = `"` + f + `"`
			}
		}
	}
	return strings.Join(quoted, " ")
}

// run runs the go command.
func (tc *toolchain) run(ctx context.Context, dir string, env []string, args ...string) execute.Result {
	base := tc.opt.Env
	if tc.env.GOVERSION != "" { // GOFLAGS is known
		base = append(slices.Clip(base), "GOFLAGS="+joinFlags(tc.flags))
	}
	return execute.Run(ctx, execute.Command{
		Path: tc.path, Args: args, Dir: dir,
		Env:       append(append(slices.Clip(base), "PWD="+dir), env...),
		MaxOutput: 1 << 30, KeepAll: true,
	})
}

func succeeded(r execute.Result) bool { return r.Outcome == execute.Finished{} }

// failure is what a failed command has to say.
func failure(r execute.Result) string {
	if text := strings.TrimSpace(r.Stderr.String()); text != "" {
		return text
	}
	if f, ok := r.Outcome.(interface{ String() string }); ok {
		return f.String()
	}
	return ""
}

// list lists the named packages and all that they need.
func (tc *toolchain) list(ctx context.Context) ([]instrument.Package, error) {
	return tc.listFields(ctx, instrument.ListFields)
}

// exports says where the export data of packages is, by import path. It
// compiles those of which there is none.
func (tc *toolchain) exports(ctx context.Context) (func(string) string, error) {
	list, err := tc.listFields(ctx, "ImportPath,Name,Dir,ForTest,GoFiles,Export", "-export")
	if err != nil {
		return nil, err
	}
	files := make(map[string]string)
	for _, p := range list {
		files[p.ImportPath] = p.Export
	}
	return func(path string) string { return files[path] }, nil
}

func (tc *toolchain) listFields(ctx context.Context, fields string, flags ...string) ([]instrument.Package, error) {
	args := append([]string{"list", "-e", "-deps", "-json=" + fields}, flags...)
	if tc.opt.Tests {
		args = append(args, "-test")
	}
	if tc.opt.Tags != "" {
		args = append(args, "-tags="+tc.opt.Tags)
	}
	if file := tc.userOverlay(); file != "" {
		args = append(args, "-overlay="+file)
	}
	r := tc.run(ctx, tc.opt.Dir, nil, append(append(args, "--"), tc.opt.Patterns...)...)
	if !succeeded(r) {
		return nil, tc.opt.toolError(message.New("go-list", "error", failure(r)))
	}
	list, err := instrument.ParseList(r.Stdout.Bytes())
	if err != nil {
		return nil, tc.opt.toolError(message.New("go-list", "error", err.Error()))
	}
	return list, nil
}

// userOverlay is the overlay file that GOFLAGS names, or "".
func (tc *toolchain) userOverlay() string {
	for _, f := range splitFlags(tc.env.GOFLAGS) {
		if value, ok := strings.CutPrefix("-"+strings.TrimLeft(f, "-"), "-overlay="); ok {
			return value
		}
	}
	return ""
}

// minor is the N of a toolchain go1.N, or 0 if it is a development version.
func (tc *toolchain) minor() int {
	rest, ok := strings.CutPrefix(tc.env.GOVERSION, "go1.")
	if !ok {
		return 0
	}
	if end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		rest = rest[:end]
	}
	n, _ := strconv.Atoi(rest)
	return n
}

// languageVersion is the newest one that the toolchain knows.
func (tc *toolchain) languageVersion() string {
	if n := tc.minor(); n > 0 {
		return "1." + strconv.Itoa(n)
	}
	return ""
}

// raceProblem says why the race detector cannot be used; nil if it can.
func (tc *toolchain) raceProblem() *message.Message {
	e := &tc.env
	supported := []string{
		"linux/amd64", "linux/arm64", "linux/ppc64le", "linux/s390x", "linux/loong64", "linux/riscv64",
		"darwin/amd64", "darwin/arm64", "windows/amd64", "freebsd/amd64", "netbsd/amd64",
	}
	platform := e.GOOS + "/" + e.GOARCH
	var m message.Message
	switch {
	case !slices.Contains(supported, platform):
		m = message.New("race-unsupported", "platform", platform)
	case e.GOOS == "darwin":
		return nil // needs neither
	case !tc.hasCompiler():
		m = message.New("race-no-compiler", "cc", cmp.Or(e.CC, "gcc"), "install", notes.Text(tc.opt.Lang, message.New(installKey(e.GOOS))))
	case e.CGO_ENABLED != "1":
		m = message.New("race-no-cgo")
	default:
		return nil
	}
	return &m
}

// hasCompiler reports whether the C compiler that cgo would call exists. Where
// it does not, the go command turns cgo off by itself.
func (tc *toolchain) hasCompiler() bool {
	fields := splitFlags(tc.env.CC)
	if len(fields) == 0 {
		return false
	}
	_, err := exec.LookPath(fields[0])
	return err == nil || errors.Is(err, exec.ErrDot)
}

func installKey(goos string) message.Key {
	switch goos {
	case "linux":
		return "install-linux"
	case "windows":
		return "install-windows"
	}
	return "install-other"
}

// leakProblem says why there is no goroutine leak profile; nil if there is.
func (tc *toolchain) leakProblem() *message.Message {
	if n := tc.minor(); n > 0 && n < 26 {
		m := message.New("leak-old", "version", tc.env.GOVERSION)
		return &m
	}
	return nil
}

// experiments is GOEXPERIMENT with the leak profile.
func (tc *toolchain) experiments() string {
	const leak = "goroutineleakprofile"
	if tc.env.GOEXPERIMENT == "" {
		return "GOEXPERIMENT=" + leak
	}
	return "GOEXPERIMENT=" + tc.env.GOEXPERIMENT + "," + leak
}

// deadlockSource is the folder of go-deadlock in the module cache, at the
// version that lockstep itself was built with. It is downloaded if need be.
func (tc *toolchain) deadlockSource(ctx context.Context) (dir string, problem *message.Message) {
	version := instrument.DeadlockVersion()
	dir = filepath.Join(tc.env.GOMODCACHE, filepath.FromSlash(instrument.DeadlockModule)+"@"+version)
	if _, err := os.Stat(filepath.Join(dir, "deadlock.go")); err == nil {
		return dir, nil
	}
	at := instrument.DeadlockModule + "@" + version
	// Outside any module, so that neither go.mod nor a vendor folder has a say.
	r := tc.run(ctx, os.TempDir(), []string{"GOFLAGS=", "GOWORK=off"}, "mod", "download", "-json", at)
	var info struct{ Dir, Error string }
	if err := json.Unmarshal(r.Stdout.Bytes(), &info); err == nil && info.Error == "" && info.Dir != "" {
		return info.Dir, nil
	}
	m := message.New("no-go-deadlock", "module", at, "error", headLine(cmp.Or(info.Error, failure(r))))
	return "", &m
}

func headLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s
}
