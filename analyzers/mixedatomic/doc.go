// Package mixedatomic reports variables that operations of sync/atomic change
// in one place while another reads or writes them as if nobody did.
//
// # Wrong
//
//	type Server struct{ requests int64 }
//
//	func (s *Server) Handle() { atomic.AddInt64(&s.requests, 1) }
//
//	func (s *Server) Requests() int64 { return s.requests } // not atomic
//
//	func (s *Server) Reset() { s.requests = 0 } // not atomic
//
// # Right
//
//	type Server struct{ requests atomic.Int64 }
//
//	func (s *Server) Handle() { s.requests.Add(1) }
//
//	func (s *Server) Requests() int64 { return s.requests.Load() }
//
//	func (s *Server) Reset() { s.requests.Store(0) }
//
// # Why it breaks
//
// An atomic operation is atomic only for those who use atomic operations too. The
// compiler may keep what a plain read has read in a register and never look
// again, read it twice, or move it; on a 32-bit machine a plain read of 64 bits can
// see half of one value and half of the next. A plain write can undo an Add that
// comes at the same time. By the Go memory model it is a data race.
//
// # How to fix it
//
// Use the operation of sync/atomic everywhere, or better the types of sync/atomic
// (since Go 1.19), such as atomic.Int64: their values cannot be accessed in
// any other way. If a lock guards all other accesses, use the lock here too and
// no atomic operation at all.
//
// # What counts
//
// The variable is a field or at package level. A report needs a way to the plain
// access on which other goroutines may have the object, and an atomic operation
// that can come at the same time, from another function or goroutine; one
// of the two must be a write, and no lock be held at both. Exempt are
// objects that were just made, methods whose names say that they prepare an object,
// accesses behind a wait for goroutines or an atomic flag, tests, generated
// files, and what a comment speaks of. Where most accesses are plain, the reports
// belong to the strict tier.
//
// # Limitations
//
// Elements of slices, and variables whose address is handed on to a function
// that uses it atomically, are not seen. Local variables are left to datarace.
package mixedatomic
