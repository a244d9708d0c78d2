// Package lockcontract reports accesses and calls that break a lock contract written in the program.
//
// # Wrong
//
//	TODO: the shortest program that a student would write and that breaks
//
// # Right
//
//	TODO: the same program as an experienced Go engineer writes it
//
// # Why it breaks
//
// TODO: which two goroutines, in which order, and what is seen then.
//
// # How to fix it
//
// TODO: the usual way first, then what else there is, with its price.
//
// # Limitations
//
// TODO: what is not reported, and what is reported although it is right; each
// with a test in testdata/src/limitations.
package lockcontract
