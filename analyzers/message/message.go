// Package message holds the sentences that lockstep says, by key, so that a
// check names what happened and never how it is worded.
//
// A catalogue is a set of JSON files, one per language, that map a key to a
// template. A template names its arguments in braces:
//
//	{"returns-locked": "{lock} is still locked when {func} returns"}
//
// Every check embeds its own catalogue folder, so that adding a check touches
// one folder; adding a language adds one file beside each en.json and changes
// no code.
package message

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
)

// A Key names one sentence of a catalogue.
type Key string

// A Lang is a language tag such as "en" or "zh".
type Lang string

// English is the language that every catalogue has: what another language
// lacks is said in English.
const English Lang = "en"

// Args are the named arguments of a template.
type Args map[string]string

// A Message is a sentence that has not been worded yet.
type Message struct {
	Key  Key
	Args Args
	// Then is said behind it, nil if nothing is. Its template begins with the
	// punctuation between the two.
	Then *Message
}

// With returns m with another message behind it, and behind those that it has.
func (m Message) With(then Message) Message {
	if m.Then != nil {
		then = m.Then.With(then)
	}
	m.Then = &then
	return m
}

// New returns the message of the given key whose arguments are the
// alternating names and values of pairs. It panics if a value is missing,
// which is a mistake of the caller's source, not of its input.
func New(key Key, pairs ...string) Message {
	if len(pairs)%2 != 0 {
		panic(fmt.Sprintf("message.New(%q): argument %q has no value", key, pairs[len(pairs)-1]))
	}
	m := Message{Key: key}
	for i := 0; i < len(pairs); i += 2 {
		if m.Args == nil {
			m.Args = make(Args, len(pairs)/2)
		}
		m.Args[pairs[i]] = pairs[i+1]
	}
	return m
}

// A Catalogue words messages. It never changes. It is read when it is first
// asked for a text: a process that go vet starts for a dependency words nothing.
type Catalogue struct {
	texts func() map[Lang]map[Key]template
}

// Load reads every *.json file at the root of fsys as the catalogue of the
// language that its name gives.
func Load(fsys fs.FS) (*Catalogue, error) {
	texts, err := read(fsys)
	if err != nil {
		return nil, err
	}
	return &Catalogue{texts: func() map[Lang]map[Key]template { return texts }}, nil
}

func read(fsys fs.FS) (map[Lang]map[Key]template, error) {
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, err
	}
	all := make(map[Lang]map[Key]template)
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		var texts map[Key]string
		if err := json.Unmarshal(data, &texts); err != nil {
			return nil, fmt.Errorf("message catalogue %s: %w", name, err)
		}
		parsed := make(map[Key]template, len(texts))
		for key, text := range texts {
			t, err := parse(text)
			if err != nil {
				return nil, fmt.Errorf("message catalogue %s: key %q: %w", name, key, err)
			}
			parsed[key] = t
		}
		all[Lang(strings.TrimSuffix(path.Base(name), ".json"))] = parsed
	}
	if all[English] == nil {
		return nil, fmt.Errorf("message catalogue has no %s.json", English)
	}
	return all, nil
}

// MustLoad is Load of the folder dir of an embedded file system, put off until
// the catalogue is first used. It panics then if something is wrong, since an
// embedded catalogue is part of the program's source.
func MustLoad(fsys fs.FS, dir string) *Catalogue {
	return &Catalogue{texts: sync.OnceValue(func() map[Lang]map[Key]template {
		sub, err := fs.Sub(fsys, dir)
		if err != nil {
			panic(err)
		}
		texts, err := read(sub)
		if err != nil {
			panic(err)
		}
		return texts
	})}
}

// Text words m in the given language, or in English where that language
// lacks the key. An unknown key or argument shows as itself, never as
// nothing, so that a mistake in a catalogue cannot hide a finding.
func (c *Catalogue) Text(lang Lang, m Message) string {
	text := c.text(lang, m)
	if m.Then != nil {
		text += c.Text(lang, *m.Then)
	}
	return text
}

func (c *Catalogue) text(lang Lang, m Message) string {
	texts := c.texts()
	t, ok := texts[lang][m.Key]
	if !ok {
		t, ok = texts[English][m.Key]
	}
	if !ok {
		return fallback(m)
	}
	return t.render(m.Args)
}

// Languages lists the languages of the catalogue in order.
func (c *Catalogue) Languages() []Lang { return slices.Sorted(maps.Keys(c.texts())) }

// Keys lists the keys of the English catalogue in order.
func (c *Catalogue) Keys() []Key { return slices.Sorted(maps.Keys(c.texts()[English])) }

// Params lists, in order of first use, the argument names that the template
// of key wants in the given language; ok is false if there is no such template.
func (c *Catalogue) Params(lang Lang, key Key) (names []string, ok bool) {
	t, ok := c.texts()[lang][key]
	for _, p := range t {
		if p.param != "" && !slices.Contains(names, p.param) {
			names = append(names, p.param)
		}
	}
	return names, ok
}

func fallback(m Message) string {
	var b strings.Builder
	b.WriteString(string(m.Key))
	for _, name := range slices.Sorted(maps.Keys(m.Args)) {
		fmt.Fprintf(&b, " %s=%s", name, m.Args[name])
	}
	return b.String()
}

// A template is literal text alternating with parameters.
type template []part

type part struct {
	text  string
	param string // if set, the part is this argument
}

func parse(text string) (template, error) {
	var t template
	for text != "" {
		before, rest, found := strings.Cut(text, "{")
		if strings.Contains(before, "}") {
			return nil, fmt.Errorf("} without {")
		}
		if before != "" {
			t = append(t, part{text: before})
		}
		if !found {
			break
		}
		name, rest, closed := strings.Cut(rest, "}")
		if !closed || name == "" || strings.ContainsAny(name, "{ ") {
			return nil, fmt.Errorf("bad parameter after {")
		}
		t = append(t, part{param: name})
		text = rest
	}
	return t, nil
}

func (t template) render(args Args) string {
	var b strings.Builder
	for _, p := range t {
		if p.param == "" {
			b.WriteString(p.text)
		} else if v, ok := args[p.param]; ok {
			b.WriteString(v)
		} else {
			b.WriteString("{" + p.param + "}")
		}
	}
	return b.String()
}
