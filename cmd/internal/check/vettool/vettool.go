// Package vettool lets go vet and go fix run the suite: it is the tool's side
// of the protocol behind -vettool and -fixtool.
//
// The go command calls the tool with -V=full to know its identity, with -flags
// to know its flags, and then once for every package, dependencies and the standard
// library included, with the name of a *.cfg file that says where the package's
// files are and where to write results. For dependencies it asks only for facts
// (VetxOnly).
//
// x/tools' unitchecker speaks the same protocol. It type-checks every dependency
// from source, because its facts files carry types. The facts of this suite are by
// name, so the packages that matter take the types of what they import from the
// compiler's export data, which the go command has at hand (PackageFile), and a
// dependency costs nothing beyond the process that the go command starts for it
// unless it can have locks that others name: facts.go decides that. "make bench"
// prints what that saves (vetcost). Besides, unitchecker gives up on a package that
// does not type-check and dies of an analyzer's panic.
package vettool

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/check"
)

//go:embed messages/*.json
var messagesFS embed.FS

var catalogue = message.MustLoad(messagesFS, "messages")

// IsProtocol reports whether the arguments (without the program's name) are go
// vet's or go fix's way of calling a tool: -V=full, -flags, or flags followed
// by one *.cfg file. The go command passes flags on as the user wrote them, so that
// a flag's value may stand in an argument of its own.
func IsProtocol(args []string) bool {
	if len(args) == 0 {
		return false
	}
	first, last := args[0], args[len(args)-1]
	if len(args) == 1 {
		switch first {
		case "-V=full", "--V=full", "-flags", "--flags":
			return true
		}
	}
	return strings.HasSuffix(last, ".cfg") && !strings.HasPrefix(last, "-") &&
		(len(args) == 1 || strings.HasPrefix(first, "-"))
}

// Main answers one call of the go command and returns the exit status: 0, 1
// for findings and failures alike, 2 for a wrong command line. With -json
// findings are no reason to fail. name is the path of this executable.
func Main(ctx context.Context, name string, args []string, suite []*analysis.Analyzer, stdout, stderr io.Writer) int {
	o, flags := newOptions(suite)
	flags.SetOutput(io.Discard) // a list of flags with every package would bury what is wrong
	err := flags.Parse(args)
	if err != nil {
		return mistaken(err, args[len(args)-1], stderr)
	}
	code := 0
	switch {
	case o.version != "":
		err = printVersion(stdout, name, o.version)
	case o.printFlags:
		err = printFlags(stdout, flags)
	default:
		code, err = o.unit(ctx, flags.Arg(flags.NArg()-1), stdout, stderr)
	}
	if err != nil {
		fmt.Fprintf(stderr, "lockstep: %v\n", err)
		return max(code, 1)
	}
	return code
}

// mistaken says what is wrong with the flags. The go command calls the tool for
// every dependency first, with the same flags: those are passed over, so that
// the mistake is named with the packages that the user asked for.
func mistaken(err error, file string, stderr io.Writer) int {
	if cfg, cfgErr := readConfig(file); cfgErr == nil && cfg.VetxOnly && writeNoFacts(cfg) == nil {
		return 0
	}
	fmt.Fprintf(stderr, "lockstep: %v\n", err)
	return 2
}

// options are the flags of one call.
type options struct {
	version    string
	printFlags bool
	json       bool
	context    int
	fix, diff  bool
	tier       config.Tier
	lang       message.Lang

	suite   []*analysis.Analyzer
	enabled map[*analysis.Analyzer]*triState
}

func newOptions(suite []*analysis.Analyzer) (*options, *flag.FlagSet) {
	o := &options{tier: config.Default, suite: suite, enabled: make(map[*analysis.Analyzer]*triState)}
	text := func(key message.Key, pairs ...string) string {
		return catalogue.Text(message.English, message.New(key, pairs...))
	}
	flags := flag.NewFlagSet("lockstep", flag.ContinueOnError)
	flags.StringVar(&o.version, "V", "", text("flag-version"))
	flags.BoolVar(&o.printFlags, "flags", false, text("flag-flags"))
	flags.BoolVar(&o.json, "json", false, text("flag-json"))
	flags.IntVar(&o.context, "c", -1, text("flag-context"))
	flags.BoolVar(&o.fix, "fix", false, text("flag-fix"))
	flags.BoolVar(&o.diff, "diff", false, text("flag-diff"))
	flags.Var(&o.tier, "tier", text("flag-tier"))
	o.lang = message.English
	flags.Func("lang", text("flag-lang"), func(s string) error {
		o.lang = message.Lang(s)
		if !slices.Contains(catalogue.Languages(), o.lang) {
			return errors.New(text("unknown-lang", "languages", fmt.Sprint(catalogue.Languages())))
		}
		return nil
	})
	for _, a := range suite {
		enable := new(triState)
		o.enabled[a] = enable
		flags.Var(enable, a.Name, text("flag-enable", "rule", a.Name))
		a.Flags.VisitAll(func(f *flag.Flag) { flags.Var(f.Value, a.Name+"."+f.Name, f.Usage) })
	}
	return o, flags
}

