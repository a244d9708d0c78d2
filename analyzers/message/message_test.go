package message

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
)

func TestText(t *testing.T) {
	c, err := Load(fstest.MapFS{
		"en.json": {Data: []byte(`{"held": "{lock} is held in {func}; {lock} again", "only": "English only"}`)},
		"zh.json": {Data: []byte(`{"held": "{func} 中 {lock} 未释放"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	held := New("held", "lock", "mu", "func", "f")
	for _, test := range []struct {
		lang Lang
		m    Message
		want string
	}{
		{"en", held, "mu is held in f; mu again"},
		{"zh", held, "f 中 mu 未释放"},
		{"zh", New("only"), "English only"},
		{"de", held, "mu is held in f; mu again"},
		{"en", New("held", "lock", "mu"), "mu is held in {func}; mu again"},
		{"en", held.With(New("only")).With(New("held", "lock", "a", "func", "g")), "mu is held in f; mu againEnglish onlya is held in g; a again"},
		{"en", New("only").With(held.With(New("only"))), "English onlymu is held in f; mu againEnglish only"},
		{"en", New("unknown", "b", "2", "a", "1"), "unknown a=1 b=2"},
	} {
		if got := c.Text(test.lang, test.m); got != test.want {
			t.Errorf("Text(%s, %v) = %q, want %q", test.lang, test.m, got, test.want)
		}
	}
	if got, _ := c.Params("en", "held"); !slices.Equal(got, []string{"lock", "func"}) {
		t.Errorf("Params = %v, want [lock func]", got)
	}
}

func TestLoadRejects(t *testing.T) {
	for name, fsys := range map[string]fstest.MapFS{
		"no English":   {"zh.json": {Data: []byte(`{}`)}},
		"not JSON":     {"en.json": {Data: []byte(`{`)}},
		"open brace":   {"en.json": {Data: []byte(`{"k": "a {b"}`)}},
		"stray brace":  {"en.json": {Data: []byte(`{"k": "a }b"}`)}},
		"empty param":  {"en.json": {Data: []byte(`{"k": "a {}"}`)}},
		"nested param": {"en.json": {Data: []byte(`{"k": "a {b{c}}"}`)}},
	} {
		if _, err := Load(fsys); err == nil {
			t.Errorf("%s: Load succeeded", name)
		}
	}
}

// Embedded catalogues are read when they are used, which may be late: all of
// the module's are read here.
func TestEveryCatalogueLoads(t *testing.T) {
	found := 0
	err := filepath.WalkDir("../..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "en.json" {
			return err
		}
		found++
		if _, err := Load(os.DirFS(filepath.Dir(name))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return nil
	})
	if err != nil || found == 0 {
		t.Errorf("%d catalogues found, error %v", found, err)
	}
}
