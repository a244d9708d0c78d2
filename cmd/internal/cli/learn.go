package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/course"
	"github.com/lockstep-go/lockstep/cmd/internal/exitcode"
	"github.com/lockstep-go/lockstep/testdata"
)

// learnFlags are the flags of lockstep learn.
type learnFlags struct {
	verify bool
	write  string
	count  int
	cores  []int
	color  string
}

func newLearnCommand(env *Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "learn [flags] [lessons]",
		Short: env.courseText("learn-short"),
		Long:  env.courseText("learn-long"),
	}
	o := new(learnFlags)
	flags := cmd.Flags()
	flags.BoolVar(&o.verify, "verify", false, env.courseText("flag-verify"))
	flags.StringVar(&o.write, "write", "", env.courseText("flag-write"))
	flags.IntVar(&o.count, "count", course.DefaultCount, env.courseText("flag-count"))
	flags.IntSliceVar(&o.cores, "cpu", nil, env.courseText("flag-cpu"))
	flags.StringVar(&o.color, "color", "auto", env.Text("flag-color"))
	cmd.RunE = env.action(func(ctx context.Context, args []string) (exitcode.Code, error) {
		return env.learn(ctx, o, args)
	})
	return cmd
}

func (env *Env) courseText(key message.Key, pairs ...string) string {
	return course.Text(env.lang, key, pairs...)
}

func (env *Env) learn(ctx context.Context, o *learnFlags, args []string) (exitcode.Code, error) {
	out := &output{format: "text", color: o.color}
	if err := out.validate(env); err != nil {
		return exitcode.Usage, err
	}
	if o.count < 1 {
		return exitcode.Usage, usage(env.courseText("bad-number", "flag", "count", "value", strconv.Itoa(o.count)))
	}
	for _, n := range o.cores {
		if n < 1 {
			return exitcode.Usage, usage(env.courseText("bad-number", "flag", "cpu", "value", strconv.Itoa(n)))
		}
	}
	fsys, err := fs.Sub(testdata.Course, "course")
	if err != nil {
		return exitcode.Failed, err
	}
	all, err := course.Load(fsys)
	if err != nil {
		return exitcode.Failed, err
	}
	lessons, err := env.selectLessons(all, args)
	if err != nil {
		return exitcode.Usage, err
	}
	if o.write != "" {
		return env.writeLessons(o.write, lessons, fsys)
	}
	if len(args) == 0 && !o.verify {
		course.List(env.Stdout, all, env.lang)
		env.complain(env.courseText("learn-list-hint"))
		return exitcode.Clean, nil
	}

	// A lesson's programs are built and run where nothing of the user's is.
	root, err := os.MkdirTemp("", "lockstep-learn-")
	if err != nil {
		return exitcode.Failed, err
	}
	defer os.RemoveAll(root)
	for _, l := range lessons {
		if err := l.WriteTo(root, fsys); err != nil {
			return exitcode.Failed, err
		}
	}
	s := &class{env: env, root: root, out: out, verify: o.verify, harness: &course.Harness{
		Analyzers: env.Suite, Lang: env.lang, Cores: o.cores, Count: o.count,
	}}
	err = s.take(ctx, lessons)
	s.sumUp(len(lessons), ctx.Err() != nil)
	return s.code(ctx), err
}

// writeLessons writes the lessons where the user can change and run them.
func (env *Env) writeLessons(dir string, lessons []*course.Lesson, fsys fs.FS) (exitcode.Code, error) {
	for _, l := range lessons {
		if err := l.WriteTo(dir, fsys); err != nil {
			return exitcode.Failed, err
		}
		fmt.Fprintln(env.Stdout, filepath.Join(dir, l.Name))
	}
	return exitcode.Clean, nil
}

// selectLessons are those that the arguments name by number or by folder; all
// without arguments.
func (env *Env) selectLessons(all []*course.Lesson, args []string) ([]*course.Lesson, error) {
	if len(args) == 0 {
		return all, nil
	}
	var selected []*course.Lesson
	for _, arg := range args {
		i := slices.IndexFunc(all, func(l *course.Lesson) bool {
			n, err := strconv.Atoi(arg)
			return err == nil && n == l.Number || arg == l.Name
		})
		if i < 0 {
			var names []string
			for _, l := range all {
				names = append(names, l.Name)
			}
			return nil, &hintError{
				err:  errors.New(env.courseText("no-lesson", "name", arg)),
				hint: env.courseText("hint-lessons", "lessons", strings.Join(names, ", ")),
			}
		}
		selected = append(selected, all[i])
	}
	return selected, nil
}