// rules are the checks to run: those enabled by name, or, if none is, all but
// those disabled by name, as go vet has it, and those that go vet itself runs.
func (o *options) rules() []*analysis.Analyzer {
	some := slices.ContainsFunc(o.suite, func(a *analysis.Analyzer) bool { return *o.enabled[a] == on })
	var rules []*analysis.Analyzer
	for _, a := range o.suite {
		if state := *o.enabled[a]; state == on || !some && state != off && !goVetRuns(a.Name) {
			rules = append(rules, a)
		}
	}
	return rules
}

// A triState is a boolean flag that knows whether it was given.
type triState int

const (
	unset triState = iota
	on
	off
)

func (t *triState) IsBoolFlag() bool { return true }
func (t *triState) String() string   { return strconv.FormatBool(t == nil || *t != off) }
func (t *triState) Set(s string) error {
	b, err := strconv.ParseBool(s)
	if err != nil {
		return errors.New("want true or false")
	}
	*t = off
	if b {
		*t = on
	}
	return nil
}

// printVersion identifies the executable by its content: go vet's cache of
// results depends on it.
func printVersion(w io.Writer, name, kind string) error {
	if kind != "full" {
		return fmt.Errorf("-V=%s: want -V=full", kind)
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s version devel comments-go-here buildID=%02x\n", name, h.Sum(nil))
	return err
}

// printFlags lists the flags that a user of go vet may give. -fix is go vet's own.
func printFlags(w io.Writer, flags *flag.FlagSet) error {
	type jsonFlag struct {
		Name  string
		Bool  bool
		Usage string
	}
	list := []jsonFlag{}
	flags.VisitAll(func(f *flag.Flag) {
		if f.Name != "fix" {
			b, ok := f.Value.(interface{ IsBoolFlag() bool })
			list = append(list, jsonFlag{f.Name, ok && b.IsBoolFlag(), f.Usage})
		}
	})
	data, err := json.MarshalIndent(list, "", "\t")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", data)
	return err
}

// unit checks the package that a *.cfg file describes.
func (o *options) unit(ctx context.Context, file string, stdout, stderr io.Writer) (int, error) {
	cfg, err := readConfig(file)
	if err != nil {
		return 1, err
	}
	if err := writeNoFacts(cfg); err != nil {
		return 1, err
	}
	registerFacts(o.suite)
	if cfg.VetxOnly {
		if err := o.dependency(ctx, cfg); err != nil {
			return 1, err
		}
		return 0, nil
	}
	collectRarely(cfg)
	if cfg.Stdout != "" {
		f, err := os.Create(cfg.Stdout)
		if err != nil {
			return 1, err
		}
		code, err := o.checked(ctx, cfg, f, stderr)
		return code, errors.Join(err, f.Close())
	}
	return o.checked(ctx, cfg, stdout, stderr)
}

// writeNoFacts writes an empty file of facts: the go command expects one, whatever
// becomes of the package.
func writeNoFacts(cfg *unitConfig) error {
	if cfg.VetxOutput == "" {
		return nil
	}
	return os.WriteFile(cfg.VetxOutput, nil, 0o666)
}

func (o *options) checked(ctx context.Context, cfg *unitConfig, stdout, stderr io.Writer) (int, error) {
	pkg, err := load(cfg)
	if err != nil {
		if cfg.SucceedOnTypecheckFailure {
			return 0, nil
		}
		fmt.Fprintln(stderr, err)
		return 1, nil
	}
	facts, err := readFacts(cfg)
	if err != nil {
		return 1, err
	}
	// Which facts there are depends on which checks run. The go command keeps them
	// apart by the flags, and an importer is asked for the same checks.
	unit, err := check.RunUnit(ctx, check.Options{Analyzers: o.rules(), Tier: o.tier, Lang: o.lang, Facts: facts}, pkg)
	if err != nil {
		return 1, err
	}
	if err := writeFacts(cfg, facts); err != nil {
		return 1, err
	}
	switch {
	case o.fix:
		return fixes(cfg, pkg, unit, o.diff, stdout)
	case o.json:
		return 0, printJSON(stdout, cfg.ID, pkg, unit)
	}
	return printPlain(stderr, pkg.Fset, o.context, unit), nil
}
