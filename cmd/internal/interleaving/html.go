package interleaving

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"

	"github.com/lockstep-go/lockstep/analyzers/message"
	"github.com/lockstep-go/lockstep/runtime/schedule"
)

//go:embed page/page.html
var pageHTML string

//go:embed page/page.css
var pageStyle string

//go:embed page/page.js
var pageScript string

// excerpt is how many lines around a line of source the page can show.
const excerpt = 8

// HTML writes the run as a page that needs nothing else, and no network.
//
// What it shows comes from programs that nobody has vouched for. All of it goes
// through html/template, and from there through the script as text; and the
// page's policy lets the browser run this script alone and load nothing.
func HTML(w io.Writer, run *Run, o Options) error {
	v := newView(run, o)
	page, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return err
	}
	p, err := v.page()
	if err != nil {
		return err
	}
	return page.Execute(w, p)
}

// A page is what the template shows.
type page struct {
	Lang, Title, Policy string
	Style               template.CSS
	Script              template.JS
	W                   map[string]string // words
	How, Circle         string
	States, Facts       []string
	Races               []pageRace
	Count               int
	Text                string
	Data                pageRun
}

type pageRace struct {
	Row  int
	Text string
}

func (v *view) page() (*page, error) {
	var text bytes.Buffer
	o := v.o
	o.Width, o.Color = 100, false
	if err := Text(&text, v.Run, o); err != nil {
		return nil, err
	}
	how, states, circle := v.ending()
	p := &page{
		Lang:   string(v.o.Lang),
		Title:  printable(v.o.Title),
		Policy: "default-src 'none'; style-src " + hash(pageStyle) + "; script-src " + hash(pageScript) + "; base-uri 'none'; form-action 'none'",
		Style:  template.CSS(pageStyle),
		Script: template.JS(pageScript),
		W:      v.pageWords(),
		How:    how, States: states, Circle: circle, Facts: v.facts(),
		Count: len(v.rows),
		Text:  text.String(),
		Data:  v.pageRun(),
	}
	if p.Lang == "" {
		p.Lang = string(message.English)
	}
	if p.Title == "" {
		p.Title = v.text("page-title")
	}
	for k, pair := range v.races {
		p.Races = append(p.Races, pageRace{pair.Second, v.raceText(k)})
	}
	return p, nil
}

// hash is how a Content-Security-Policy names what may be in the page.
func hash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func (v *view) pageWords() map[string]string {
	words := make(map[string]string)
	for name, key := range map[string]message.Key{
		"how": "page-how", "timeline": "page-timeline", "player": "page-player", "first": "page-first",
		"previous": "page-previous", "next": "page-next", "last": "page-last", "play": "page-play",
		"switch": "page-switch", "slider": "page-slider", "source": "page-source", "goroutines": "page-goroutines",
		"variables": "page-variables", "noVariables": "page-no-variables", "graph": "page-graph", "noGraph": "page-no-graph",
		"colGoroutine": "page-col-goroutine", "colState": "page-col-state", "colHolds": "page-col-holds", "colWaits": "page-col-waits",
		"colVariable": "page-col-variable", "colValue": "page-col-value", "text": "page-text", "help": "page-help", "legend": "page-legend",
	} {
		words[name] = v.text(key)
	}
	return words
}

// A pageRun is what the page's script reads. What many rows say is said once
// and referred to by number.
type pageRun struct {
	Lanes    []pageLane     `json:"lanes"`
	Rows     []pageRow      `json:"rows"`
	Labels   []string       `json:"labels"`
	Sites    []pageSite     `json:"sites"`
	Files    []pageFile     `json:"files"`
	Objects  map[int]string `json:"objects"`
	WaitText map[int]string `json:"waitText"` // by lane: what it waits for that is no object, at the end
	Words    scriptWords    `json:"words"`
}

type pageLane struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Short string `json:"short"`
	Early bool   `json:"early,omitempty"` // was there before the first row
}

type pageRow struct {
	Step    int     `json:"n"`
	Lane    int     `json:"g"`
	Mark    string  `json:"k"`
	Label   int     `json:"t"`
	Site    int     `json:"s"` // -1 is none
	To      *int    `json:"to,omitempty"`
	Switch  bool    `json:"w,omitempty"`
	Blocked bool    `json:"b,omitempty"`
	Race    int     `json:"r,omitempty"`
	Changes [][]any `json:"c,omitempty"` // ["s", lane, state, object], ["h" or "u", lane, object], ["v", name, value]
}

type pageSite struct {
	Place string `json:"p"`
	File  int    `json:"f"`
	Line  int    `json:"l"`
}

type pageFile struct {
	Lines map[int]string `json:"lines"`
}

type scriptWords struct {
	Race     string            `json:"race"`
	Position string            `json:"position"`
	NoSource string            `json:"noSource"`
	HeldBy   string            `json:"heldBy"`
	Edge     string            `json:"edge"`
	EdgeSelf string            `json:"edgeSelf"`
	Play     string            `json:"play"`
	Pause    string            `json:"pause"`
	States   map[string]string `json:"states"`
	Marks    [][2]string       `json:"marks"`
}

