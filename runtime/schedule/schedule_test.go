package schedule

import (
	"errors"
	"reflect"
	"testing"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Schedule{
		"rw:7":           Random(7),
		"rw:0":           Random(0),
		"pct:7:3:100":    Prioritised(7, 3, 100),
		"perturb:12":     Perturbed(12),
		"rwt:7":          Random(7).Eagerly(),
		"pctt:7:3:100":   Prioritised(7, 3, 100).Eagerly(),
		"lst:3-1.2":      Random(1).Eagerly().Replay(Deviations{{3, 1}, {4, 2}}),
		"ls:":            List(nil),
		"ls:3":           List(Deviations{{3, 1}}),
		"ls:3-1.2":       List(Deviations{{3, 1}, {4, 2}}),
		"ls:10.3-1-5.10": List(Deviations{{10, 3}, {11, 1}, {16, 10}}),
	} {
		got, err := Parse(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Parse(%q) = %#v, %v, want %#v", text, got, err, want)
		}
		if s := want.String(); s != text {
			t.Errorf("String of %q is %q", text, s)
		}
	}
	if s, err := Parse("ls:3.1"); err != nil || s.String() != "ls:3" {
		t.Errorf("option 1 is the one that is not written, got %s, %v", s, err)
	}
}

// TestSyntaxErrors pins what is said of each kind of mistake, and where.
func TestSyntaxErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                          `"": want "rw:", "pct:", "ls:" or "perturb:" at the end`,
		"random:3":                  `"random:3": want "rw:", "pct:", "ls:" or "perturb:" at byte 0, instead of "random:3"`,
		"perturbt:3":                `"perturbt:3": want "rw:", "pct:", "ls:" or "perturb:" at byte 0, instead of "perturbt:3"`,
		"rw":                        `"rw": want "rw:", "pct:", "ls:" or "perturb:" at byte 0, instead of "rw"`,
		"rw:":                       `"rw:": want a seed, a number from 0 at the end`,
		"rw:-1":                     `"rw:-1": want a seed, a number from 0 at byte 3, instead of "-1"`,
		"rw:18446744073709551616":   `"rw:18446744073709551616": want a seed, a number from 0 at byte 3, instead of "18446744073709551616"`,
		"rw:1x":                     `"rw:1x": want the end at byte 4, instead of "x"`,
		"pct:1":                     `"pct:1": want ':' at the end`,
		"pct:1:2:0":                 `"pct:1:2:0": want the number of steps, a number from 1 at byte 8, instead of "0"`,
		"ls:0":                      `"ls:0": want the distance to a decision, a number from 1 at byte 3, instead of "0"`,
		"ls:3-":                     `"ls:3-": want the distance to a decision, a number from 1 at the end`,
		"ls:3.0":                    `"ls:3.0": want an option, a number from 1 at byte 5, instead of "0"`,
		"ls:3,4":                    `"ls:3,4": want the end at byte 4, instead of ",4"`,
		"ls:2147483647-1":           `"ls:2147483647-1": want a smaller distance before at the end`,
		"ls:x234567890123456789012": `"ls:x234567890123456789012": want the distance to a decision, a number from 1 at byte 3, instead of "x2345678901234567890..."`,
	} {
		_, err := Parse(text)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || err.Error() != want {
			t.Errorf("Parse(%q): %v\nwant %s", text, err, want)
		}
	}
}

func TestParseWitness(t *testing.T) {
	for text, want := range map[string]Witness{
		"example.com/app@rw:7":                     {Package: "example.com/app", Schedule: Random(7)},
		"example.com/app:TestX@ls:3-1.2~9f3c01ab":  {"example.com/app", "TestX", List(Deviations{{3, 1}, {4, 2}}), "9f3c01ab"},
		"git.sr.ht/~user/app@ls:~0":                {"git.sr.ht/~user/app", "", List(nil), "0"},
		`C:\app@ls:`:                               {Package: `C:\app`, Schedule: List(nil)},
		"/home/u@home/a.go,/home/u@home/b.go@rw:1": {Package: "/home/u@home/a.go,/home/u@home/b.go", Schedule: Random(1)},
		"./app:TestÜber@pct:1:2:3~00":              {"./app", "TestÜber", Prioritised(1, 2, 3), "00"},
	} {
		got, err := ParseWitness(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("ParseWitness(%q) = %#v, %v, want %#v", text, got, err, want)
		}
		if s := want.String(); s != text {
			t.Errorf("String of %q is %q", text, s)
		}
	}
	for text, want := range map[string]string{
		"app":                `"app": want '@' and a schedule at the end`,
		"@ls:":               `"@ls:": want a package at byte 0, instead of "@ls:"`,
		"app@ls:3~":          `"app@ls:3~": want up to 8 hexadecimal digits at the end`,
		"app@ls:3~123456789": `"app@ls:3~123456789": want up to 8 hexadecimal digits at byte 9, instead of "123456789"`,
		"app@ls:3~12g":       `"app@ls:3~12g": want '~' and a hash, or the end at byte 11, instead of "g"`,
		"app@x:3":            `"app@x:3": want "rw:", "pct:", "ls:" or "perturb:" at byte 4, instead of "x:3"`,
	} {
		if _, err := ParseWitness(text); err == nil || err.Error() != want {
			t.Errorf("ParseWitness(%q): %v\nwant %s", text, err, want)
		}
	}
}

// FuzzParse checks that whatever is read is written such that it is read again
// as the same.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"rw:7", "pct:7:3:100", "perturb:0", "ls:", "ls:3-1.2", "ls:3.1", "rwt:1", "lst:2", "pctt:1:2:3", "app:TestX@ls:3-1.2~9f3c", "C:\\a@rw:1", "~@ls:~0"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := Parse(text); err == nil {
			again, err := Parse(s.String())
			if err != nil || !reflect.DeepEqual(s, again) {
				t.Errorf("%q is read as %#v, written %q, read again as %#v (%v)", text, s, s, again, err)
			}
		} else if syntax := new(SyntaxError); !errors.As(err, &syntax) || syntax.Offset > len(text) {
			t.Errorf("%q: error %#v", text, err)
		}
		if w, err := ParseWitness(text); err == nil {
			again, err := ParseWitness(w.String())
			if err != nil || !reflect.DeepEqual(w, again) {
				t.Errorf("%q is read as %#v, written %q, read again as %#v (%v)", text, w, w, again, err)
			}
		}
	})
}

func TestReplay(t *testing.T) {
	for asked, want := range map[string]string{
		"rw:7": "ls:3-1.2", "rwt:7": "lst:3-1.2", "lst:": "lst:3-1.2", "": "ls:3-1.2", "perturb:3": "perturb:3",
	} {
		r := &Result{Schedule: asked, Deviations: "3-1.2"}
		if got := r.Replay(); got != want {
			t.Errorf("a run under %q is replayed by %q, want %q", asked, got, want)
		}
	}
}
