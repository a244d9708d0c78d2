package goroutine

import "slices"

// own reports whether d.w waits, as w, with what its goroutine made for itself:
// of many goroutines of the kind, none but it can start those that end the wait.
func (d *deadlock) own(w *Wait) bool {
	if w != d.w {
		return false
	}
	for _, c := range w.Cases {
		for _, t := range c.targets {
			if !d.private(t.Obj, maxHolders) {
				return false
			}
		}
	}
	return true
}

// maxHolders bounds the objects on the way from a variable to what it holds.
const maxHolders = 4

// private reports whether o was made by the goroutine that waits, and is held
// only by what is private as well, such as variables and function literals.
func (d *deadlock) private(o *Object, depth int) bool {
	made := d.x.Made(o)
	if depth == 0 || len(made) == 0 || slices.ContainsFunc(made, func(p PointID) bool { return d.x.thread(p) != d.w.Thread() }) {
		return false
	}
	private := true
	d.x.HeldBy(o, func(holder *Object, _ Path) {
		private = private && (holder == o || d.private(holder, depth-1))
	})
	return private
}
