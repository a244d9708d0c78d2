package schedule

import (
	"go/token"
	"strings"
)

// hashMark comes before the hash in a witness.
const hashMark = '~'

// A Witness is a schedule together with the program that it was found for. It
// is written
//
//	PACKAGE[:TEST]@SCHEDULE[~HASH]
//
// such as "example.com/app:TestTransfer@ls:3-1.2~9f3c01ab".
type Witness struct {
	// Package is what names the program to the go command: an import path, a
	// folder, or files separated by commas.
	Package  string
	Test     string // a top-level test of the package; "" for a main package
	Schedule Schedule
	// Hash is the beginning of the hash of the source that was run, or "". A
	// schedule means little for another source.
	Hash string
}

// HashLength is how many hexadecimal digits of a hash go into a witness.
const HashLength = 8

// ShortHash is as much of a hash as goes into a witness.
func ShortHash(hash string) string { return hash[:min(len(hash), HashLength)] }

func (w Witness) String() string {
	text := w.Package
	if w.Test != "" {
		text += ":" + w.Test
	}
	text += "@" + w.Schedule.String()
	if w.Hash != "" {
		text += string(hashMark) + w.Hash
	}
	return text
}

// Files are the elements of Package: several only if it names files.
func (w Witness) Files() []string {
	if strings.HasSuffix(w.Package, ".go") {
		return strings.Split(w.Package, ",")
	}
	return []string{w.Package}
}

// ParseWitness reads a witness. The error is a [*SyntaxError].
func ParseWitness(text string) (Witness, error) {
	var w Witness
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return Witness{}, &SyntaxError{text, len(text), "'@' and a schedule"}
	}
	w.Package = text[:at]
	// A colon may be part of a path, as in C:\app.
	if colon := strings.LastIndexByte(w.Package, ':'); colon >= 0 && token.IsIdentifier(w.Package[colon+1:]) {
		w.Package, w.Test = w.Package[:colon], w.Package[colon+1:]
	}
	if w.Package == "" {
		return Witness{}, &SyntaxError{text, 0, "a package"}
	}
	p := &parser{text: text, at: at + 1}
	w.Schedule = p.schedule()
	if p.accept(hashMark) {
		w.Hash = p.hash()
	}
	if p.err == nil && p.at < len(text) {
		p.fail("'~' and a hash, or the end")
	}
	if p.err != nil {
		return Witness{}, p.err
	}
	return w, nil
}

// hash takes hexadecimal digits.
func (p *parser) hash() string {
	end := p.at
	for end < len(p.text) && strings.IndexByte("0123456789abcdef", p.text[end]) >= 0 {
		end++
	}
	hash := p.text[p.at:end]
	if len(hash) == 0 || len(hash) > HashLength {
		p.fail("up to 8 hexadecimal digits")
	}
	p.at = end
	return hash
}
