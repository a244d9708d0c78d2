package turns

import (
	"flag"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func contender(name string, failed int, args ...string) Contender {
	return Contender{Name: name, Failed: failed, Command: func(int) (*exec.Cmd, error) {
		return exec.Command("go", args...), nil
	}}
}

func TestRoundsFlag(t *testing.T) {
	for _, test := range []struct {
		args  []string
		want  int
		wrong bool
	}{
		{nil, 3, false},
		{[]string{"-rounds=1"}, 1, false},
		{[]string{"-rounds", "12"}, 12, false},
		{[]string{"-rounds=0"}, 3, true},
		{[]string{"-rounds=-1"}, 3, true},
		{[]string{"-rounds=few"}, 3, true},
	} {
		flags := flag.NewFlagSet("test", flag.ContinueOnError)
		flags.SetOutput(io.Discard)
		rounds := RoundsFlag(flags)
		if err := flags.Parse(test.args); (err != nil) != test.wrong || *rounds != test.want {
			t.Errorf("%v: %d rounds, error %v; want %d, an error: %v", test.args, *rounds, err, test.want, test.wrong)
		}
	}
}

// The go command exits with 2 if it does not know a command.
func TestTake(t *testing.T) {
	finds := contender("finds", 1, "no-such-command")
	costs, err := Take(t.Context(), []Contender{finds, contender("plain", 0, "version")}, t.TempDir(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(costs) != 2 || len(costs[0]) != 2 || len(costs[1]) != 2 {
		t.Errorf("costs of %v, want two rounds of two", costs)
	}
	finds.Failed = 2
	if _, err := Take(t.Context(), []Contender{finds}, t.TempDir(), 1); err == nil || !strings.HasPrefix(err.Error(), "finds: ") {
		t.Errorf("error %v, want one of the contender that failed", err)
	}
}

func TestPrint(t *testing.T) {
	cost := func(seconds ...int) (costs []Cost) {
		for _, s := range seconds {
			costs = append(costs, Cost{CPU: time.Duration(s) * time.Second})
		}
		return costs
	}
	var b strings.Builder
	Print(&b, "a job", []Contender{{Name: "ours"}, {Name: "base"}}, [][]Cost{cost(1, 8, 6), cost(2, 4, 3)}, func(i int, ratio float64) string {
		return fmt.Sprintf("   %d: %.1f", i, ratio)
	})
	want := `a job, CPU seconds (user and system) of each round:
ours            1.0    8.0    6.0   0: 2.0
base            2.0    4.0    3.0   1: 1.0
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}
