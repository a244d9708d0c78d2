package explore

import (
	"strings"
	"testing"
)

func TestVariableName(t *testing.T) {
	const file = `package p

import "fmt"

func f() {
	A
	B
}
`
	for _, test := range []struct {
		a, b           string
		aWrite, bWrite bool
		want           string
	}{
		{"counter++", "counter++", true, false, "counter"},
		{"a.balance += n", "fmt.Println(a.balance)", true, false, "a.balance"},
		{"s.acc.balance = 3", "x := a.balance", true, false, "s.acc.balance"},
		{`m["x"] = 1`, `m["y"] = 2`, true, true, "m[...]"},
		{"hits[i] = 1", "for range hits {", true, false, "hits[...]"},
		{"go func() { copy(s, t) }()", "copy(s[1:], s)", true, false, "s"},
		{"last = name", "_ = last", true, false, "last"},
		{"x, err = g()", "y, err = h()", true, true, "err"},
		{"c.conn = nil", "c.conn.Close()", true, false, "c.conn"},
		{"p = q", "use(p.next)", true, false, "p"},
		{`b.WriteString("x")`, `b.WriteString("y")`, true, true, "b"},
		{`b.WriteString("x")`, `fmt.Println(b.Len())`, true, false, "b"},
		{"*p = 1", "use(*p)", true, false, "*p"},
		{"atomic.AddInt64(&n, 1)", "fmt.Println(n)", true, false, "n"},
		{"delete(m, k)", "use(m[k])", true, false, "m"},
		{"close(c)", "c <- 0", true, false, "c"},
		{"done = true", "if !done {", true, false, "done"},
		// No name rather than a wrong one.
		{"a, b = b, a", "a, b = b, a", true, false, ""},
		{"*p = 1", "use(x)", true, false, ""},
		{`fmt.Println("x")`, `fmt.Println("y")`, true, false, ""},
		{"g()", "g()", true, false, ""},
		{"x = T{x: 1}", "y := T{x: 2}", true, false, ""},
		{"x = (", "broken x", true, false, ""},
	} {
		src := strings.Replace(strings.Replace(file, "A", test.a, 1), "B", test.b, 1)
		if strings.HasSuffix(test.b, "{") {
			src = strings.Replace(src, "{\n}", "{}\n}", 1)
		}
		a := accessLine{[]byte(src), 6, test.aWrite}
		b := accessLine{[]byte(src), 7, test.bWrite}
		if test.a == test.b {
			b.line = 6
		}
		if got := variableName(a, b); got != test.want {
			t.Errorf("%s | %s: variable %q, want %q", test.a, test.b, got, test.want)
		}
	}
	if got := variableName(accessLine{}, accessLine{line: 3}); got != "" {
		t.Errorf("without source the variable is %q", got)
	}
}

// A statement that goes on for several lines is read line by line.
func TestVariableNameMultiline(t *testing.T) {
	src := []byte(`package p

func f() {
	total = sum(
		left,
		right,
	)
	right = 4
}
`)
	if got := variableName(accessLine{src, 8, true}, accessLine{src, 6, false}); got != "right" {
		t.Errorf("variable %q, want right", got)
	}
	if got := variableName(accessLine{src, 8, true}, accessLine{src, 5, false}); got != "" {
		t.Errorf("variable %q, want none: left is not right", got)
	}
}

func TestLockName(t *testing.T) {
	for line, want := range map[string]string{
		"mu.Lock()":                        "mu",
		"defer s.mu.Unlock()":              "s.mu",
		"go func() { s.mu.Lock() }()":      "s.mu",
		"s.shards[i%n].mu.RLock()":         "s.shards[i%n].mu",
		"shard(key).Lock()":                "shard(key)",
		"if x { t.a.b(1).mu.Lock(); n++ }": "t.a.b(1).mu",
		"(*mu).Lock()":                     "(*mu)",
		"mu.Lock(); defer mu.Unlock()":     "mu",
		"a.Lock(); b.Lock()":               "",
		"lock(mu)":                         "",
		"Lock()":                           "",
		"wg.Wait()":                        "",
		"":                                 "",
		"x := mu.Lock":                     "",
		`fmt.Println("mu.Lock()")`:         "",
		"]).Lock()":                        "",
		"return s.cache[Key{a: 1}].Lock()": "s.cache[Key{a: 1}]",
		"defer func() { if ok { s.mu.Unlock() } }()": "s.mu",
	} {
		if got := lockName(line); got != want {
			t.Errorf("lockName(%s) = %q, want %q", line, got, want)
		}
	}
}

func TestMapName(t *testing.T) {
	for line, want := range map[string]string{
		`b.all["x"] = i`:                     "b.all",
		"for _, v := range b.all {}":         "b.all",
		"return b.all[k]":                    "b.all",
		"delete(m, k)":                       "m",
		"a[i] = b[j]":                        "",
		"f()":                                "",
		"b.all[fmt.Sprint(i%50)] = i":        "b.all",
		"m[k] = m[j]":                        "m",
		"if _, ok := seen[x]; ok { return }": "seen",
	} {
		src := []byte("package p\nfunc f() {\n" + line + "\n}\n")
		if got := mapName(src, 3); got != want {
			t.Errorf("mapName(%s) = %q, want %q", line, got, want)
		}
	}
}
