package interleaving

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

// A view words a run: what both renderers say is said here.
type view struct {
	*Run
	o        Options
	sameBase map[string]bool // base names that several of the files have
	clauses  map[schedule.Site][]string
	tasks    map[schedule.Site]string
}

func newView(r *Run, o Options) *view {
	v := &view{Run: r, o: o, sameBase: make(map[string]bool), clauses: make(map[schedule.Site][]string), tasks: make(map[schedule.Site]string)}
	files := make(map[string]string)
	note := func(s schedule.Site) {
		base := filepath.Base(s.File)
		if known, ok := files[base]; ok && known != s.File {
			v.sameBase[base] = true
		}
		files[base] = s.File
	}
	for _, n := range r.rows {
		if n.At.Line > 0 {
			note(n.At)
		}
	}
	for _, l := range r.lanes {
		if l.Created.Line > 0 {
			note(l.Created)
		}
	}
	return v
}

func (v *view) text(key message.Key, pairs ...string) string {
	lang := v.o.Lang
	if lang == "" {
		lang = message.English
	}
	return catalogue.Text(lang, message.New(key, pairs...))
}

// label says what a row does, in few words.
func (v *view) label(n row) string {
	op := v.operation(n)
	switch {
	case n.Blocked && len(n.HeldBy) == 1 && n.HeldBy[0] == n.Goroutine:
		return v.text("waits-for-itself", "op", op)
	case n.Blocked && len(n.HeldBy) > 0:
		return v.text("waits-held", "op", op, "by", goroutineIDs(n.HeldBy))
	case n.Blocked:
		return v.text("waits", "op", op)
	case n.Waited && n.Op != schedule.Finish:
		return v.text("waited", "op", op)
	}
	return op
}

func (v *view) operation(n row) string {
	object := v.names.object(n.Object, n.At.Text)
	value := printable(n.Value)
	switch n.Op {
	case schedule.Go, schedule.TestRun:
		if n.starts() {
			return v.text(message.Key("op-"+string(n.Op)+"-to"), "object", v.started(n), "to", goroutineID(n.To))
		}
	case schedule.Lock, schedule.Unlock, schedule.RLock, schedule.RUnlock, schedule.WLock, schedule.WUnlock:
		if v.names.conds[n.At] { // there the source names the Cond
			object = v.names.object(n.Object, "")
		}
	case schedule.Access:
		return v.access(n)
	case schedule.Value:
		return v.text("op-value", "object", object, "value", value)
	case schedule.Send:
		if value != "" && !n.Blocked {
			return v.text("op-send-value", "object", object, "value", value)
		}
	case schedule.Receive:
		if value != "" {
			return v.text("op-recv-value", "object", object, "value", value)
		}
	case schedule.Select:
		return v.selection(n)
	case schedule.TryLock:
		if value == "true" || value == "false" {
			return v.text(message.Key("op-trylock-"+value), "object", object)
		}
	case schedule.Sleep:
		object = strings.TrimSpace(object)
	case schedule.Finish:
		if n.Goroutine == v.lanes[0].ID {
			return v.text("op-return")
		}
	}
	text := v.text(message.Key("op-"+string(n.Op)), "object", object)
	if strings.HasPrefix(text, "op-") { // an operation that the catalogue does not know
		text = printable(string(n.Op)) + " " + object
	}
	return strings.TrimSpace(text)
}

// started is what a go statement starts: "worker(i)".
func (v *view) started(n row) string {
	if i := v.lane(n.To); i >= 0 {
		return v.shortName(v.lanes[i])
	}
	return printable(n.At.Text)
}

func (v *view) access(n row) string {
	kind := "read"
	if n.Kind == "write" || n.Kind == "update" {
		kind = n.Kind
	}
	object, value, before := printable(n.At.Text), printable(n.Value), printable(n.Before)
	if before != "" && value == "" {
		return v.text("op-update-before", "object", object, "before", before)
	}
	if before != "" {
		return v.text("op-update-both", "object", object, "before", before, "value", value)
	}
	if value != "" {
		return v.text(message.Key("op-"+kind+"-value"), "object", object, "value", value)
	}
	return v.text(message.Key("op-"+kind), "object", object)
}