func (v *view) pageRun() pageRun {
	p := pageRun{
		Lanes: []pageLane{}, Rows: make([]pageRow, 0, len(v.rows)), Files: []pageFile{}, Sites: []pageSite{},
		Objects: make(map[int]string), WaitText: make(map[int]string), Words: v.scriptWords(),
	}
	for i, l := range v.lanes {
		p.Lanes = append(p.Lanes, pageLane{goroutineID(l.ID), v.laneName(l), v.shortName(l), l.born < 0})
		if l.State == schedule.IsBlocked && l.Object == 0 {
			p.WaitText[i] = v.operation(row{Event: schedule.Event{Goroutine: l.ID, Op: l.Op, At: l.At, Blocked: true}})
		}
	}
	for object := range v.names.first {
		p.Objects[object] = v.names.object(object, "")
	}
	labels, places := make(map[string]int), sites{v: v, p: &p, numbers: make(map[pageSite]int), files: make(map[string]int)}
	for _, n := range v.rows {
		label := v.label(n)
		k, ok := labels[label]
		if !ok {
			k = len(p.Labels)
			labels[label] = k
			p.Labels = append(p.Labels, label)
		}
		r := pageRow{
			Step: n.Step, Lane: v.lane(n.Goroutine), Mark: markOf(n), Label: k, Site: places.number(n.At),
			Switch: n.Switched, Blocked: n.Blocked, Race: n.Race, Changes: v.pageChanges(n.Changes),
		}
		if to := v.lane(n.To); n.To > 0 && to >= 0 {
			r.To = &to
		}
		p.Rows = append(p.Rows, r)
	}
	return p
}

// sites number the places of a page, and collect the lines of source around.
type sites struct {
	v       *view
	p       *pageRun
	numbers map[pageSite]int
	files   map[string]int
}

func (s *sites) number(at schedule.Site) int {
	if at.Line == 0 {
		return -1
	}
	f, ok := s.files[at.File]
	if !ok {
		f = len(s.p.Files)
		s.files[at.File] = f
		s.p.Files = append(s.p.Files, pageFile{Lines: make(map[int]string)})
	}
	site := pageSite{s.v.place(at), f, at.Line}
	k, ok := s.numbers[site]
	if ok {
		return k
	}
	k = len(s.p.Sites)
	s.numbers[site] = k
	s.p.Sites = append(s.p.Sites, site)
	lines := s.v.files[at.File]
	for n := max(1, at.Line-excerpt); n <= min(len(lines), at.Line+excerpt); n++ {
		s.p.Files[f].Lines[n] = visible(lines[n-1])
	}
	return k
}

// visible is a line of source without characters that would show other code than
// was run. Its tabs stay.
func visible(line string) string {
	parts := strings.Split(strings.TrimRight(line, "\r"), "\t")
	for i, part := range parts {
		parts[i] = printable(part)
	}
	return strings.Join(parts, "\t")
}

func (v *view) pageChanges(changes []change) [][]any {
	var list [][]any
	for _, c := range changes {
		switch {
		case c.State != nil:
			state := string(c.State.State)
			list = append(list, []any{"s", v.lane(c.State.Goroutine), state, c.State.Object})
		case c.Hold != nil && c.Hold.Take:
			list = append(list, []any{"h", v.lane(c.Hold.Goroutine), c.Hold.Object})
		case c.Hold != nil:
			list = append(list, []any{"u", v.lane(c.Hold.Goroutine), c.Hold.Object})
		case c.Value != nil:
			list = append(list, []any{"v", printable(c.Value.Name), printable(c.Value.Value)})
		}
	}
	return list
}

// markOf is the shape that stands for an operation.
func markOf(n row) string {
	switch n.Op {
	case schedule.Lock, schedule.RLock, schedule.WLock:
		return "lock"
	case schedule.TryLock:
		if n.Value == "true" {
			return "lock"
		}
	case schedule.Unlock, schedule.RUnlock, schedule.WUnlock:
		return "unlock"
	case schedule.Send, schedule.Signal, schedule.Broadcast, schedule.Done, schedule.Close, schedule.Cancel:
		return "send"
	case schedule.Receive, schedule.Wait, schedule.CondWait, schedule.Select:
		return "recv"
	case schedule.Access, schedule.Value, schedule.Atomic:
		return "access"
	case schedule.Finish:
		return "end"
	}
	return "dot"
}

func (v *view) scriptWords() scriptWords {
	template := func(key message.Key, names ...string) string { // the script fills these in
		var pairs []string
		for _, name := range names {
			pairs = append(pairs, name, "{"+name+"}")
		}
		return v.text(key, pairs...)
	}
	words := scriptWords{
		Race:     template("race-mark", "n"),
		Position: template("page-position", "n", "all"),
		NoSource: v.text("page-no-source"),
		HeldBy:   template("page-held-by", "object", "by"),
		Edge:     template("circle-part", "g", "object", "next"),
		EdgeSelf: template("circle-self", "g", "object"),
		Play:     v.text("page-play"),
		Pause:    v.text("page-pause"),
		States:   make(map[string]string),
	}
	for _, state := range []string{"none", "running", "runnable", "blocked", "done"} {
		words.States[state] = v.text(message.Key("page-state-" + state))
	}
	for _, kind := range []string{"lock", "unlock", "send", "recv", "access", "race", "wait", "hatched", "arrow", "end", "dot"} {
		words.Marks = append(words.Marks, [2]string{kind, v.text(message.Key("page-mark-" + kind))})
	}
	return words
}
