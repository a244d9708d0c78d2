// Package atomicalign reports 64-bit atomic operations on struct fields that
// are not aligned to 64 bits on the 32-bit platform at hand.
//
// # Wrong
//
//	var stats struct {
//		open  bool
//		bytes int64 // at offset 4 on 386 and arm
//	}
//
//	func add(n int) { atomic.AddInt64(&stats.bytes, int64(n)) }
//
// # Right
//
//	var stats struct {
//		open  bool
//		bytes atomic.Int64
//	}
//
//	func add(n int) { stats.bytes.Add(int64(n)) }
//
// # Why it breaks
//
// The processors of 32-bit platforms need the operand of a 64-bit atomic
// operation at an address that is a multiple of 8, while the compiler aligns an
// int64 to 4 bytes there. At another address the call panics: "unaligned 64-bit
// atomic operation". Nothing of it is seen on a 64-bit machine, where most
// tests run.
//
// # How to fix it
//
// Use atomic.Int64 or atomic.Uint64: the compiler aligns them everywhere.
// Otherwise make the field the first of its struct, and allocate the struct by
// itself; the first word of an allocation is aligned.
//
// # What counts
//
// A field of a struct variable whose address is passed to one of the 64-bit
// functions of sync/atomic, and whose offset is no multiple of 8. The platform
// is the one that the packages are loaded for, so run
//
//	GOARCH=386 lockstep check ./...
//
// to hear of it on a 64-bit machine. go vet does not run this check by itself.
//
// # Limitations
//
// A field that is reached by way of a pointer, such as a method's receiver, is
// not judged. The struct that holds the field is taken to be aligned itself:
// one within another struct, or an element of an array, may not be.
package atomicalign
