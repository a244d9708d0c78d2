package syncapi

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A Use is what a call does to an object of the standard library that is not safe
// for concurrent use.
type Use struct {
	Type   string // such as "bytes.Buffer"
	Method string // or the function that is given the object
	Map    bool   // the object is a map
	Write  bool
}

// A UsedValue is the object, or a pointer to it, with its use.
type UsedValue struct {
	Use
	On ssa.Value
}

// unsafeTypes are the types of the standard library that are not safe for concurrent
// use, with the methods that may run beside each other since they only read. All
// others change the object.
var unsafeTypes = map[string][]string{
	"bytes.Buffer":    {"Available", "AvailableBuffer", "Bytes", "Cap", "Len", "Peek", "String"},
	"strings.Builder": {"Cap", "Len", "String"},
	"bytes.Reader":    {"Len", "ReadAt", "Size"},
	"strings.Reader":  {"Len", "ReadAt", "Size"},
	"bufio.Reader":    {"Buffered", "Size"},
	"bufio.Writer":    {"Available", "AvailableBuffer", "Buffered", "Size"},
	"bufio.Scanner":   {"Bytes", "Err", "Text"},

	"container/list.List": {"Back", "Front", "Len"},

	"encoding/csv.Reader":   {"FieldPos", "InputOffset"},
	"encoding/csv.Writer":   {"Error"},
	"encoding/json.Decoder": {"Buffered", "InputOffset"},
	"encoding/json.Encoder": {},
	"encoding/xml.Decoder":  {"InputOffset", "InputPos"},
	"encoding/xml.Encoder":  {},

	"archive/tar.Reader":    {},
	"archive/tar.Writer":    {},
	"archive/zip.Writer":    {},
	"compress/gzip.Reader":  {},
	"compress/gzip.Writer":  {},
	"compress/zlib.Writer":  {},
	"compress/flate.Writer": {},
	"text/tabwriter.Writer": {},

	"flag.FlagSet": {"Arg", "Args", "ErrorHandling", "Lookup", "NArg", "NFlag", "Name", "Output", "Parsed", "Visit", "VisitAll"},

	"hash.Hash":   {"BlockSize", "Size", "Sum"},
	"hash.Hash32": {"BlockSize", "Size", "Sum", "Sum32"},
	"hash.Hash64": {"BlockSize", "Size", "Sum", "Sum64"},

	"math/rand.Rand":    {},
	"math/rand/v2.Rand": {},
	"math/big.Int": {"Append", "Bit", "BitLen", "Bits", "Bytes", "Cmp", "CmpAbs", "FillBytes", "Float64", "Format", "GobEncode", "Int64", "IsInt64",
		"IsUint64", "MarshalJSON", "MarshalText", "ProbablyPrime", "Sign", "String", "Text", "TrailingZeroBits", "Uint64"},
	"math/big.Float": {"Acc", "Append", "Cmp", "Float32", "Float64", "Format", "GobEncode", "Int64", "IsInf", "IsInt", "MantExp", "MarshalText", "MinPrec",
		"Mode", "Prec", "Sign", "Signbit", "String", "Text", "Uint64"},
	"math/big.Rat": {"Cmp", "Float32", "Float64", "FloatPrec", "FloatString", "GobEncode", "IsInt", "MarshalText", "Num", "RatString", "Sign", "String"},

	"net/http.Header":          {"Clone", "Get", "Values", "Write", "WriteSubset"},
	"net/textproto.MIMEHeader": {"Get", "Values"},
	"net/url.Values":           {"Clone", "Encode", "Get", "Has"},
}

// Uses lists the objects that are not safe for concurrent use and that a call of a
// function of the standard library uses.
func Uses(call *ssa.CallCommon) []UsedValue {
	fn, args := call.Method, call.Args
	if !call.IsInvoke() {
		callee := call.StaticCallee()
		if callee == nil || callee.Blocks != nil {
			return nil
		}
		fn, _ = callee.Object().(*types.Func)
	} else if name := qualified(call.Value.Type()); isUnsafe(name) {
		return []UsedValue{use(name, fn.Name(), call.Value)}
	}
	if fn == nil || fn.Pkg() == nil || call.IsInvoke() {
		return nil
	}
	if fn.Signature().Recv() == nil {
		return writers(fn, args)
	}
	if len(args) == 0 {
		return nil
	}
	name := qualified(args[0].Type())
	if !isUnsafe(name) {
		return nil
	}
	list := []UsedValue{use(name, fn.Name(), args[0])}
	if strings.HasPrefix(name, "math/big.") {
		for _, a := range args[1:] { // operands
			if other := qualified(a.Type()); isUnsafe(other) && a != args[0] {
				list = append(list, UsedValue{Use{Type: short(other), Method: fn.Name()}, a})
			}
		}
	}
	return list
}

func isUnsafe(name string) bool {
	_, ok := unsafeTypes[name]
	return ok
}

func use(name, method string, on ssa.Value) UsedValue {
	_, isMap := on.Type().Underlying().(*types.Map)
	return UsedValue{Use{Type: short(name), Method: method, Map: isMap, Write: !slices.Contains(unsafeTypes[name], method)}, on}
}

// writers are the objects that a function is given as an io.Writer to write to.
func writers(fn *types.Func, args []ssa.Value) []UsedValue {
	if len(args) == 0 || !writesFirst(fn) {
		return nil
	}
	box, ok := args[0].(*ssa.MakeInterface)
	if !ok || !isUnsafe(qualified(box.X.Type())) {
		return nil
	}
	return []UsedValue{{Use{Type: short(qualified(box.X.Type())), Method: fn.Pkg().Name() + "." + fn.Name(), Write: true}, box.X}}
}

// writesFirst reports whether a function writes to its first argument.
func writesFirst(fn *types.Func) bool {
	switch fn.Pkg().Path() {
	case "fmt":
		return strings.HasPrefix(fn.Name(), "Fprint")
	case "io":
		return fn.Name() == "WriteString" || strings.HasPrefix(fn.Name(), "Copy")
	}
	return false
}

// inMemory reports whether what is written to w, the first argument of a call, is only
// put into memory that nothing waits for, or goes to the program's own output.
func inMemory(w ssa.Value) bool {
	switch w := w.(type) {
	case *ssa.MakeInterface:
		switch qualified(w.X.Type()) {
		case "bytes.Buffer", "strings.Builder":
			return true
		}
		load, ok := w.X.(*ssa.UnOp)
		if !ok {
			return false
		}
		g, ok := load.X.(*ssa.Global)
		return ok && g.Pkg != nil && g.Pkg.Pkg.Path() == "os" && (g.Name() == "Stdout" || g.Name() == "Stderr")
	}
	return false
}

// qualified is the name of the type that t is or points to, with the path of its
// package; empty if it has none.
func qualified(t types.Type) string {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return ""
	}
	return n.Obj().Pkg().Path() + "." + n.Obj().Name()
}

// short is a qualified name as the source writes it.
func short(name string) string {
	path, typ, _ := strings.Cut(name[strings.LastIndexByte(name, '/')+1:], ".")
	if path == "v2" {
		path = "rand"
	}
	return path + "." + typ
}