func (v *view) selection(n row) string {
	clauses := v.selectClauses(n.At)
	switch {
	case n.Blocked && len(clauses) > 0:
		return v.text("op-select", "object", strings.Join(clauses, " | "))
	case n.Blocked:
		return v.text("op-select-blocked")
	case n.Case < 0:
		return v.text("op-select-default")
	case n.Case < len(clauses):
		return v.text("op-select-case", "object", clauses[n.Case])
	}
	return v.text("op-select-number", "n", strconv.Itoa(n.Case+1))
}

// selectClauses are the texts of the cases of a select statement but default,
// nil if they cannot be read.
func (v *view) selectClauses(at schedule.Site) []string {
	clauses, known := v.clauses[at]
	if known {
		return clauses
	}
	v.clauses[at] = nil
	v.inspect(at, func(n ast.Node, text func(ast.Node) string) bool {
		s, ok := n.(*ast.SelectStmt)
		if !ok {
			return false
		}
		for _, c := range s.Body.List {
			if comm := c.(*ast.CommClause).Comm; comm != nil {
				clauses = append(clauses, text(comm))
			}
		}
		return true
	})
	v.clauses[at] = clauses
	return clauses
}

// inspect shows visit the nodes that begin at a place, from the outside in, until
// it has what it wants. Text is the source of a node on one line.
func (v *view) inspect(at schedule.Site, visit func(n ast.Node, text func(ast.Node) string) bool) {
	lines := v.files[at.File]
	if len(lines) == 0 {
		return
	}
	source := strings.Join(lines, "\n")
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, "", source, parser.SkipObjectResolution)
	if file == nil {
		return
	}
	text := func(n ast.Node) string {
		from, to := fset.Position(n.Pos()).Offset, fset.Position(n.End()).Offset
		return printable(strings.Join(strings.Fields(source[from:min(to, len(source))]), " "))
	}
	done := false
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil || done {
			return false
		}
		if p := fset.Position(n.Pos()); p.Line == at.Line && (at.Column == 0 || p.Column == at.Column) {
			done = visit(n, text)
		}
		return !done
	})
}

// task is what the statement at a place starts a goroutine to do. Of a go statement
// the run tells that; of wg.Go(work) it tells wg.
func (v *view) task(at schedule.Site) string {
	if at.Text == "" || strings.Contains(at.Text, "(") {
		return at.Text
	}
	task, known := v.tasks[at]
	if known {
		return task
	}
	task = at.Text
	v.inspect(at, func(n ast.Node, text func(ast.Node) string) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return false
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); !ok || sel.Sel.Name != "Go" {
			return false
		}
		task = text(call.Args[0])
		return true
	})
	v.tasks[at] = task
	return task
}

// ending says how the run ended: first how, then what each goroutine that is not
// done came to, and the circle of those that wait for each other.
func (v *view) ending() (how string, states []string, circle string) {
	how = v.text("end-unknown")
	switch v.result.End {
	case schedule.OK, schedule.Deadlock, schedule.Leak, schedule.Panicked, schedule.Steps, schedule.Exited:
		main := v.text("main")
		if len(v.lanes) > 0 {
			main = v.laneName(v.lanes[0]) // or the test
		}
		how = v.text(message.Key("end-"+string(v.result.End)), "main", main)
	case schedule.Stall:
		how = v.text("end-stall", "cause", printable(v.result.Cause))
	}
	for _, l := range v.lanes {
		if line := v.state(l); line != "" {
			states = append(states, line)
		}
	}
	if around := v.circle(); len(around) > 0 {
		circle = v.describeCircle(around)
	}
	return how, states, circle
}

