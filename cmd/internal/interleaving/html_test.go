package interleaving

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/runtime/schedule"
)

func render(t *testing.T, run *Run, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, run, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// attacks are texts that end what they are put into, if that is not escaped.
var attacks = []string{
	`</script><script>window.taken=1</script>`,
	`<!--<script>`,
	`"><img src=x onerror="window.taken=1">`,
	`' onmouseover='window.taken=1`,
	`</style></title></textarea></pre></noscript><svg onload=window.taken=1>`,
	"`${window.taken=1}`",
	"\u2028window.taken=1\u2029",
	`{n}{all}{{.}}`,
	`__proto__`,
	"\x00\xff\u202e",
}

// Whatever a program is called, prints and contains: the page has its own two
// scripts and one style, and no other element than those of the template.
func TestPageEscapes(t *testing.T) {
	elements := regexp.MustCompile(`<[a-zA-Z!/][a-z]*`)
	count := func(html string) map[string]int {
		// The script and the style are ours, and the same for all pages.
		html = strings.Replace(strings.Replace(html, pageScript, "", 1), pageStyle, "", 1)
		n := make(map[string]int)
		for _, e := range elements.FindAllString(html, -1) {
			n[e]++
		}
		return n
	}
	show := func(text string) string {
		source := func(string) ([]byte, error) { return []byte(text + "\n" + text), nil }
		return render(t, New(hostile(text), nil, source), Options{Title: text, Dir: text})
	}
	want := count(show("harmless"))
	for _, attack := range attacks {
		got := show(attack)
		for e, n := range count(got) {
			if n != want[e] {
				t.Errorf("%q: %d times %s, want %d", attack, n, e, want[e])
			}
		}
		_, data, _ := strings.Cut(got, `<script type="application/json" id="run">`)
		data, _, _ = strings.Cut(data, "</script>")
		var run pageRun
		if err := json.Unmarshal([]byte(data), &run); err != nil {
			t.Errorf("%q: the data are no JSON: %v", attack, err)
		} else if line := run.Files[0].Lines[1]; line != visible(attack) {
			t.Errorf("%q: the source says %q", attack, line)
		}
	}
}

// The policy names exactly the script and the style of the page, and nothing can
// be loaded.
func TestPagePolicy(t *testing.T) {
	got := render(t, load(t, "lostupdate"), Options{})
	policy := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(got)
	if policy == nil || !strings.HasPrefix(policy[1], "default-src &#39;none&#39;;") {
		t.Fatalf("policy %q", policy)
	}
	for _, tag := range []string{"style", "script"} {
		inline := regexp.MustCompile(`(?s)<`+tag+`>(.*?)</`+tag+`>`).FindAllStringSubmatch(got, -1)
		if len(inline) != 1 {
			t.Fatalf("%d times <%s>", len(inline), tag)
		}
		sum := sha256.Sum256([]byte(inline[0][1]))
		want := tag + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		if have := strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(policy[1]); !strings.Contains(have, want) {
			t.Errorf("the policy is %s and has no %s", have, want)
		}
	}
	for _, loaded := range []string{"src=", "href=", "@import", "url(", "style=\""} {
		rest := strings.ReplaceAll(got, `"url(#" + pattern + ")"`, "")
		rest = strings.ReplaceAll(rest, `"url(#hatch-legend)"`, "")
		if strings.Contains(rest, loaded) {
			t.Errorf("the page has %s", loaded)
		}
	}
}

// What the page's script adds up is what the run came to.
func TestPageChanges(t *testing.T) {
	for _, p := range programs {
		run := load(t, p.name)
		data := newView(run, Options{}).pageRun()
		holds := make(map[int][]int)
		states := make(map[int]any)
		for _, r := range data.Rows {
			for _, c := range r.Changes {
				switch c[0] {
				case "h":
					g := c[1].(int)
					holds[g] = append(holds[g], c[2].(int))
				case "u":
					g := c[1].(int)
					for i, o := range holds[g] {
						if o == c[2] {
							holds[g] = append(holds[g][:i:i], holds[g][i+1:]...)
							break
						}
					}
				case "s":
					states[c[1].(int)] = c[2]
				}
			}
		}
		for i, l := range run.lanes {
			if len(holds[i]) != len(l.Holds) {
				t.Errorf("%s: g%d holds %v, want %v", p.name, l.ID, holds[i], l.Holds)
			}
			if l.State != schedule.IsRunnable && l.State != schedule.IsRunning && states[i] != string(l.State) {
				t.Errorf("%s: g%d is %v, want %s", p.name, l.ID, states[i], l.State)
			}
		}
	}
}
