package access

// Part returns p in the terms of the variable that it is a part of, whoever reaches
// that variable: the path from the outermost field, or package-level variable, of
// which p is a part without leaving it through a pointer or for an element. Behind p
// itself, pointers are left out. It is the zero Path if there is no such variable.
//
// The parts of s.in.mu and s.other.mu differ, though the field mu is one. That of
// b.mu, where b may be &s.in or &s.other, is the end of both.
func (ps *Paths) Part(p Path) Path {
	sels := p.Selectors()
	end := len(sels)
	for end > 0 && sels[end-1].Kind != Field {
		end--
	}
	start := end
	for start > 0 && sels[start-1].Kind == Field {
		start--
	}
	switch root := p.Root(); {
	case start == 0 && root.Kind == Global:
		return ps.Join(ps.OfVar(root.Var), sels[:end]...)
	case start == end:
		return Path{}
	default:
		return ps.Join(ps.member(Root{Kind: Member, Var: sels[start].Field}), sels[start+1:end]...)
	}
}

func (ps *Paths) member(r Root) Path {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.root(r)
}
