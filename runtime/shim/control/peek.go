package control

import "unsafe"

// What is known of the layout of Go's types. selftest.go checks it.
//
// Those who wait are looked at in each step, and a program with the race detector
// looks up the object that is pointed to wherever a pointer is converted, unless
// a pragma says that it need not.

// An hchan is the beginning of a channel.
type hchan struct {
	qcount   uint
	dataqsiz uint
	buf      unsafe.Pointer
	elemsize uint16
	closed   uint32
	timer    unsafe.Pointer
	elemtype unsafe.Pointer
	sendx    uint
	recvx    uint
	recvq    [2]unsafe.Pointer // first and last of the goroutines that wait natively
	sendq    [2]unsafe.Pointer
}

// receivable reports whether a receive completes natively.
//
//go:norace
func (h *hchan) receivable() bool {
	return h.qcount > 0 || h.closed != 0 || h.sendq[0] != nil
}

// sendable reports whether a send completes natively, if only by a panic.
//
//go:norace
func (h *hchan) sendable() bool {
	return h.closed != 0 || h.qcount < h.dataqsiz || h.recvq[0] != nil
}

// Of internal/sync.Mutex: the state, of which bit 0 says locked and bit 2 starving.
const mutexBusy = 1 | 4

//go:norace
//go:nocheckptr
func mutexFree(m unsafe.Pointer) bool { return *(*int32)(m)&mutexBusy == 0 }

// A rwmutex is sync.RWMutex.
type rwmutex struct {
	w           [2]int32 // state and semaphore of a Mutex
	writerSem   uint32
	readerSem   uint32
	readerCount int32 // negative while a writer has it or waits natively
	readerWait  int32
}

//go:norace
//go:nocheckptr
func rwFree(m unsafe.Pointer) bool {
	rw := (*rwmutex)(m)
	return rw.w[0]&mutexBusy == 0 && rw.readerCount == 0
}

//go:norace
//go:nocheckptr
func rwReadable(m unsafe.Pointer) bool { return (*rwmutex)(m).readerCount >= 0 }

// counter is that of a WaitGroup.
//
//go:norace
//go:nocheckptr
func counter(wg unsafe.Pointer) int32 { return int32(*(*uint64)(wg) >> 32) }
