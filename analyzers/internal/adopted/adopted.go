// Package adopted makes a check out of an analyzer that others wrote.
//
// The passes of golang.org/x/tools know several mistakes with locks, contexts and
// goroutines, and know them well; the suite takes them over instead of writing
// them again. What an adopted check adds is what makes a rule one of this suite: its
// documentation is a lesson, its findings obey tier and suppressions, have a typed
// result, and are worded from a catalogue.
//
// The analyzer runs as it is, on a pass whose Report is ours. It says sentences,
// not data, so each is matched against the patterns of [Check.Sentences], whose
// groups become the named arguments of a message. A sentence that matches
// none is shown as it stands, under the key "other": a new version of x/tools may
// reword what it says, but cannot hide it.
//
// Facts have no place in the suite (see ARCHITECTURE.md). An analyzer that
// requires one which has them, as lostcancel does, gets its result from
// [Check.Provide] instead.
package adopted

import (
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// A Check says how to make a check of an analyzer.
type Check struct {
	Name      string // of the rule and its folder
	Doc       string // the lesson
	Catalogue *message.Catalogue
	Analyzer  *analysis.Analyzer // what is adopted
	Sentences []Sentence         // what it says; the first that matches counts
	// Types names the arguments that are types. They are written with the name
	// of their package instead of its path, as in the source.
	Types []string
	// Matters reports whether the check can have anything to say of a package.
	// nil means that there is no cheap way to tell.
	Matters func(*analysis.Pass) bool
	// Provide computes the result of a required analyzer in place of the
	// analyzer itself, which then is none of the check's own requirements.
	Provide map[*analysis.Analyzer]func(*analysis.Pass) (any, error)
}

// A Sentence says how to reword one of the sentences of an analyzer.
type Sentence struct {
	// Pattern is a regular expression that matches the whole sentence. Its
	// named groups are arguments of the message; {code}, the marked code as
	// written, is one besides.
	Pattern string
	Key     message.Key
	Kind    diagnostic.SubjectKind
	Subject string      // the argument that names the subject
	Fix     message.Key // words the fix that comes with it, if one does
	// Suggest, if set, returns the edits of a fix for the sentence at a position, which Fix
	// words too; none if no fix is safe.
	Suggest func(*analysis.Pass, token.Pos) []analysis.TextEdit
	// Explains, if set, is the role of a sentence that belongs to the one
	// said before it: it becomes a related position of that finding.
	Explains diagnostic.Role
}

// other is the key of what no Sentence matches; its template is {text}.
const other message.Key = "other"

// New returns the check. When it first has a finding it panics if a message that
// c names is not in its catalogue or a pattern is malformed, which are mistakes of
// the source. Before, nothing is read or compiled: go vet starts a process
// for every dependency, in most of which no check has anything to say.
func New(c Check) *analysis.Analyzer {
	run := &runner{Check: c, patterns: sync.OnceValue(c.compile)}
	requires := []*analysis.Analyzer{config.Analyzer}
	for _, req := range c.Analyzer.Requires {
		if c.Provide[req] == nil {
			requires = append(requires, req)
		}
	}
	return &analysis.Analyzer{
		Name:       c.Name,
		Doc:        c.Doc,
		URL:        "https://pkg.go.dev/github.com/lockstep-go/lockstep/analyzers/" + c.Name,
		Requires:   requires,
		ResultType: diagnostic.ResultType,
		Run:        diagnostic.Guard(run.run),

		RunDespiteErrors: c.Analyzer.RunDespiteErrors,
	}
}

// compile returns the patterns of the sentences.
func (c Check) compile() []*regexp.Regexp {
	for _, key := range c.keys() {
		if _, ok := c.Catalogue.Params(message.English, key); !ok {
			panic(fmt.Sprintf("%s: the catalogue lacks %q", c.Name, key))
		}
	}
	var patterns []*regexp.Regexp
	for _, s := range c.Sentences {
		patterns = append(patterns, regexp.MustCompile("^(?:"+s.Pattern+")$"))
	}
	return patterns
}

func (c Check) keys() []message.Key {
	keys := []message.Key{other}
	for _, s := range c.Sentences {
		keys = append(keys, s.Key)
		if s.Fix != "" {
			keys = append(keys, s.Fix)
		}
	}
	return keys
}

// A runner is a check with its compiled patterns. It does not change.
type runner struct {
	Check
	patterns func() []*regexp.Regexp
}

func (r *runner) run(pass *analysis.Pass) (any, error) {
	reporter := diagnostic.NewReporter(pass, r.Catalogue)
	if r.Matters != nil && !r.Matters(pass) {
		return reporter.Finish(), nil
	}
	plain, err := r.original(pass)
	if err != nil {
		return nil, err
	}
	for _, d := range r.reworded(pass, plain) {
		reporter.Report(d)
	}
	return reporter.Finish(), nil
}

// original runs the analyzer and returns what it reports, in its order.
func (r *runner) original(pass *analysis.Pass) ([]analysis.Diagnostic, error) {
	results := make(map[*analysis.Analyzer]any)
	for _, req := range r.Analyzer.Requires {
		provide := r.Provide[req]
		if provide == nil {
			results[req] = pass.ResultOf[req]
			continue
		}
		result, err := provide(pass)
		if err != nil {
			return nil, err
		}
		results[req] = result
	}
	var plain []analysis.Diagnostic
	own := *pass
	own.Analyzer = r.Analyzer
	own.ResultOf = results
	own.Report = func(d analysis.Diagnostic) { plain = append(plain, d) }
	_, err := r.Analyzer.Run(&own)
	return plain, err
}

// reworded turns what the analyzer reported into diagnostics of the suite.
func (r *runner) reworded(pass *analysis.Pass, plain []analysis.Diagnostic) []diagnostic.Diagnostic {
	var ds []diagnostic.Diagnostic
	for _, p := range plain {
		s, m := r.reword(pass, p)
		if s.Explains != "" && len(ds) > 0 {
			before := &ds[len(ds)-1]
			before.Related = append(before.Related, diagnostic.Related{Role: s.Explains, Pos: p.Pos, End: p.End, Message: m})
			continue
		}
		d := diagnostic.Diagnostic{
			Category: p.Category,
			Pos:      p.Pos,
			End:      p.End,
			Message:  m,
			Subject:  diagnostic.Subject{Kind: s.Kind, Name: m.Args[s.Subject]},
		}
		for _, rel := range p.Related {
			d.Related = append(d.Related, diagnostic.Related{Pos: rel.Pos, End: rel.End, Message: unchanged(rel.Message)})
		}
		for _, fix := range p.SuggestedFixes {
			text := unchanged(fix.Message)
			if s.Fix != "" {
				text = message.Message{Key: s.Fix, Args: m.Args}
			}
			d.Fixes = append(d.Fixes, diagnostic.Fix{Message: text, Edits: fix.TextEdits})
		}
		if s.Suggest != nil {
			if edits := s.Suggest(pass, p.Pos); len(edits) > 0 {
				d.Fixes = append(d.Fixes, diagnostic.Fix{Message: message.Message{Key: s.Fix, Args: m.Args}, Edits: edits})
			}
		}
		ds = append(ds, d)
	}
	return ds
}

// reword finds the sentence that d is, and its message.
func (r *runner) reword(pass *analysis.Pass, d analysis.Diagnostic) (Sentence, message.Message) {
	code := codeAt(pass, d.Pos, d.End)
	for i, s := range r.Sentences {
		groups := r.patterns()[i].FindStringSubmatch(d.Message)
		if groups == nil {
			continue
		}
		args := message.Args{"code": code}
		for j, name := range r.patterns()[i].SubexpNames() {
			if slices.Contains(r.Types, name) {
				args[name] = withoutPaths(groups[j])
			} else if name != "" {
				args[name] = groups[j]
			}
		}
		return s, message.Message{Key: s.Key, Args: args}
	}
	return Sentence{Kind: diagnostic.Operation, Subject: "code"}, message.New(other, "text", d.Message, "code", code)
}

func unchanged(text string) message.Message { return message.New(other, "text", text) }
