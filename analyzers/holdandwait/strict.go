package holdandwait

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/config"
	"github.com/lockstep-go/lockstep/analyzers/diagnostic"
	"github.com/lockstep-go/lockstep/analyzers/internal/lockset"
	"github.com/lockstep-go/lockstep/analyzers/internal/syncapi"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file is the strict tier: locks that are held over something that may
// take long, whoever ends it.

// slow looks for slow operations in one function.
func (c *checker) slow(fn *ssa.Function) {
	c.locks.Walk(fn, func(instr ssa.Instruction, held lockset.Set) {
		if len(held) == 0 {
			return
		}
		key, on := c.slowness(instr)
		if key == "" {
			return
		}
		for _, h := range held {
			if h.Must && len(h.Sites) > 0 {
				c.reportSlow(instr, key, on, h)
				return
			}
		}
	})
}

// slowness is what makes an instruction slow, and what it is slow on.
func (c *checker) slowness(instr ssa.Instruction) (key message.Key, on string) {
	switch v := instr.(type) {
	case *ssa.Send:
		return "blocked-send", c.operand(v, v.Chan)
	case *ssa.UnOp:
		if v.Op == token.ARROW {
			return "blocked-receive", c.operand(v, v.X)
		}
	case *ssa.Call:
		if op, ok := syncapi.Classify(v.Common(), c.pkg.Paths); ok {
			switch op.Kind {
			case syncapi.Sleep:
				return "slow", "time.Sleep"
			case syncapi.WaitGroupWait, syncapi.GroupWait:
				return "blocked-wait", c.operand(v, op.On)
			}
			return "", ""
		}
		if fn := callee(v.Common()); fn != nil && isSlow(fn) {
			return "slow", slowName(fn)
		}
	}
	return "", ""
}

func (c *checker) reportSlow(instr ssa.Instruction, key message.Key, on string, held lockset.Held) {
	if c.waits[instr] {
		return
	}
	c.waits[instr] = true
	site := held.Sites[0]
	lock := strings.TrimPrefix(c.pkg.Paths.Text(held.Path), "&")
	if c.locks.Through(site) == nil { // no helper: Lock itself
		if text := wording.Operand(c.files, site.Pos()); text != "" {
			lock = text
		}
	}
	category := "slow"
	if key != "slow" {
		category = "blocked"
	}
	c.report.Report(diagnostic.Diagnostic{
		Category:   category,
		Tier:       config.Strict,
		Confidence: diagnostic.Low,
		Pos:        instr.Pos(),
		Message:    message.New(key, "func", c.function(instr), "call", on, "on", on, "lock", lock, "locked", c.place(site.Pos())),
		Subject:    diagnostic.Subject{Kind: diagnostic.Lock, Name: lock},
		Function:   c.function(instr),
		Related: []diagnostic.Related{
			{Role: diagnostic.RoleLock, Pos: site.Pos(), Message: message.New("locked-here", "lock", lock)},
		},
	})
}

func callee(call *ssa.CallCommon) *types.Func {
	if call.IsInvoke() {
		return call.Method
	}
	if fn := call.StaticCallee(); fn != nil {
		obj, _ := fn.Object().(*types.Func)
		return obj
	}
	return nil
}

// slowCalls are functions and methods that wait for the network, another process
// or a database, by package; a method's name has that of its type before it.
var slowCalls = map[string]map[string]bool{
	"net/http": names("Get", "Head", "Post", "PostForm", "Client.Do", "Client.Get", "Client.Head", "Client.Post",
		"Client.PostForm", "RoundTripper.RoundTrip", "Transport.RoundTrip"),
	"net": names("Dial", "DialTimeout", "Dialer.Dial", "Dialer.DialContext", "LookupHost", "LookupIP", "LookupAddr",
		"Resolver.LookupHost", "Resolver.LookupIPAddr", "Listener.Accept", "TCPListener.Accept"),
	"os/exec": names("Cmd.Run", "Cmd.Wait", "Cmd.Output", "Cmd.CombinedOutput"),
	"os":      names("Process.Wait"),
	"database/sql": names("DB.Query", "DB.QueryContext", "DB.Exec", "DB.ExecContext", "DB.Ping", "DB.PingContext",
		"Tx.Commit", "Tx.Exec", "Tx.ExecContext", "Tx.Query", "Tx.QueryContext"),
}

func names(list ...string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, n := range list {
		m[n] = true
	}
	return m
}

func isSlow(fn *types.Func) bool {
	return fn.Pkg() != nil && slowCalls[fn.Pkg().Path()][methodName(fn)]
}

func slowName(fn *types.Func) string { return fn.Pkg().Name() + "." + methodName(fn) }

// methodName is the name of a function, of a method with that of its type.
func methodName(fn *types.Func) string {
	recv := fn.Signature().Recv()
	if recv == nil {
		return fn.Name()
	}
	t := types.Unalias(recv.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		return n.Obj().Name() + "." + fn.Name()
	}
	return fn.Name()
}
