package randprog

import "fmt"

// statement writes one statement: a plain one if nothing more may be nested or
// the program is long enough.
func (g *generator) statement() {
	g.statements--
	kinds := []func(*generator){
		(*generator).acquire, (*generator).release, (*generator).locked,
		(*generator).deferUnlock, (*generator).memory, (*generator).channel,
		(*generator).leave, (*generator).synchronise, (*generator).callStatement,
		(*generator).declare,
	}
	if g.depth < maxDepth && g.statements > 0 {
		kinds = append(kinds,
			(*generator).branch, (*generator).branch, (*generator).loop, (*generator).loop,
			(*generator).rangeLoop, (*generator).switchStatement, (*generator).selectStatement,
			(*generator).goStatement, (*generator).goStatement, (*generator).closure,
			(*generator).deferLiteral, (*generator).jump, (*generator).callback,
			(*generator).nestedBlock, (*generator).table,
		)
	}
	kinds[g.choose(len(kinds))](g)
}

func (g *generator) acquire() {
	if g.choose(3) == 2 {
		g.printf("%s.RLock()\n", g.rwlock())
		return
	}
	g.printf("%s.Lock()\n", g.lock())
}

func (g *generator) release() {
	if g.choose(3) == 2 {
		g.printf("%s.RUnlock()\n", g.rwlock())
		return
	}
	g.printf("%s.Unlock()\n", g.lock())
}

func (g *generator) locked() {
	l := g.lock()
	g.printf("%s.Lock()\n", l)
	g.memory()
	g.printf("%s.Unlock()\n", l)
}

func (g *generator) deferUnlock() {
	switch g.choose(5) {
	case 0:
		g.printf("defer %s.Unlock()\n", g.lock())
	case 1:
		g.printf("defer %s.lock()()\n", g.t())
	case 2:
		v := g.name("unlock")
		g.printf("%s := %s.Unlock\ndefer %s()\n", v, g.lock(), v)
	case 3:
		g.printf("defer %s.RUnlock()\n", g.rwlock())
	case 4:
		g.printf("defer %s.Lock()\n", g.lock())
	}
}

func (g *generator) memory() {
	t := g.t()
	switch g.choose(9) {
	case 0:
		g.printf("%s.n++\n", t)
	case 1:
		g.printf("%s.m[\"a\"] = n\n", t)
	case 2:
		g.printf("%s.next = %s\n", t, g.t())
	case 3:
		g.printf("n, %s.n = %s.n, n\n", t, t)
	case 4:
		g.printf("%s.f = %s.unlock\n", t, g.t())
	case 5:
		g.printf("%s.count.Store(int64(n))\n", t)
	case 6:
		g.printf("things[\"a\"] = %s\n", t)
	case 7:
		g.printf("%s.shared = &%s.rw\n", t, g.t())
	case 8:
		g.printf("*%s = T{next: %s, iface: %s}\n", t, g.t(), g.t())
	}
}

func (g *generator) channel() {
	t := g.t()
	switch g.choose(8) {
	case 0:
		g.printf("%s.c <- n\n", t)
	case 1:
		g.printf("n = <-%s.c\n", t)
	case 2:
		g.printf("<-%s.done\n", t)
	case 3:
		g.printf("close(%s.done)\n", t)
	case 4:
		g.printf("%s.c = make(chan int, %s)\n", t, g.pick("0", "1", "n"))
	case 5:
		g.printf("if v, ok := <-%s.c; ok { n = v }\n", t)
	case 6:
		g.printf("%s.c = nil\n", t)
	case 7:
		g.printf("<-time.After(time.Since(begun))\n")
	}
}

// leave leaves the function or a loop; what follows is not reached.
func (g *generator) leave() {
	loop := ""
	if len(g.loops) > 0 {
		loop = g.loops[g.choose(len(g.loops))]
	}
	switch k := g.choose(6); {
	case k == 1 && len(g.loops) > 0:
		g.printf("break %s\n", loop)
	case k == 2 && len(g.loops) > 0:
		g.printf("continue %s\n", loop)
	case k == 3:
		g.printf("panic(errBad)\n")
	case k == 4:
		g.printf("if %s { panic(\"n\") }\n", g.cond())
	case g.results:
		g.printf("return %s\n", g.pick("err", "nil", "errBad", g.call()))
	default:
		g.printf("return\n")
	}
}

