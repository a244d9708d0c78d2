# The two commands to know: "make demo" shows what lockstep does, "make test"
# tests it. "make lint" and "make test" together are what CI runs (.ci/run).

GO ?= go

.PHONY: build test test-browser lint bench bench-run demo readme generate analyzer fmt clean

build:
	$(GO) build -o bin/ ./cmd/lockstep

test:
	$(GO) test ./...

# The pages that lockstep writes, in a headless Chromium. "make test" tests them
# too if there is one; this fails if there is none.
test-browser:
	REQUIRE_BROWSER=1 $(GO) test -count=1 -run 'TestBrowser' ./cmd/internal/interleaving

lint: build
	GO="$(GO)" .ci/lint

# Those that run programs; the others only read them.
running = detection soundness racerun overhead today
reading = $(filter-out $(running), $(notdir $(patsubst %/main.go, %, $(wildcard cmd/internal/bench/*/main.go))))

# They print what they measured.
bench: build
	@set -e; for name in $(reading); do echo "== $$name"; $(GO) run ./cmd/internal/bench/$$name; done

# What controlled runs find, what they say wrongly and what they cost, in about
# ten minutes. Soundness runs with -n 300 for the whole measure.
bench-run:
	@set -e; for name in $(running); do \
		echo "== $$name"; case $$name in soundness) flags="-n 30";; *) flags=;; esac; $(GO) run ./cmd/internal/bench/$$name $$flags; \
	done

demo: build
	.ci/demo bin/lockstep

# Pastes the output of commands that always print the same into README.md.
readme:
	$(GO) test ./cmd/lockstep -run TestReadme -update-readme

# Rewrites what follows from the folders under analyzers/.
generate:
	$(GO) run ./analyzers/internal/scaffold

# make analyzer NAME=x adds a check in a folder of its own. Its test fails
# until the check is written.
analyzer:
	@if [ -z "$(NAME)" ]; then echo 'usage: make analyzer NAME=x' >&2; exit 2; fi
	$(GO) run ./analyzers/internal/scaffold -new="$(NAME)"

fmt:
	gofmt -w $$(git ls-files -- '*.go' ':!:*/testdata/*')

clean:
	rm -rf bin
