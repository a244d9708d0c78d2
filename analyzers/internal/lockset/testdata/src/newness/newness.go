// Package newness has objects that are new, and objects that others have too.
package newness

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

type node struct {
	mu    sync.Mutex
	cond  *sync.Cond
	name  string
	next  *node
	up    *tree
	stop  func()
	timer *time.Timer
	state atomic.Int32
	self  atomic.Pointer[node]
	once  sync.Once
}

type tree struct {
	mu    sync.Mutex
	root  *node
	nodes []*node
	byKey map[string]*node
	each  func(*node)
	ch    chan *node
	last  atomic.Pointer[node]
	pool  sync.Pool
	names sync.Map
}

var (
	global   *node
	registry = map[string]*node{}
	errNone  = errors.New("none")
)

// What is new.

func plain() *node { return &node{name: "a"} }

func usePlain() {
	n := plain()
	n.mu.Lock()      // want `unshared`
	n.next.mu.Lock() // want `old`
}

func declared() *node {
	var n node
	n.name = "a"
	return &n
}

func useDeclared() {
	declared().mu.Lock() // want `unshared`
}

func failing(name string) (*node, error) {
	if name == "" {
		return nil, errNone
	}
	n := plain()
	if err := n.check(); err != nil {
		log.Printf("%v: %v", n, err)
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return n, nil
}

func (n *node) check() error {
	if n.name == "" {
		return errNone
	}
	return nil
}

func useFailing() {
	if n, err := failing("a"); err == nil {
		n.mu.Lock() // want `unshared`
	}
}

func complete(data []byte) (n *node, err error) {
	n = &node{}
	n.cond = sync.NewCond(&n.mu)
	n.stop = func() { n.state.Store(1) }
	n.mu.Lock() // want `made`
	defer n.mu.Unlock()
	runtime.SetFinalizer(n, func(n *node) {})
	n.once.Do(func() { n.name = "a" })
	n.state.Add(1)
	child := &node{}
	child.next = n
	n.next = child
	list := []*node{n, child}
	slices.Reverse(list)
	if err := json.Unmarshal(data, n); err != nil {
		return nil, err
	}
	return n, nil
}

func changed() *node { return plain().with("b") }

func useChanged() {
	changed().mu.Lock() // want `unshared`
}

func (n *node) with(name string) *node {
	n.name = name
	return n
}

func useComplete() {
	n, _ := complete(nil)
	n.mu.Lock() // want `unshared`
}

func either(b bool) *node {
	n := plain()
	if b {
		n = declared()
	}
	return n
}

func useEither() {
	either(true).mu.Lock() // want `unshared`
}

func (n *node) setUp() {
	n.mu.Lock() // want `made`
	n.name = "b"
	n.mu.Unlock()
}

func useSetUp() *node {
	n := plain()
	n.setUp()
	return n
}

// Nobody else has it yet when it is locked.
func later(t *tree) {
	n := plain()
	n.mu.Lock() // want `unshared`
	n.mu.Unlock()
	t.root = n
	n.mu.Lock() // want `made`
}

func inLoop(t *tree) {
	for range 3 {
		n := plain()
		n.mu.Lock() // want `unshared`
		t.root = n
	}
}

// Two that have each other.

func pairOf() (*node, *node) {
	a, b := plain(), plain()
	a.next, b.next = b, a
	return a, b
}

func usePair(t *tree) {
	a, b := pairOf()
	b.mu.Lock() // want `unshared`
	keepBoth(t, a, b)
}

func keepBoth(t *tree, a, b *node) {
	a.mu.Lock() // want `made`
	t.nodes = append(t.nodes, a, b)
	b.mu.Lock() // want `old`
}

// What others have too.

func stored() *node {
	global = plain()
	return global
}

func useStored() {
	stored().mu.Lock() // want `old`
}

func registered(name string) *node {
	n := &node{}
	registry[name] = n
	return n
}

func useRegistered() {
	registered("a").mu.Lock() // want `old`
}

func (t *tree) appended() *node {
	n := &node{up: t}
	t.nodes = append(t.nodes, n)
	return n
}

func useAppended(t *tree) {
	t.appended().mu.Lock() // want `old`
}

func (t *tree) add(n *node) { t.root = n }

func (t *tree) added() *node {
	n := &node{up: t}
	n.up.add(n)
	return n
}

func useAdded(t *tree) {
	t.added().mu.Lock() // want `old`
}

func running() *node {
	n := &node{}
	go n.run()
	return n
}

func (n *node) run() {
	n.mu.Lock() // want `old`
	n.mu.Unlock()
}

func useRunning() {
	running().mu.Lock() // want `old`
}

func timed() *node {
	n := &node{}
	n.timer = time.AfterFunc(time.Second, n.run)
	return n
}

func useTimed() {
	timed().mu.Lock() // want `old`
}

func inGroup() *node {
	n := &node{}
	var wg sync.WaitGroup
	wg.Go(func() { n.name = "b" })
	return n
}

func useInGroup() {
	inGroup().mu.Lock() // want `old`
}

func (t *tree) sent() *node {
	n := &node{}
	t.ch <- n
	return n
}

func useSent(t *tree) {
	t.sent().mu.Lock() // want `old`
}

func (t *tree) selected() *node {
	n := &node{}
	select {
	case t.ch <- n:
	default:
	}
	return n
}

func useSelected(t *tree) {
	t.selected().mu.Lock() // want `old`
}

func (t *tree) atomic() *node {
	n := &node{}
	t.last.Store(n)
	return n
}

func useAtomic(t *tree) {
	t.atomic().mu.Lock() // want `old`
}

func (t *tree) pooled() *node {
	if n, ok := t.pool.Get().(*node); ok {
		return n
	}
	return &node{}
}

func usePooled(t *tree) {
	t.pooled().mu.Lock() // want `old`
}

func (t *tree) mapped() *node {
	n, _ := t.names.LoadOrStore("a", &node{})
	return n.(*node)
}

func useMapped(t *tree) {
	t.mapped().mu.Lock() // want `old`
}

func (t *tree) cached(name string) *node {
	n := t.byKey[name]
	if n == nil {
		n = plain()
	}
	return n
}

func useCached(t *tree) {
	t.cached("a").mu.Lock() // want `old`
}

func (t *tree) told() *node {
	n := &node{}
	t.each(n)
	return n
}

func useTold(t *tree) {
	t.told().mu.Lock() // want `old`
}

// By a function literal that is kept elsewhere, and by what has the object.

func (t *tree) hooked() *node {
	n := &node{}
	t.each = func(other *node) { other.next = n }
	return n
}

func useHooked(t *tree) {
	t.hooked().mu.Lock() // want `old`
}

type handle struct{ n *node }

func (t *tree) wrapped() *node {
	h := &handle{&node{}}
	h.keep()
	return h.n
}

func (h *handle) keep() { global = h.n }

func useWrapped(t *tree) {
	t.wrapped().mu.Lock() // want `old`
}

func held() *node {
	n := &node{}
	h := handle{n}
	h.keep()
	return n
}

func useHeld() {
	held().mu.Lock() // want `old`
}

func collected(list []*node) []*node {
	var mine []*node
	collect := func() *node {
		n := &node{}
		mine = append(mine, n)
		return n
	}
	collect().mu.Lock() // want `old`
	return mine
}

// Who calls it is not known, or one who does has shared the object.

func (n *node) Exported() {
	n.mu.Lock() // want `old`
	n.mu.Unlock()
}

func (n *node) shared() {
	n.mu.Lock() // want `old`
	n.mu.Unlock()
}

func useShared() {
	plain().shared()
	n := plain()
	go n.run()
	n.shared()
}

func (n *node) publish() {
	global = n
	n.mu.Lock() // want `old`
	n.mu.Unlock()
}

func usePublish() { plain().publish() }
