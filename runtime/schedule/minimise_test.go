package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
)

// wants makes a failure that needs all of the given deviations.
func wants(need string) func(context.Context, Schedule) (bool, error) {
	needed, err := ParseDeviations(need)
	if err != nil {
		panic(err)
	}
	return func(_ context.Context, s Schedule) (bool, error) {
		for _, d := range needed {
			if !slices.Contains(s.Deviations, d) {
				return false, nil
			}
		}
		return true, nil
	}
}

func every(n int) (ds Deviations) {
	for i := 1; i <= n; i++ {
		ds = ds.With(2*i, 1)
	}
	return ds
}

func TestMinimise(t *testing.T) {
	for _, test := range []struct {
		from Deviations
		need string
		most int // runs
	}{
		{nil, "", 0},
		{every(1), "", 1},
		{every(300), "", 1},
		{every(300), "2", 15},
		{every(300), "600", 30},
		{every(300), "20-40", 45},
		{every(300), "2-598", 60},
		{every(300), "100-2-2-100-10", 110},
		{every(8), "2-2-2-2-2-2-2-2", 40},
	} {
		m, err := Minimise(t.Context(), List(test.from), 1000, wants(test.need))
		if err != nil || m.Deviations.String() != test.need || !m.Proven || m.Runs > test.most {
			t.Errorf("needing %q of %d: %q after %d runs, proven: %t, %v; want at most %d runs",
				test.need, len(test.from), m.Deviations, m.Runs, m.Proven, err, test.most)
		}
	}
}

// TestMinimiseDistance has a failure that needs the second of two deviations
// where it comes 5 decisions after the last one that there is: numbers shift
// when what comes before is left out.
func TestMinimiseDistance(t *testing.T) {
	fails := func(_ context.Context, s Schedule) (bool, error) {
		last := 0
		for _, d := range s.Deviations {
			if d.Decision-last == 5 {
				return true, nil
			}
			last = d.Decision
		}
		return false, nil
	}
	m, err := Minimise(t.Context(), List(Deviations{{2, 1}, {7, 1}, {9, 1}}), 100, fails)
	if err != nil || m.Deviations.String() != "5" || !m.Proven {
		t.Errorf("got %+v, %v", m, err)
	}
}

func TestMinimiseOptions(t *testing.T) {
	fails := func(_ context.Context, s Schedule) (bool, error) {
		return len(s.Deviations) == 1 && s.Deviations[0].Decision == 4 && s.Deviations[0].Option >= 2, nil
	}
	m, err := Minimise(t.Context(), List(Deviations{{4, 5}}), 100, fails)
	if err != nil || m.Deviations.String() != "4.2" || m.Runs != 3 {
		t.Errorf("got %+v, %v", m, err)
	}
}

// TestMinimiseBudget checks that what was reached is kept when the runs are
// used up, and that it is not called proven.
func TestMinimiseBudget(t *testing.T) {
	for budget := range 30 {
		runs := 0
		fails := func(ctx context.Context, s Schedule) (bool, error) {
			runs++
			return wants("20-40")(ctx, s)
		}
		m, err := Minimise(t.Context(), List(every(300)), budget, fails)
		if err != nil || m.Runs != runs || runs > budget {
			t.Errorf("budget %d: %d runs, says %d, %v", budget, runs, m.Runs, err)
		}
		if failed, _ := wants("20-40")(t.Context(), List(m.Deviations)); !failed {
			t.Errorf("budget %d: %s does not fail", budget, m.Deviations)
		}
		if m.Proven && m.Deviations.String() != "20-40" {
			t.Errorf("budget %d: %s is no proven minimum", budget, m.Deviations)
		}
	}
}

func TestMinimiseError(t *testing.T) {
	broken := errors.New("broken")
	runs := 0
	fails := func(ctx context.Context, s Schedule) (bool, error) {
		if runs++; runs > 3 {
			return true, broken
		}
		return wants("2")(ctx, s)
	}
	m, err := Minimise(t.Context(), List(every(300)), 100, fails)
	if !errors.Is(err, broken) || m.Proven || m.Runs != 4 || len(m.Deviations) != 75 {
		t.Errorf("got %d deviations after %d runs, proven: %t, %v", len(m.Deviations), m.Runs, m.Proven, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if m, err := Minimise(ctx, List(every(3)), 100, wants("")); !errors.Is(err, context.Canceled) || m.Runs != 0 || len(m.Deviations) != 3 {
		t.Errorf("cancelled: %+v, %v", m, err)
	}
}

// TestMinimiseIsDeterministic checks that the same answers lead to the same
// questions, none of them twice.
func TestMinimiseIsDeterministic(t *testing.T) {
	ask := func() (asked []string) {
		_, err := Minimise(t.Context(), List(every(100)), 1000, func(ctx context.Context, s Schedule) (bool, error) {
			asked = append(asked, s.String())
			return wants("20-40-8")(ctx, s)
		})
		if err != nil {
			t.Fatal(err)
		}
		return asked
	}
	first := ask()
	if second := ask(); !slices.Equal(first, second) {
		t.Errorf("asked %v\nthen %v", first, second)
	}
	slices.Sort(first)
	if n := len(first); len(slices.Compact(first)) != n {
		t.Error(fmt.Sprint("asked twice: ", first))
	}
}
