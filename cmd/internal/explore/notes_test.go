package explore

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lockstep-go/lockstep/analyzers/message"
)

// Every note that the source makes is in the catalogue, with the arguments
// that it is given, and every one of the catalogue is made.
func TestNotes(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	made := regexp.MustCompile(`message\.New\((?:message\.Key\()?"([a-z-]+)"(.*)`)
	plain := regexp.MustCompile(`return "(install-[a-z]+)"`)
	used := make(map[message.Key]string)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "translate") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range made.FindAllStringSubmatch(string(src), -1) {
			used[message.Key(m[1])] = m[2]
			if strings.HasPrefix(m[2], "+forced") {
				used[message.Key(m[1]+"-forced")] = m[2]
			}
		}
		for _, m := range plain.FindAllStringSubmatch(string(src), -1) {
			used[message.Key(m[1])] = ""
		}
	}
	for key, args := range used {
		params, ok := notes.Params(message.English, key)
		if !ok {
			t.Errorf("there is no note %q", key)
		}
		for _, p := range params {
			if counted := strings.HasPrefix(string(key), "end-") && (p == "runs" || p == "total"); !counted && !strings.Contains(args, `"`+p+`"`) {
				t.Errorf("note %q wants {%s}, which is not given", key, p)
			}
		}
	}
	for _, key := range notes.Keys() {
		if _, ok := used[key]; !ok {
			t.Errorf("note %q is never made", key)
		}
	}
}
