package quiet

import "os"

// The error for which the goroutine leaves is told to the one that sends: that leaves too.
func acknowledged(names []string) error {
	jobs, acks := make(chan string), make(chan error)
	go func() {
		for j := range jobs {
			err := os.Remove(j)
			acks <- err
			if err != nil {
				return
			}
		}
	}()
	defer close(jobs)
	for _, n := range names {
		jobs <- n
		if err := <-acks; err != nil {
			return err
		}
	}
	return nil
}

// The same in a struct.
func acknowledgedIn(names []string) error {
	jobs, acks := make(chan string), make(chan result)
	go func() {
		for j := range jobs {
			err := os.Remove(j)
			acks <- result{j, err}
			if err != nil {
				return
			}
		}
	}()
	defer close(jobs)
	for _, n := range names {
		jobs <- n
		if r := <-acks; r.err != nil {
			return r.err
		}
	}
	return nil
}

// The same in a case.
func acknowledgedCase(names []string, stop chan bool) error {
	jobs, acks := make(chan string), make(chan error)
	go func() {
		for j := range jobs {
			err := os.Remove(j)
			select {
			case acks <- err:
			case <-stop:
			}
			if err != nil {
				return
			}
		}
	}()
	defer close(jobs)
	for _, n := range names {
		jobs <- n
		if err := <-acks; err != nil {
			return err
		}
	}
	return nil
}

// Room for one: the goroutine that sends too is started on the other branch.
func oneOrOther(name string) error {
	errs := make(chan error, 1)
	if _, err := os.Stat(name); err == nil {
		go func() { errs <- os.Remove(name) }()
	} else {
		errs <- err
	}
	return <-errs
}
