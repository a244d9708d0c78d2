package instrument

import "go/ast"

type sharing struct{}

func newSharing(c *checked) *sharing { return nil }

func (e *editor) accesses(s ast.Stmt) (before, after string) { return "", "" }

func (e *editor) update(s ast.Stmt) (string, bool) { return "", false }

func (e *editor) atLoop(body *ast.BlockStmt, conditions ...ast.Node) {}
