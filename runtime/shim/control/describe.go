package control

import (
	"reflect"
	"strconv"
)

// longestText is how much of a value is shown.
const longestText = 40

// describe is a value of a basic type, or of a pointer to one, as text; "" for
// others.
func describe(v any) string {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(r.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(r.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(r.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		return strconv.FormatFloat(r.Float(), 'g', 6, 64)
	case reflect.String:
		text := r.String()
		if len(text) > longestText {
			text = text[:longestText] + "..."
		}
		return strconv.Quote(text)
	case reflect.Slice, reflect.Map, reflect.Chan:
		if r.IsNil() {
			return "nil"
		}
		return "len " + strconv.Itoa(r.Len())
	case reflect.Pointer, reflect.Func, reflect.Interface, reflect.UnsafePointer:
		if r.IsNil() {
			return "nil"
		}
	case reflect.Invalid:
		return "nil"
	}
	return ""
}

// describeSafely describes what read returns; where reading panics, as with a nil
// pointer on the way, nothing.
func describeSafely(read func() any) (text string) {
	defer func() { recover() }()
	return describe(read())
}
