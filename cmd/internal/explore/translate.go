// Package explore runs the program under test and makes findings of what the
// runs showed.
package explore

import (
	"bytes"
	"cmp"
	"embed"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/cmd/internal/finding"
	"github.com/lockstep-go/lockstep/runtime/evidence"
)

//go:embed messages
var messages embed.FS

var catalogue = message.MustLoad(messages, "messages")

// A Translation says how observations are worded.
type Translation struct {
	Lang message.Lang
	// Source reads a source file, to name variables and locks and to
	// fingerprint findings; nil does without.
	Source func(file string) ([]byte, error)
	// Package is the import path of the package that file belongs to, or "";
	// nil goes by the names of functions, which do not tell that of a main
	// package.
	Package func(file string) string
	// Proof is the witness with a schedule that shows evidence with the given key,
	// and the command that replays it; "" if none is known. Nil knows none.
	Proof func(evidence.Key) (witness string, replay []string)
}

// The rules that runs find breaches of.
const (
	ruleRace      = "datarace"
	ruleOrder     = "lockorder"
	ruleTwice     = "doublelock"
	ruleDeadlock  = "deadlock"
	ruleLeak      = "goroutineleak"
	ruleMisuse    = "syncmisuse"
	rulePanic     = "panic"
	categoryMap   = "map"
	categoryFatal = "fatal"
)

// Translate makes findings of what runs showed, in stable order. What says
// something about a run and not about the program makes none. The same bug
// seen under several variants makes one, with the witness of the variant that
// shows it best; so do a deadlock and its consequences.
func Translate(observations []evidence.Observation, t Translation) []*finding.Finding {
	// Of equal observations the first is kept; detectors know functions, the
	// scheduler does not.
	observations = slices.Clone(observations)
	slices.SortStableFunc(observations, func(a, b evidence.Observation) int {
		return cmp.Compare(rank(a.Variant), rank(b.Variant))
	})
	observations = withoutEarly(observations)
	list := slices.DeleteFunc(evidence.Distinct(observations), func(o evidence.Observation) bool { return !o.Evidence.Kind.Bug() })
	made := make([]*finding.Finding, len(list))
	for i := range list {
		made[i] = t.finding(&list[i])
	}
	var found []*finding.Finding
	for i := range list {
		root := i
		for c := cause(list, root); c >= 0; c = cause(list, root) {
			root = c // of a lower rank, so that this ends
		}
		if root == i {
			found = append(found, made[i])
		} else {
			absorb(made[root], made[i])
		}
	}
	finding.Sort(found)
	t.fingerprint(found)
	return found
}

// fingerprint sets the fingerprints of findings that are in order.
func (t Translation) fingerprint(found []*finding.Finding) {
	likes := make(map[string]int)
	for _, f := range found {
		line := t.line(f.Range.Start)
		like := finding.Fingerprint(f, line, 0)
		f.Fingerprint = finding.Fingerprint(f, line, likes[like])
		likes[like]++
	}
}

// file is the source file that p is in, or nil.
func (t Translation) file(p finding.Position) []byte {
	if t.Source == nil || !p.IsValid() {
		return nil
	}
	src, err := t.Source(p.File)
	if err != nil {
		return nil
	}
	return src
}

// line is the source line at p, or "".
func (t Translation) line(p finding.Position) string {
	n := 0
	for line := range bytes.Lines(t.file(p)) {
		if n++; n == p.Line {
			return string(bytes.TrimSpace(line))
		}
	}
	return ""
}

// finding makes the finding of one observation.
func (t Translation) finding(o *evidence.Observation) *finding.Finding {
	w := &wording{Translation: t, evidence: &o.Evidence}
	f := w.describe()
	f.Message = t.text(w.message)
	f.MessageKey = string(w.message.Key)
	f.MessageArgs = w.message.Args
	f.Source = finding.Dynamic
	f.Confidence = cmp.Or(f.Confidence, finding.High)
	f.Witness = &finding.Witness{
		Seen: o.Seen, Runs: o.Runs, Cores: o.Cores, Rates: rates(o.Rates), Detector: o.Variant,
		Replay: o.Command, Log: o.Evidence.Raw,
	}
	if Variant(o.Variant) == early {
		f.Confidence = finding.Medium
		f.Message = t.said("seen-early", "message", f.Message)
	}
	if Variant(o.Variant).byControl() { // which does not depend on them
		f.Witness.Cores, f.Witness.Rates = nil, nil
	}
	if t.Proof != nil {
		if witness, replay := t.Proof(o.Key()); witness != "" {
			f.Witness.Schedule, f.Witness.Replay = witness, replay
		}
	}
	return f
}