// A class is one run through some lessons.
type class struct {
	env     *Env
	root    string // where the lessons are
	out     *output
	verify  bool // print what was observed, and nothing to read
	harness *course.Harness

	notes                    []string // said already
	verdicts, failed, cannot int
}

// take goes through the lessons until ctx is done.
func (s *class) take(ctx context.Context, lessons []*course.Lesson) error {
	for _, l := range lessons {
		if s.verify {
			fmt.Fprintf(s.env.Stdout, "%s: %s\n", l.Name, l.Title.In(s.env.lang))
		} else {
			fmt.Fprintf(s.env.Stdout, "%s\n", l.Text.In(s.env.lang))
		}
		for _, c := range l.Cases {
			if s.verify && c.Name != "" {
				fmt.Fprintf(s.env.Stdout, " %s: %s\n", c.Name, c.Title.In(s.env.lang))
			}
			for _, twin := range []struct {
				role, heading string
				program       course.Program
			}{{"broken", "heading-program", c.Broken}, {"fixed", "heading-fixed", c.Fixed}} {
				if !s.verify {
					course.Heading(s.env.Stdout, s.env.courseText(message.Key(twin.heading), "file", path.Join(twin.program.Dir, "main.go")))
					course.Listing(s.env.Stdout, twin.program.Source)
				}
				if err := s.observe(ctx, twin.role, twin.program); err != nil {
					return err
				}
				if ctx.Err() != nil {
					return nil
				}
			}
		}
	}
	return nil
}

// observe reads and runs a program, and shows what that gave.
func (s *class) observe(ctx context.Context, role string, p course.Program) error {
	bar := s.env.newProgress()
	s.harness.Progress = bar.show
	o, err := s.harness.Observe(ctx, s.root, p)
	bar.close()
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("%s: %w", p.Dir, err)
	}
	for _, note := range o.Notes {
		if !slices.Contains(s.notes, note) {
			s.notes = append(s.notes, note)
			s.env.complain(note)
		}
	}
	if !s.verify {
		course.Heading(s.env.Stdout, s.env.courseText("heading-printed"))
		course.Transcript(s.env.Stdout, p, o, s.env.lang)
	}
	if !s.verify && len(o.Merged) > 0 {
		course.Heading(s.env.Stdout, s.env.courseText("heading-ran"))
		if err := s.env.showFrom(s.root, s.out, o.Merged); err != nil {
			return err
		}
	}
	verdicts := course.Judge(p.Expect, *o, runtime.NumCPU())
	if !s.verify {
		course.Heading(s.env.Stdout, s.env.courseText("heading-verdicts"))
	}
	course.Verdicts(s.env.Stdout, role, verdicts, s.env.lang)
	for _, v := range verdicts {
		s.verdicts++
		switch {
		case v.Failed():
			s.failed++
		case v.State == course.CannotTell:
			s.cannot++
		}
	}
	return nil
}

// sumUp closes the output with one line.
func (s *class) sumUp(lessons int, interrupted bool) {
	key := "verify-summary-ok"
	switch {
	case s.failed > 0:
		key = "verify-summary-failed"
	case interrupted:
		key = "verify-summary-interrupted"
	case s.cannot > 0:
		key = "verify-summary-blind"
	}
	lang := s.env.lang
	s.env.complain(course.Text(lang, message.Key(key),
		"lessons", course.Count(lang, "lessons", lessons),
		"observations", course.Count(lang, "observations", s.verdicts),
		"failed", strconv.Itoa(s.failed), "cannot", course.Count(lang, "observations", s.cannot)))
}

func (s *class) code(ctx context.Context) exitcode.Code {
	switch {
	case ctx.Err() != nil:
		return exitcode.Limit
	case s.failed > 0:
		return exitcode.Findings
	}
	return exitcode.Clean
}