func (g *generator) synchronise() {
	t := g.t()
	switch g.choose(10) {
	case 0:
		g.printf("%s.wg.Add(%s)\n", t, g.pick("1", "n", "-1"))
	case 1:
		g.printf("%s.wg.Done()\n", t)
	case 2:
		g.printf("%s.wg.Wait()\n", t)
	case 3:
		g.printf("%s.cond = sync.NewCond(&%s.mu)\n", t, g.t())
	case 4:
		g.printf("for %s.n == 0 { %s.cond.Wait() }\n", t, t)
	case 5:
		g.printf("%s.cond.%s()\n", t, g.pick("Signal", "Broadcast", "Wait"))
	case 6:
		g.printf("%s.pool.Put(%s.pool.Get())\n", t, t)
	case 7:
		g.printf("%s.all.Store(n, %s)\n", t, g.t())
	case 8:
		v := g.name("ctx")
		g.printf("%s, cancel%s := context.WithCancel(root)\ndefer cancel%s()\n<-%s.Done()\n", v, v, v, v)
	case 9:
		g.printf("atomic.AddInt64(new(int64), int64(n))\n")
	}
}

func (g *generator) callStatement() {
	switch g.choose(7) {
	case 0, 1:
		g.printf("_ = %s\n", g.call())
	case 2:
		g.printf("if err := %s; err != nil { n = 1 }\n", g.call())
	case 3:
		if len(g.closures) > 0 {
			g.printf("%s()\n", g.closures[g.choose(len(g.closures))])
			return
		}
		g.printf("err = hook(%s)\n", g.t())
	case 4:
		g.printf("err = %s.iface.do(%s)\n", g.t(), g.t())
	case 5:
		g.printf("err = table[n](%s, n)\n", g.t())
	case 6:
		g.printf("defer %s\n", g.call())
	}
}

// declare declares a variable, or shadows one.
func (g *generator) declare() {
	switch g.choose(7) {
	case 0:
		v := g.name("t")
		g.printf("%s := %s\n_ = %s\n", v, g.t(), v)
		g.ts = append(g.ts, v)
	case 1:
		v := g.name("t")
		g.printf("%s := &T{mu: sync.Mutex{}, n: n, next: %s}\n_ = %s\n", v, g.t(), v)
		g.ts = append(g.ts, v)
	case 2:
		v := g.name("t")
		g.printf("var %s *T\nif %s { %s = %s } else { %s = %s }\n_ = %s\n", v, g.cond(), v, g.t(), v, g.t(), v)
		g.ts = append(g.ts, v)
	case 3:
		v := g.name("mu")
		g.printf("var %s sync.Mutex\n%s.Lock()\n", v, v)
	case 4:
		v := g.name("l")
		g.printf("var %s sync.Locker = %s\n%s.Lock()\n", v, g.pick("&"+g.t()+".mu", "&rw", g.t(), g.t()+".rw.RLocker()", g.t()+".iface"), v)
	case 5:
		v := g.name("g")
		g.printf("var %s group\n%s.Go(func() error { return %s })\nerr = %s.Wait()\n", v, v, g.call(), v)
	case 6:
		v := g.name("p")
		g.printf("%s := &%s.mu\n%s.Lock()\ndefer %s.Unlock()\n", v, g.t(), v, v)
	}
}

func (g *generator) branch() {
	g.printf("if %s ", g.cond())
	g.block()
	switch g.choose(3) {
	case 1:
		g.printf(" else ")
		g.block()
	case 2:
		g.printf(" else if %s ", g.cond())
		g.block()
	}
	g.printf("\n")
}

// inLoop writes a loop, which may have a label. Its body begins with opening.
func (g *generator) inLoop(header, opening string) {
	label := ""
	if g.choose(3) == 1 {
		label = g.name("loop")
		g.printf("%s:\n", label)
	}
	g.printf("%s {\n%s", header, opening)
	if label != "" {
		g.printf("if n == 0 { continue %s }\n", label)
	}
	g.loops = append(g.loops, label)
	g.body()
	g.loops = g.loops[:len(g.loops)-1]
	g.printf("}\n")
}

func (g *generator) loop() {
	switch g.choose(5) {
	case 0:
		g.inLoop("for range n", "")
	case 1:
		g.inLoop("for "+g.cond(), "")
	case 2:
		g.inLoop("for", "")
	case 3:
		v := g.name("i")
		g.inLoop(fmt.Sprintf("for %s := 0; %s < %s; %s++", v, v, g.pick("3", "n", "len(t.list)"), v), "")
	case 4:
		g.inLoop("for err != nil", "")
	}
}

func (g *generator) rangeLoop() {
	v := g.name("t")
	header := ""
	switch g.choose(5) {
	case 0:
		header = fmt.Sprintf("for _, %s := range %s.each", v, g.t())
	case 1:
		header = fmt.Sprintf("for _, %s := range things", v)
	case 2:
		header = fmt.Sprintf("for _, %s := range []*T{%s, %s}", v, g.t(), g.t())
	case 3:
		header = fmt.Sprintf("for range %s.c", g.t())
		v = "t"
	case 4:
		header = fmt.Sprintf("for _, %s := range %s.next.each", v, g.t())
	}
	g.ts = append(g.ts, v)
	g.inLoop(header, "_ = "+v+"\n")
	g.ts = g.ts[:len(g.ts)-1]
}

