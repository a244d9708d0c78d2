package shared

import (
	"testing"

	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
)

func TestOverlap(t *testing.T) {
	for _, test := range []struct {
		a, b goroutine.Path
		want bool
	}{
		{"", "", true},
		{"", ".1", true}, // the whole and a field
		{".0", ".1", false},
		{".0.1", ".0", true},
		{"[3]", "[3]", true},
		{"[3]", "[4]", false},
		{"[3]", "[*]", true},
		{"[]", "[]", false}, // any two indices
		{"[]", "[3]", false},
		{"[]", "[*]", true},
		{"[0:5]", "[4]", true},
		{"[0:5]", "[5]", false},
		{"[2:0]", "[1]", false}, // from 2 to the end
		{"[2:0]", "[9]", true},
		{"[0:5]", "[5:0]", false},
		{"[+]", "[+]", true}, // two appends into spare room
		{"[+]", "[*]", false},
		{"[3].1", "[3].2", false},
		{"[3].1", "[*].1", true},
	} {
		if got := Overlap(test.a, test.b); got != test.want {
			t.Errorf("Overlap(%q, %q) = %t, want %t", test.a, test.b, got, test.want)
		}
		if got := Overlap(test.b, test.a); got != test.want {
			t.Errorf("Overlap(%q, %q) = %t, want %t", test.b, test.a, got, test.want)
		}
	}
}

func TestConflict(t *testing.T) {
	for _, test := range []struct {
		name string
		a, b Access
		want bool
	}{
		{"two reads", Access{}, Access{}, false},
		{"read and write", Access{}, Access{Write: true}, true},
		{"both atomic", Access{Atomic: true}, Access{Write: true, Atomic: true}, false},
		{"one atomic", Access{Atomic: true, Write: true}, Access{}, true},
		{"map and its variable", Access{Kind: Map, Write: true}, Access{}, false},
		{"two sends", Access{Kind: Channel}, Access{Kind: Channel}, false},
		{"send and close", Access{Kind: Channel}, Access{Kind: Channel, Write: true}, true},
		{"two closes", Access{Kind: Channel, Write: true}, Access{Kind: Channel, Write: true}, false},
		{"lock and overwrite", Access{Kind: Sync, Atomic: true}, Access{Write: true}, true},
		{"two locks", Access{Kind: Sync, Atomic: true}, Access{Kind: Sync, Atomic: true}, false},
	} {
		if got := Conflict(&test.a, &test.b); got != test.want {
			t.Errorf("%s: Conflict = %t, want %t", test.name, got, test.want)
		}
	}
}
