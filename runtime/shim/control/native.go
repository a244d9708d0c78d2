package control

import "reflect"

// natively executes the statement in a goroutine that is not controlled.
func (sel *Selection) natively() int {
	if sel.n == 1 && !sel.def { // no select for the compiler either
		sel.cases[0].native()
		return 0
	}
	list := make([]reflect.SelectCase, 0, sel.n+1)
	for i := 0; i < sel.n; i++ {
		ch, v := sel.cases[i].value()
		c := reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ch)}
		if v != nil {
			c.Dir, c.Send = reflect.SelectSend, reflect.ValueOf(v).Elem()
		}
		list = append(list, c)
	}
	if sel.def {
		list = append(list, reflect.SelectCase{Dir: reflect.SelectDefault})
	}
	k, v, ok := reflect.Select(list)
	if k == sel.n {
		return -1
	}
	sel.took(k, v, ok)
	return k
}

// took hands what a case has received to it.
func (sel *Selection) took(k int, v reflect.Value, ok bool) {
	if r, is := sel.cases[k].(interface{ take(any, bool) }); is {
		var value any
		if v.IsValid() {
			value = v.Interface()
		}
		r.take(value, ok)
	}
}

// linger waits natively once control has ended, for the profile of leaked
// goroutines. Sends wait as receives do: reflect would keep the value apart from the
// stack, and the runtime takes all that it refers to as in use, often the channel
// itself. Where such a receive completes there was a counterpart after all; what would be
// next is not known, and the goroutine waits on.
func (sel *Selection) linger() int {
	if sel.n == 1 {
		sel.cases[0].native()
		return 0
	}
	var list []reflect.SelectCase
	for i := 0; i < sel.n; i++ {
		ch, _ := sel.cases[i].value()
		list = append(list, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ch)})
	}
	k, v, ok := reflect.Select(list)
	if _, send := sel.cases[k].channel(); send {
		select {}
	}
	sel.took(k, v, ok)
	return k
}
