package control

import "reflect"

// natively executes the statement in a goroutine that is not controlled.
func (sel *Selection) natively() int {
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
	if r, is := sel.cases[k].(interface{ take(any, bool) }); is {
		var value any
		if v.IsValid() {
			value = v.Interface()
		}
		r.take(value, ok)
	}
	return k
}
