package interleaving

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/runtime/schedule"
)

func writePage(t *testing.T, run *Run, o Options) (url string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "run.html")
	if err := os.WriteFile(file, []byte(render(t, run, o)), 0o644); err != nil {
		t.Fatal(err)
	}
	return "file://" + filepath.ToSlash(file)
}

// TestBrowser opens a page in one browser for each test: most of the time goes
// into starting it.
func TestBrowser(t *testing.T) {
	b := openBrowser(t)
	for _, test := range []struct {
		name string
		test func(*testing.T, *browser)
	}{
		{"Plays", testBrowserPlays},
		{"PlayButton", testBrowserPlayButton},
		{"Variables", testBrowserVariables},
		{"Contrast", testBrowserContrast},
		{"Fits", testBrowserFits},
		{"Names", testBrowserNames},
		{"Hostile", testBrowserHostile},
		{"Long", testBrowserLong},
		{"ManyLanes", testBrowserManyLanes},
	} {
		t.Run(test.name, func(t *testing.T) { test.test(t, b.tab(t)) })
	}
}

// position is which row the page is at, as everything that shows it says.
func (b *browser) position() (row int) {
	b.t.Helper()
	var at struct {
		Slider, Active, Selected string
		Count                    int
	}
	b.eval(`({Slider: document.getElementById("slider").value,
		Active: document.getElementById("rows").getAttribute("aria-activedescendant"),
		Selected: document.querySelector(".row[aria-selected=true]").id,
		Count: document.querySelectorAll(".row[aria-selected=true]").length})`, &at)
	if at.Count != 1 || at.Active != at.Selected {
		b.t.Errorf("%+v: the chosen row differs", at)
	}
	fmt.Sscan(at.Slider, &row)
	if at.Active != fmt.Sprintf("row%d", row-1) {
		b.t.Errorf("%+v: the slider is elsewhere", at)
	}
	return row
}

func (b *browser) textOf(id string) string {
	b.t.Helper()
	var text string
	b.eval(fmt.Sprintf(`document.getElementById(%q).innerText`, id), &text)
	return text
}