// withoutEarly leaves out what was seen with time that passes early if it was also
// seen without.
func withoutEarly(list []evidence.Observation) []evidence.Observation {
	usual := make(map[evidence.Key]bool)
	for i := range list {
		if Variant(list[i].Variant) != early {
			usual[list[i].Key()] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(o evidence.Observation) bool { return Variant(o.Variant) == early && usual[o.Key()] })
}

// rank orders variants by how much their observations tell.
func rank(variant string) int {
	return slices.Index([]Variant{Controlled, early}, Variant(variant))
}

func rates(list []evidence.Rate) (rates []finding.Rate) {
	for _, r := range list {
		rates = append(rates, finding.Rate(r))
	}
	return rates
}

func (t Translation) text(m message.Message) string { return catalogue.Text(t.Lang, m) }

// said is the sentence of the given key.
func (t Translation) said(key string, pairs ...string) string {
	return t.text(message.New(message.Key(key), pairs...))
}

// place is where o is in the user's source. It is the zero Position if no
// frame of o's own stack is user code.
func place(o evidence.Operation) finding.Position {
	if f, ok := o.Stack.User(); ok {
		return position(f)
	}
	return finding.Position{}
}

// spawned is where the goroutine of o was started in the user's source, or
// the zero Position.
func spawned(o evidence.Operation) finding.Position {
	if f, ok := o.Goroutine.Created.User(); ok {
		return position(f)
	}
	return finding.Position{}
}

// waits is place for an operation that blocks. "go mu.Lock()" blocks where it
// starts the goroutine.
func waits(o evidence.Operation) finding.Position {
	if p := place(o); p.IsValid() {
		return p
	}
	return spawned(o)
}

// here is the place of o by which it is known and joined with what reading
// finds.
func here(o evidence.Operation) finding.Position {
	if o.Role == evidence.RoleBlocked {
		return waits(o)
	}
	return place(o)
}

func position(f evidence.Frame) finding.Position {
	return finding.Position{File: filepath.FromSlash(f.File), Line: f.Line}
}

// short is p as a message says it: a message stands beside its full path.
func (t Translation) short(p finding.Position) string {
	if !p.IsValid() {
		return t.said("unknown-place")
	}
	return filepath.Base(p.File) + ":" + strconv.Itoa(p.Line)
}

// goroutine names the goroutine of o by where it was started, or else by what
// it was started to do.
func (t Translation) goroutine(o evidence.Operation) string { return t.nameGoroutine("goroutine", o) }

// another is goroutine for the second of two that may have the same name.
func (t Translation) another(o, first evidence.Operation) string {
	if t.goroutine(o) == t.goroutine(first) {
		return t.nameGoroutine("another", o)
	}
	return t.goroutine(o)
}

func (t Translation) nameGoroutine(key string, o evidence.Operation) string {
	switch p := spawned(o); {
	case o.Goroutine.Main:
		return t.said("goroutine-main")
	case p.IsValid():
		return t.said(key+"-started", "place", t.short(p))
	}
	for _, f := range slices.Backward(o.Stack) {
		if f.User {
			_, function := splitFunc(f.Func)
			return t.said(key+"-running", "function", function)
		}
	}
	return t.said(key + "-unknown")
}

// at makes a finding whose primary place is that of o.
func (t Translation) at(rule, category string, o evidence.Operation) *finding.Finding {
	f := &finding.Finding{Rule: rule, Category: category}
	frame, ok := o.Place()
	if !ok {
		return f
	}
	f.Range = at(position(frame))
	pkg, function := splitFunc(frame.Func)
	f.Function, f.Package = function, pkg
	if t.Package != nil {
		f.Package = cmp.Or(t.Package(frame.File), pkg)
	}
	return f
}

func at(p finding.Position) finding.Range { return finding.Range{Start: p} }

// splitFunc splits the name of a function into the import path of its package
// and what is left, the path being "" where the name does not tell it for
// certain: of a main package, and where only its last element was printed.
func splitFunc(name string) (pkg, function string) {
	// Type arguments may hold paths of their own.
	end := strings.IndexByte(name, '[')
	if end < 0 {
		end = len(name)
	}
	slash := strings.LastIndexByte(name[:end], '/')
	dot := strings.IndexByte(name[slash+1:], '.')
	if dot < 0 {
		return "", name
	}
	dot += slash + 1
	if slash >= 0 {
		pkg = name[:dot]
	}
	return pkg, name[dot+1:]
}

// operations lists the places of ops in user code, each once.
func operations(ops []evidence.Operation) []finding.Position {
	var list []finding.Position
	for _, o := range ops {
		if o.Role == evidence.RoleOther {
			continue
		}
		if p := here(o); p.IsValid() && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, finding.Position.Compare)
	return list
}

// hereRoles are the roles of related places, and the keys of what is said
// beside them. What stopped the program is not among them: it is the primary
// place.
var hereRoles = map[evidence.Role]struct {
	role diagnostic.Role
	key  string
}{
	evidence.RoleRead:        {diagnostic.RoleRead, "here-read"},
	evidence.RoleWrite:       {diagnostic.RoleWrite, "here-write"},
	evidence.RoleAtomicRead:  {diagnostic.RoleRead, "here-atomic-read"},
	evidence.RoleAtomicWrite: {diagnostic.RoleWrite, "here-atomic-write"},
	evidence.RoleFirstLock:   {diagnostic.RoleLock, "here-first-lock"},
	evidence.RoleSecondLock:  {diagnostic.RoleLock, "here-second-lock"},
	evidence.RoleLock:        {diagnostic.RoleLock, "here-lock"},
	evidence.RoleHold:        {diagnostic.RoleLock, "here-hold"},
	evidence.RoleBlocked:     {diagnostic.RoleBlock, "here-blocked"},
}

// related lists the places of ops and of the go statements that started their
// goroutines.
func (t Translation) related(ops []evidence.Operation) []finding.Related {
	var list []finding.Related
	add := func(role diagnostic.Role, p finding.Position, text string) {
		r := finding.Related{Role: finding.Role(role), Range: at(p), Message: text}
		if p.IsValid() && !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	for _, o := range ops {
		how, ok := hereRoles[o.Role]
		if !ok {
			continue
		}
		add(how.role, here(o), t.said(how.key, "goroutine", t.goroutine(o)))
	}
	for _, o := range ops {
		if o.Role != evidence.RoleOther {
			add(diagnostic.RoleSpawn, spawned(o), t.said("here-spawn"))
		}
	}
	return list
}
