package main

import (
	"path/filepath"
	"strings"

	"github.com/lockstep-go/lockstep/cmd/internal/finding"
)

// A bug is one missing unlock, as read in the kernel. Lines are those of Go
// 1.26 and for the reader; kernel, function and lock decide.
type bug struct {
	kernel   string // file without extension
	function string // that locks and does not unlock
	lock     string // as written there
	locked   int    // line of the call of Lock
	missing  int    // line of the return, break or continue that lacks the unlock
	why      string
}

// truth lists the kernels that miss an unlock on some path. The others block
// for other reasons: order of locks, double locking through calls, channels,
// wait groups, condition variables.
var truth = []bug{
	{"cockroach584", "(*gossip_cockroach584).bootstrap", "g.mu", 25, 28, "break out of the loop, then the end of the function"},
	{"cockroach584", "(*gossip_cockroach584).manage", "g.mu", 36, 39, "break out of the loop, then the end of the function"},
	{"etcd5509", "(*remoteClient_etcd5509).acquire", "r.client.mu", 47, 52, "read lock kept by an error return"},
	{"grpc3017", "(*lbCacheClientConn_grpc3017).RemoveSubConn$1", "ccc.mu", 79, 81, "early return of a timer's function"},
	{"grpc795", "(*Server_grpc795).GracefulStop", "s.mu", 24, 27, "Lock written for Unlock before an early return"},
	{"moby17176", "(*DeviceSet_moby17176).cleanupDeletedDevices", "devices", 32, 35, "early return; the lock is embedded"},
	{"moby7559", "(*UDPProxy_moby7559).Run", "proxy.connTrackLock", 32, 35, "continue: the next iteration locks again"},
}

// isFoundBy reports whether f is about the bug.
func (b bug) isFoundBy(f *finding.Finding) bool {
	return strings.TrimSuffix(filepath.Base(f.Range.Start.File), ".go") == b.kernel &&
		f.Function == b.function && f.Subject.Name == b.lock
}
