package vettool

import (
	"strings"
	"testing"
)

func TestIsProtocol(t *testing.T) {
	tests := []struct {
		args string
		want bool
	}{
		{"-V=full", true},
		{"--V=full", true},
		{"-flags", true},
		{"/tmp/b001/vet.cfg", true},
		{"-json /tmp/b001/vet.cfg", true},
		{"-missingunlock=false -tier=strict -c=2 x.cfg", true},
		{"-tier strict x.cfg", true},
		{"", false},
		{"V=full", false},
		{"flags", false},
		{"check", false},
		{"check x.cfg", false},
		{"-flags check", false},
		{"-format=x.cfg", false},
		{"x.cfg check", false},
		{"help", false},
	}
	for _, tt := range tests {
		if got := IsProtocol(strings.Fields(tt.args)); got != tt.want {
			t.Errorf("IsProtocol(%q) = %v, want %v", tt.args, got, tt.want)
		}
	}
}
