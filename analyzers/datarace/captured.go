package datarace

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lockstep-go/lockstep/analyzers/internal/control"
	"github.com/lockstep-go/lockstep/analyzers/internal/goroutine"
	"github.com/lockstep-go/lockstep/analyzers/internal/shared"
	"github.com/lockstep-go/lockstep/analyzers/internal/wording"
	"github.com/lockstep-go/lockstep/analyzers/message"
)

// This file tells an error variable that a function literal shares by mistake, most often
// by = for :=, from one by which it hands its error over.

const capturedErrorKey message.Key = "form-captured-error"

// capturedError is what to say of a race on an error variable of the function around a
// literal; ok is false if nothing is certain to help.
func (s *search) capturedError(x *goroutine.Exploration, r *race, first, second *shared.Access, name string) (_ message.Message, ok bool) {
	alloc := r.v.Object.Value.(*ssa.Alloc)
	for _, a := range []*shared.Access{first, second} {
		if captured(alloc, a.Instr) && !a.Write && !setBefore(r.v, a) {
			return message.Message{}, false // it wants the value of the function
		}
	}
	args := []string{"variable", name, "place", s.place(declaration(r.v)), "func", funcName(alloc)}
	for _, a := range []*shared.Access{first, second} {
		if !captured(alloc, a.Instr) || !a.Write {
			continue
		}
		if use := s.awaited(x, r, a); use != nil {
			return message.New("form-awaited-error", append(args, "use", s.place(use.Pos))...), true
		}
	}
	return message.New(capturedErrorKey, args...), true
}

// awaited returns an access outside of the function literal that is meant to read what
// write, within it, has written: one that nothing else has written before, or that comes
// after the write.
func (s *search) awaited(x *goroutine.Exploration, r *race, write *shared.Access) *shared.Access {
	for _, a := range r.v.Accesses {
		if a.Write || a.Instr.Parent() == write.Instr.Parent() || r.v.Object.Value.Parent() != a.Instr.Parent() && setBefore(r.v, a) {
			continue
		}
		spawn := r.thread.Spawn
		if spawn.Parent() == a.Instr.Parent() && !leads(spawn, a, r.v) {
			continue
		}
		if !assigned(r.v, a) {
			return a
		}
		if _, parallel := x.Overlap(write.Point, a.Point, r.v.Fresh); !parallel {
			return a
		}
	}
	return nil
}

// setBefore reports whether the function of a writes the variable on every way to a.
func setBefore(v *shared.Variable, a *shared.Access) bool {
	return slices.ContainsFunc(v.Accesses, func(b *shared.Access) bool {
		return b.Write && b.Instr.Parent() == a.Instr.Parent() && control.Dominates(b.Instr, a.Instr)
	})
}

// assigned reports whether the function of a may have written the variable before a.
func assigned(v *shared.Variable, a *shared.Access) bool {
	return slices.ContainsFunc(v.Accesses, func(b *shared.Access) bool {
		return b.Write && b.Instr.Parent() == a.Instr.Parent() && control.Reaches(b.Instr, a.Instr)
	})
}

// leads reports whether control comes from an instruction to a, of the same function,
// without another write of the variable.
func leads(from ssa.Instruction, a *shared.Access, v *shared.Variable) bool {
	writes := make(map[ssa.Instruction]bool)
	for _, b := range v.Accesses {
		if b.Write {
			writes[b.Instr] = true
		}
	}
	seen := make(map[*ssa.BasicBlock]bool)
	var walk func(instrs []ssa.Instruction, b *ssa.BasicBlock) bool
	walk = func(instrs []ssa.Instruction, b *ssa.BasicBlock) bool {
		for _, instr := range instrs {
			if instr == a.Instr {
				return true
			}
			if writes[instr] {
				return false
			}
		}
		return slices.ContainsFunc(b.Succs, func(succ *ssa.BasicBlock) bool {
			if seen[succ] {
				return false
			}
			seen[succ] = true
			return walk(succ.Instrs, succ)
		})
	}
	block := from.Block()
	return walk(block.Instrs[slices.Index(block.Instrs, from)+1:], block)
}

func funcName(v ssa.Value) string { return wording.Func(v.Parent()) }
