package interleaving

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
)

// A browser is a headless Chromium that is spoken to through pipes, in the
// protocol of its developer tools: messages in JSON, each with a zero byte
// behind it.
type browser struct {
	t       *testing.T
	in      io.Writer
	replies <-chan reply
	session string
	last    int
	// trouble is what the console said and what was not caught.
	trouble []string
	// requests are the addresses of what was loaded.
	requests []string
}

type reply struct {
	ID     int
	Method string
	Result json.RawMessage
	Params json.RawMessage
	Error  *struct{ Message string }
}

// openBrowser starts a browser with an empty page. It skips the test if there is
// none, unless REQUIRE_BROWSER is set.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds to start; run without -short")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		const why = "no Chromium on PATH; on Debian: apt-get install chromium"
		if os.Getenv("REQUIRE_BROWSER") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	theirIn, ourOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ourIn, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
		"--no-first-run", "--disable-extensions", "--disable-background-networking",
		"--remote-debugging-pipe", "--user-data-dir="+t.TempDir(), "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	replies := make(chan reply)
	stop := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() { readReplies(ourIn, replies, stop) })
	b := &browser{t: t, in: ourOut, replies: replies}
	t.Cleanup(func() {
		b.session = ""
		b.tell("Browser.close", nil)
		ourOut.Close()
		close(stop)
		cmd.Wait()
		ourIn.Close()
		reader.Wait()
	})
	return b
}

func readReplies(from io.Reader, to chan<- reply, stop <-chan struct{}) {
	defer close(to)
	in := bufio.NewReader(from)
	for {
		data, err := in.ReadBytes(0)
		if err != nil {
			return
		}
		var r reply
		if json.Unmarshal(data[:len(data)-1], &r) != nil {
			return
		}
		select {
		case to <- r:
		case <-stop:
			return
		}
	}
}

// tab opens a new page, which a test has for itself.
func (b *browser) tab(t *testing.T) *browser {
	t.Helper()
	tab := &browser{t: t, in: b.in, replies: b.replies, last: b.last}
	var created struct{ TargetID string }
	tab.call("Target.createTarget", map[string]any{"url": "about:blank"}, &created)
	var attached struct{ SessionID string }
	tab.call("Target.attachToTarget", map[string]any{"targetId": created.TargetID, "flatten": true}, &attached)
	tab.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		tab.call(domain+".enable", nil, nil)
	}
	t.Cleanup(func() {
		tab.session = ""
		tab.call("Target.closeTarget", map[string]any{"targetId": created.TargetID}, nil)
		b.last = tab.last
	})
	return tab
}

func (b *browser) tell(method string, params any) {
	b.last++
	message := map[string]any{"id": b.last, "method": method}
	if params != nil {
		message["params"] = params
	}
	if b.session != "" {
		message["sessionId"] = b.session
	}
	data, err := json.Marshal(message)
	if err != nil {
		b.t.Fatal(err)
	}
	b.in.Write(append(data, 0))
}

// call calls a method and waits for its result.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	b.tell(method, params)
	b.await(method, func(r reply) bool {
		if r.ID != b.last {
			return false
		}
		if r.Error != nil {
			b.t.Fatalf("%s: %s", method, r.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(r.Result, result); err != nil {
				b.t.Fatalf("%s: %v", method, err)
			}
		}
		return true
	})
}

// await reads what the browser says until it is what is wanted.
func (b *browser) await(what string, wanted func(reply) bool) {
	b.t.Helper()
	for r := range b.replies {
		switch r.Method {
		case "Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled":
			b.trouble = append(b.trouble, r.Method+" "+string(r.Params))
		case "Network.requestWillBeSent":
			var sent struct{ Request struct{ URL string } }
			if err := json.Unmarshal(r.Params, &sent); err != nil {
				b.t.Fatal(err)
			}
			b.requests = append(b.requests, sent.Request.URL)
		}
		if wanted(r) {
			return
		}
	}
	b.t.Fatalf("the browser ended before %s", what)
}

// open loads a page in a window of the given size.
func (b *browser) open(url string, width, height int, dark bool) {
	b.t.Helper()
	b.size(width, height, dark)
	b.call("Page.navigate", map[string]any{"url": url}, nil)
	b.await("the page", func(r reply) bool { return r.Method == "Page.loadEventFired" })
}

// size changes the window.
func (b *browser) size(width, height int, dark bool) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}, nil)
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// eval evaluates an expression, which may be a promise, into result. The page's
// next frame has been drawn by then.
func (b *browser) eval(expression string, result any) {
	b.t.Helper()
	var out struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.call("Runtime.evaluate", map[string]any{
		"expression":    "new Promise(r => requestAnimationFrame(() => setTimeout(r))).then(() => " + expression + ")",
		"returnByValue": true, "awaitPromise": true,
	}, &out)
	if out.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, out.ExceptionDetails)
	}
	if result == nil {
		return
	}
	if err := json.Unmarshal(out.Result.Value, result); err != nil {
		b.t.Fatalf("%s: %v: %s", expression, err, out.Result.Value)
	}
}

// press presses a key, such as "ArrowRight".
func (b *browser) press(key string, code int) {
	b.t.Helper()
	for _, kind := range []string{"rawKeyDown", "keyUp"} {
		b.call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code}, nil)
	}
}

// picture is the page as PNG, all of it or the window.
func (b *browser) picture(all bool) []byte {
	b.t.Helper()
	var out struct{ Data []byte }
	b.call("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": all}, &out)
	return out.Data
}

// quiet fails the test if the page said anything in the console.
func (b *browser) quiet() {
	b.t.Helper()
	for _, line := range b.trouble {
		b.t.Error(line)
	}
	if len(b.trouble) > 0 {
		b.t.Log(fmt.Sprint(len(b.trouble), " messages in the console"))
	}
}
