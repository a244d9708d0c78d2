package goid

import "testing"

func TestGet(t *testing.T) {
	mine := Get()
	if mine <= 0 || Get() != mine {
		t.Errorf("Get = %d, then %d", mine, Get())
	}
	other := make(chan int64)
	go func() { other <- Get() }()
	if o := <-other; o == mine || o <= 0 {
		t.Errorf("another goroutine has number %d, this one %d", o, mine)
	}
}

func TestExtractGID(t *testing.T) {
	for text, want := range map[string]int64{
		"goroutine 9223372036854775807 [": 9223372036854775807,
		"goroutine 12 [running]:\nmain":   12,
		"goroutine 12":                    0,
		"goroutine x [running]":           0,
		"":                                0,
		"panic":                           0,
	} {
		if got := ExtractGID([]byte(text)); got != want {
			t.Errorf("ExtractGID(%q) = %d, want %d", text, got, want)
		}
	}
}
