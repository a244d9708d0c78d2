package interleaving

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/lockstep-go/lockstep/analyzers/message"
)

func writePage(t *testing.T, run *Run, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, run, o); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "run.html")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return "file://" + filepath.ToSlash(file)
}

func TestBrowserShots(t *testing.T) {
	dir := os.Getenv("SHOTS")
	if dir == "" {
		t.Skip("SHOTS is not set")
	}
	b := openBrowser(t)
	for _, name := range []string{"lostupdate", "lockorder", "select", "long"} {
		url := writePage(t, load(t, name), Options{Dir: "/src", Title: name, Lang: map[bool]message.Lang{true: "zh", false: "en"}[name == "select"]})
		for _, w := range []int{1280, 390} {
			for _, dark := range []bool{false, true} {
				b.open(url, w, 900, dark)
				b.eval(`document.getElementById("last").click()`, nil)
				b.eval(`0`, nil)
				os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d-%v.png", name, w, dark)), b.picture(true), 0o644)
			}
		}
	}
	b.quiet()
}