func testBrowserPlays(t *testing.T, b *browser) {
	b.open(writePage(t, load(t, "lockorder"), Options{}), 1280, 900, false)
	if got := b.position(); got != 1 {
		t.Errorf("begins at %d", got)
	}
	last := len(load(t, "lockorder").rows)
	for _, step := range []struct {
		do   func()
		want int
	}{
		{func() { b.press("ArrowRight", 39) }, 2},
		{func() { b.press("ArrowRight", 39) }, 3},
		{func() { b.press("ArrowLeft", 37) }, 2},
		{func() { b.eval(`document.getElementById("next").click()`, nil) }, 3},
		{func() { b.eval(`document.getElementById("switch").click()`, nil) }, 5},
		{func() { b.eval(`document.getElementById("previous").click()`, nil) }, 4},
		{func() { b.eval(`document.getElementById("row1").click()`, nil) }, 2},
		{func() { b.eval(`document.getElementById("rows").focus()`, nil); b.press("ArrowDown", 40) }, 3},
		{func() { b.press("End", 35) }, last},
		{func() { b.press("Home", 36) }, 1},
		{func() { b.press("PageDown", 34) }, last},
		{func() { b.press("ArrowUp", 38) }, last - 1},
		{func() { b.eval(`document.getElementById("slider").focus()`, nil); b.press("ArrowRight", 39) }, last},
		{func() { b.press("ArrowRight", 39) }, last},
	} {
		step.do()
		if got := b.position(); got != step.want {
			t.Errorf("at %d, want %d", got, step.want)
		}
	}
	for id, want := range map[string]string{
		"now":          "g2 func main.go:24: lock to.mu #3: waits, held by g3 (main.go:14)",
		"source-place": "main.go:14",
		"source":       "▶14  \tto.mu.Lock()",
		"graph-text":   "g2 waits for from.mu #3, which g3 holds",
		"graph":        "g2",
		"goroutines":   "from.mu #2, held by g2",
	} {
		if got := b.textOf(id); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	b.eval(`document.getElementById("first").click()`, nil)
	if got := b.textOf("no-graph"); got == "" {
		t.Error("there is a graph at the beginning")
	}
	b.quiet()
}

// Played to the end, the button is ready to play again.
func testBrowserPlayButton(t *testing.T, b *browser) {
	b.open(writePage(t, load(t, "cond"), Options{}), 1280, 900, false)
	var label string
	b.eval(`(document.getElementById("last").click(), document.getElementById("previous").click(), document.getElementById("play").click(),
		document.getElementById("play").getAttribute("aria-label"))`, &label)
	if label != "Pause" {
		t.Errorf("while it plays, the button says %q", label)
	}
	b.eval(`new Promise(r => setTimeout(function look() {
		document.getElementById("play").getAttribute("aria-label") === "Play" ? r() : setTimeout(look, 100);
	}))`, nil)
	if got, want := b.position(), len(load(t, "cond").rows); got != want {
		t.Errorf("at %d, want %d", got, want)
	}
	b.quiet()
}

// Variables show what the row before left in them.
func testBrowserVariables(t *testing.T, b *browser) {
	run := load(t, "lostupdate")
	b.open(writePage(t, run, Options{}), 390, 800, true)
	i := slices.IndexFunc(run.rows, func(n row) bool { return n.Kind == "write" })
	b.eval(fmt.Sprintf(`document.getElementById("row%d").click()`, i), nil)
	if got := strings.Fields(b.textOf("variables")); !slices.Equal(got, []string{"counter", "1", goroutineID(run.rows[i].Goroutine)}) {
		t.Errorf("variables: %q", got)
	}
	b.quiet()
}

// looks are the windows that a page has to be right in.
var looks = []struct {
	width, height int
	dark          bool
}{{1280, 900, false}, {1280, 900, true}, {390, 800, false}, {390, 800, true}}

// Words are told apart from what is behind them, with a contrast of 4.5 to 1 or
// more, wherever the player is.
func testBrowserContrast(t *testing.T, b *browser) {
	for _, name := range []string{"lostupdate", "lockorder"} {
		url := writePage(t, load(t, name), Options{Lang: "zh"})
		for _, look := range looks {
			b.open(url, look.width, look.height, look.dark)
			for _, id := range []string{"first", "last"} {
				b.eval(fmt.Sprintf(`document.getElementById(%q).click()`, id), nil)
				var poor []string
				b.eval(contrast, &poor)
				for _, p := range poor {
					t.Errorf("%s %v: %s", name, look, p)
				}
			}
		}
	}
	b.quiet()
}

const contrast = `(() => {
	const numbers = (c) => (c.match(/[\d.]+/g) || []).map(Number);
	const light = (c) => {
		const [r, g, b] = c.map((x) => ((x /= 255) <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const behind = (e) => {
		for (; e; e = e.parentElement) {
			const c = numbers(getComputedStyle(e).backgroundColor);
			if (c.length === 3 || c[3] === 1) return c.slice(0, 3);
		}
		return [255, 255, 255];
	};
	const poor = [];
	let seen = 0;
	for (const e of document.querySelectorAll("body *")) {
		const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
		if (!own || !e.getClientRects().length || e.closest("script, style, noscript")) continue;
		seen++;
		const style = getComputedStyle(e), color = numbers(e.ownerSVGElement ? style.fill : style.color).slice(0, 3);
		const [a, b] = [light(color), light(behind(e))].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
		if (ratio < 4.5) poor.push(ratio.toFixed(2) + " " + e.tagName + "." + e.className + " " + e.textContent.slice(0, 40));
	}
	if (seen < 40) poor.push("only " + seen + " texts were looked at");
	return poor;
})()`

// A phone shows all without scrolling sideways, but in the boxes made for that;
// and what is to be touched is large enough.
func testBrowserFits(t *testing.T, b *browser) {
	for _, name := range []string{"lostupdate", "long"} {
		url := writePage(t, load(t, name), Options{Title: strings.Repeat("averylongname", 12)})
		for _, look := range looks {
			b.open(url, look.width, look.height, look.dark)
			b.eval(`document.getElementById("last").click()`, nil)
			var wide int
			b.eval(`document.documentElement.scrollWidth`, &wide)
			if wide > look.width {
				t.Errorf("%s: %d wide in a window of %d", name, wide, look.width)
			}
			var small []string
			b.eval(`[...document.querySelectorAll("button, input")].filter((e) => e.offsetHeight < 44).map((e) => e.id)`, &small)
			if len(small) > 0 {
				t.Errorf("%s %v: %q are too small to touch", name, look, small)
			}
		}
	}
	b.quiet()
}

// A screen reader can name whatever takes the focus, and says where one is.
func testBrowserNames(t *testing.T, b *browser) {
	b.open(writePage(t, load(t, "lostupdate"), Options{}), 1280, 900, false)
	b.call("Accessibility.enable", nil, nil)
	var tree struct {
		Nodes []struct {
			Ignored    bool
			Role, Name struct{ Value string }
		}
	}
	b.call("Accessibility.getFullAXTree", nil, &tree)
	roles := make(map[string]int)
	for _, n := range tree.Nodes {
		if n.Ignored {
			continue
		}
		role := n.Role.Value
		roles[role]++
		if slices.Contains([]string{"button", "slider", "listbox", "option", "region", "heading", "columnheader", "rowheader", "image", "group"}, role) && n.Name.Value == "" {
			t.Errorf("a %s has no name", role)
		}
	}
	if rows := len(load(t, "lostupdate").rows); roles["option"] != rows || roles["button"] < 7 || roles["slider"] != 1 || roles["listbox"] != 1 || roles["status"] != 1 {
		t.Errorf("%v", roles)
	}
	b.quiet()
}

// A page that shows what an attacker wrote shows it as text, runs nothing of it
// and loads nothing.
func testBrowserHostile(t *testing.T, b *browser) {
	for _, attack := range attacks {
		source := func(string) ([]byte, error) { return []byte(attack), nil }
		b.open(writePage(t, New(hostile(attack), nil, source), Options{Title: attack}), 1280, 900, false)
		b.press("ArrowRight", 39)
		var taken bool
		b.eval(`"taken" in window`, &taken)
		if taken {
			t.Errorf("%q was run", attack)
		}
		if got := b.textOf("now"); !strings.Contains(got, strings.TrimSpace(printable(attack))) && !strings.Contains(attack, "\x00") {
			t.Errorf("%q is shown as %q", attack, got)
		}
		b.eval(`document.getElementById("last").click()`, nil)
	}
	b.quiet()
	for _, url := range b.requests {
		if !strings.HasPrefix(url, "file://") && url != "about:blank" {
			t.Errorf("loaded %s", url)
		}
	}
	if len(b.requests) < len(attacks) {
		t.Errorf("only %d requests were seen", len(b.requests))
	}
}

// Ten thousand events are no more work for the browser than what is to be seen of
// them.
func testBrowserLong(t *testing.T, b *browser) {
	run := New(contention(10000), nil, source)
	b.open(writePage(t, run, Options{}), 1280, 900, false)
	elements := func() (n int) { b.eval(`document.querySelectorAll("*").length`, &n); return n }
	first := elements()
	for i := range 20 {
		b.eval(fmt.Sprintf(`document.getElementById("scroller").scrollTop = %d`, i*14000), nil)
		b.eval(`0`, nil)
		if n := elements(); n > 4*first {
			t.Fatalf("%d elements at %d, %d at first", n, i, first)
		}
	}
	b.eval(`document.getElementById("rows").focus()`, nil)
	b.press("End", 35)
	if got := b.position(); got != len(run.rows) {
		t.Errorf("at %d", got)
	}
	if got := b.textOf("graph-text"); !strings.Contains(got, "g3 waits for a, which g2 holds") {
		t.Errorf("graph: %q", got)
	}
	var covered bool
	b.eval(`(() => { const s = document.getElementById("scroller").getBoundingClientRect();
		return !document.elementFromPoint(s.left + 10, s.top + 10).closest(".heads"); })()`, &covered)
	if covered {
		t.Error("rows cover the names of the goroutines")
	}
	var inside bool
	b.eval(`(() => { const r = document.querySelector(".row[aria-selected=true]").getBoundingClientRect(), s = document.getElementById("scroller").getBoundingClientRect();
		return r.top >= s.top && r.bottom <= s.bottom + 1; })()`, &inside)
	if !inside {
		t.Error("the last row is not in view")
	}
	b.quiet()
}

// Many goroutines, of which most never run.
func testBrowserManyLanes(t *testing.T, b *browser) {
	r := &schedule.Result{End: schedule.OK, Goroutines: []schedule.Goroutine{{ID: 1}}}
	for g := 2; g <= 300; g++ {
		r.Goroutines = append(r.Goroutines, schedule.Goroutine{ID: g, Parent: 1})
		r.Events = append(r.Events, schedule.Event{Step: g, Goroutine: 1, Op: schedule.Go, To: g, At: site("leak/main.go", 12, "ask()")})
	}
	r.Events = append(r.Events, schedule.Event{Step: 301, Goroutine: 300, Op: schedule.Finish})
	b.open(writePage(t, New(r, nil, source), Options{}), 390, 800, false)
	b.eval(`document.getElementById("last").click()`, nil)
	var at struct{ Left, Right, Width float64 }
	b.eval(`(() => { const r = document.querySelector(".row[aria-selected=true] .label").getBoundingClientRect(); return {Left: r.left, Right: r.right, Width: innerWidth}; })()`, &at)
	if at.Left < 0 || at.Right > at.Width {
		t.Errorf("the chosen row's words are at %v", at)
	}
	b.quiet()
}

// TestBrowserPictures is for people: it writes what pages look like.
func TestBrowserPictures(t *testing.T) {
	dir := os.Getenv("PICTURES")
	if dir == "" {
		t.Skip("PICTURES names no folder")
	}
	b := openBrowser(t).tab(t)
	for _, p := range programs {
		for _, lang := range Languages() {
			url := writePage(t, load(t, p.name), Options{Title: p.name, Lang: lang})
			for _, look := range looks {
				b.open(url, look.width, look.height, look.dark)
				b.eval(`document.getElementById("last").click()`, nil)
				b.eval(`0`, nil)
				name := fmt.Sprintf("%s-%s-%d-dark=%t.png", p.name, lang, look.width, look.dark)
				if err := os.WriteFile(filepath.Join(dir, name), b.picture(true), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	b.quiet()
}