func (g *generator) switchStatement() {
	switch g.choose(4) {
	case 0:
		g.printf("switch n {\n")
		for i := range 1 + g.choose(12) {
			g.printf("case %d:\n", i)
			g.body()
		}
		g.printf("default:\n")
	case 1:
		g.printf("switch {\ncase n > 8 && %s:\n", g.cond())
		g.body()
		g.printf("fallthrough\ncase n > 9 && %s:\n", g.cond())
	case 2:
		g.printf("switch l := %s.locker.(type) {\ncase *sync.Mutex:\nl.Lock()\ncase *sync.RWMutex:\nl.RLock()\ncase doer:\nerr = l.do(t)\ncase nil:\n", g.t())
	case 3:
		g.printf("switch err := %s; err {\ncase errBad:\n", g.call())
	}
	g.body()
	g.printf("}\n")
}

func (g *generator) selectStatement() {
	if g.choose(8) == 7 {
		g.printf("select {}\n")
		return
	}
	g.printf("select {\ncase %s.c <- n:\n", g.t())
	g.body()
	g.printf("case n = <-%s.c:\n", g.t())
	g.body()
	switch g.choose(3) {
	case 1:
		g.printf("default:\n")
		g.body()
	case 2:
		g.printf("case <-root.Done():\n")
		g.body()
	}
	g.printf("}\n")
}

func (g *generator) goStatement() {
	switch g.choose(7) {
	case 0, 1:
		g.printf("go ")
		g.literal(false)
		g.printf("()\n")
	case 2:
		g.printf("go %s\n", g.call())
	case 3:
		g.printf("%s.wg.Go(", g.t())
		g.literal(false)
		g.printf(")\n")
	case 4:
		g.printf("time.AfterFunc(1, ")
		g.literal(false)
		g.printf(")\n")
	case 5:
		g.printf("go %s.unlock()\n", g.t())
	case 6:
		g.printf("context.AfterFunc(root, ")
		g.literal(false)
		g.printf(")\n")
	}
}

func (g *generator) closure() {
	v := g.name("do")
	if g.choose(4) == 3 { // one that calls itself
		g.printf("var %s func()\n%s = ", v, v)
		g.closures = append(g.closures, v)
		g.literal(false)
	} else {
		g.printf("%s := ", v)
		g.literal(false)
		g.closures = append(g.closures, v)
	}
	g.printf("\n%s\n", g.pick("_ = "+v, v+"()", "defer "+v+"()", "t.f = "+v, "go "+v+"()"))
}

func (g *generator) deferLiteral() {
	g.printf("defer ")
	if g.choose(3) == 1 {
		g.printf("func() {\nif r := recover(); r != nil ")
		loops, results := g.loops, g.results
		g.loops, g.results = nil, false
		g.block()
		g.loops, g.results = loops, results
		g.printf("\n}()\n")
		return
	}
	g.literal(false)
	g.printf("()\n")
}

// jump writes a goto, back or forward.
func (g *generator) jump() {
	label := g.name("at")
	if g.choose(2) == 0 {
		g.printf("%s:\n{\n", label)
		g.body()
		g.printf("if %s { goto %s }\n}\n", g.cond(), label)
		return
	}
	g.printf("{\nif %s { goto %s }\n", g.cond(), label)
	g.block()
	g.printf("\n%s:\n}\n", label)
}

func (g *generator) callback() {
	switch g.choose(5) {
	case 0:
		g.printf("%s.once.Do(", g.t())
		g.literal(false)
		g.printf(")\n")
	case 1:
		g.printf("err = with(&%s.mu, ", g.t())
		g.literal(true)
		g.printf(")\n")
	case 2:
		g.printf("%s.f = sync.OnceFunc(", g.t())
		g.literal(false)
		g.printf(")\n")
	case 3:
		g.printf("hook = func(t *T) error {\n")
		loops, results := g.loops, g.results
		g.loops, g.results = nil, true
		g.body()
		g.loops, g.results = loops, results
		g.printf("return err\n}\n")
	case 4:
		g.printf("%s.all.Range(func(k, v any) bool {\n", g.t())
		g.printf("return with(%s, func() bool { return n > 0 })\n})\n", g.pick("t", "&rw", "t.locker"))
	}
}

func (g *generator) nestedBlock() {
	g.block()
	g.printf("\n")
}

// table writes a list of functions and calls one of them.
func (g *generator) table() {
	g.printf("[]func(){")
	for range 1 + g.choose(3) {
		g.literal(false)
		g.printf(", ")
	}
	g.printf("t.unlock}[n]()\n")
}
