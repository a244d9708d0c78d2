// Package schedule is lockstep's model of controlled runs: which schedule to run
// as a short string, and what a program that ran under one wrote about it.
//
// Everything here is a pure function over values. What makes the decisions inside
// the program is package runtime/shim/control.
package schedule