// state says what a goroutine came to, "" if that is nothing to speak of.
func (v *view) state(l lane) string {
	var parts []string
	for _, h := range l.Holds {
		parts = append(parts, v.text("state-holds", "object", v.held(h), "place", v.place(h.At)))
	}
	switch {
	case l.State == schedule.IsBlocked:
		parts = append(parts, v.waiting(l))
	case len(parts) == 0:
		return ""
	}
	return v.text("state", "g", goroutineID(l.ID), "name", v.shortName(l), "parts", strings.Join(parts, v.text("list-separator")))
}

// held is the name of a lock that is held.
func (v *view) held(h schedule.Hold) string {
	if v.names.conds[h.At] { // there the source names the Cond
		return v.names.object(h.Object, "")
	}
	return v.names.object(h.Object, h.At.Text)
}

// waiting says what a blocked goroutine waits for.
func (v *view) waiting(l lane) string {
	if l.Op == "" { // it waits where nothing is under control
		if l.last >= 0 && v.rows[l.last].Op == schedule.TestRun && v.rows[l.last].To > 0 {
			return v.text("state-waits-subtest", "place", v.place(v.rows[l.last].At), "to", goroutineID(v.rows[l.last].To))
		}
		return v.text("state-waits-outside")
	}
	n := row{Event: schedule.Event{Goroutine: l.ID, Op: l.Op, Object: l.Object, At: l.At, Blocked: true}}
	op := v.operation(n)
	key, by := message.Key("state-waits"), ""
	switch {
	case len(l.WaitsFor) == 1 && l.WaitsFor[0] == l.ID:
		key = "state-waits-itself"
	case len(l.WaitsFor) > 0:
		key, by = "state-waits-held", goroutineIDs(l.WaitsFor)
	}
	text := v.text(key, "op", op, "place", v.place(l.At), "by", by)
	if stuck := v.result.End == schedule.Deadlock || v.result.End == schedule.Leak; stuck && by == "" && key == "state-waits" {
		switch l.Op {
		case schedule.Send, schedule.Receive, schedule.Select, schedule.Wait, schedule.CondWait:
			text = v.text(message.Key("never-"+string(l.Op)), "waits", text)
		}
	}
	return text
}

func (v *view) describeCircle(around []int) string {
	var parts []string
	for k, g := range around {
		l := v.lanes[v.lane(g)]
		next := around[(k+1)%len(around)]
		key := message.Key("circle-part")
		if next == g {
			key = "circle-self"
		}
		parts = append(parts, v.text(key, "g", goroutineID(g), "next", goroutineID(next), "object", v.names.object(l.Object, l.At.Text)))
	}
	return v.text("circle", "parts", strings.Join(parts, v.text("list-separator")))
}

// raceText says which two rows are a race.
func (v *view) raceText(k int) string {
	pair := v.races[k]
	second := v.rows[pair.Second]
	args := []string{
		"n", strconv.Itoa(k + 1),
		"second", v.operation(second), "g2", goroutineID(second.Goroutine), "place2", v.place(second.At),
	}
	if pair.First < 0 {
		return v.text("race-one", args...)
	}
	first := v.rows[pair.First]
	args = append(args, "first", v.operation(first), "g1", goroutineID(first.Goroutine), "place1", v.place(first.At))
	return v.text("race", args...)
}

// facts are what else is to be known of the run.
func (v *view) facts() []string {
	r := v.result
	var facts []string
	if r.Races > len(v.races) {
		facts = append(facts, v.text("fact-races", "n", strconv.Itoa(r.Races), "shown", strconv.Itoa(len(v.races))))
	}
	if r.Time >= int64(time.Millisecond) { // a step takes some of it too
		facts = append(facts, v.text("fact-time", "time", time.Duration(r.Time).String()))
	}
	if len(r.Uncontrolled) > 0 {
		facts = append(facts, v.text("fact-uncontrolled", "what", printable(strings.Join(r.Uncontrolled, ", "))))
	}
	if r.End != "" {
		facts = append(facts, v.text("fact-schedule", "schedule", printable(r.Replay()), "steps", strconv.Itoa(r.Steps), "decisions", strconv.Itoa(r.Decisions)))
	}
	return facts
}
