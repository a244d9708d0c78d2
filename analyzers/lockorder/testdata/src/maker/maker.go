// Package maker makes objects for other packages. // want package:`maker\.\(\*Pool\)\.Each: p\.Mu before j\.Mu` package:`maker\.NewJob makes result 0`
package maker

import "sync"

type Pool struct {
	Mu   sync.Mutex
	Jobs []*Job
}

type Job struct {
	Mu   sync.Mutex
	Pool *Pool
	N    int
}

func NewJob(p *Pool) *Job { return &Job{Pool: p} }

// Add's job is in the pool when it is returned.
func (p *Pool) Add() *Job {
	j := NewJob(p)
	p.Jobs = append(p.Jobs, j)
	return j
}

func (p *Pool) Each() {
	p.Mu.Lock()
	defer p.Mu.Unlock()
	for _, j := range p.Jobs {
		j.Mu.Lock()
		j.N++
		j.Mu.Unlock()
	}
}

func (j *Job) Touch() {
	j.Mu.Lock()
	j.N++
	j.Mu.Unlock()
}
