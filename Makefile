SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
SECONDS ?= 20
SEED ?= 1
MINUTES ?= 5
ARCHES ?= $(subst x86_64,amd64,$(subst aarch64,arm64,$(shell uname -m)))
.PHONY: help lint test bench fuzz soak demo image crds scenarios clean-control-plane

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lint: ## formatting, comments and clippy, warnings denied
	cargo fmt --all --check
	.ci/comments src benches fuzz tests
	cargo clippy --workspace --all-targets --locked -- -D warnings

test: ## every test, against a real API server too (what it needs of others is built on first use: about 15 minutes; needs Go, python3, npm, git, jq, and Debian's apt-get or prometheus, alertmanager and buildah)
	@# The tests of live mostly wait. The other tests compute or measure time, and run on one thread per core.
	failed=0; \
	cargo test --workspace --locked --no-fail-fast --lib --bins --test core --test cli --test memory || failed=1; \
	cargo test --workspace --locked --no-fail-fast --doc || failed=1; \
	RUST_TEST_THREADS="$${RUST_TEST_THREADS:-8}" cargo test --workspace --locked --test live || failed=1; \
	cargo test --workspace --locked --test many || failed=1; \
	exit "$$failed"

bench: ## the figures of docs/benchmarks.md: 2,000 credentials, a scrape of 10,000, reading one, the index, check (a release build, then 8 minutes)
	cargo bench --locked --bench load --bench scrape
	cargo bench --locked --bench read --bench worst --bench index
	cargo bench --locked --bench check

fuzz: ## the readers on damaged files, SECONDS=20 for each of six targets (the first build takes minutes)
	fuzz/run '$(SECONDS)'

soak: ## users and faults at the same time, against a real API server: SEED=1, for MINUTES=5 and the last round
	cargo bench --locked --profile dev --bench soak -- --seed '$(SEED)' --minutes '$(MINUTES)'

demo: ## the operator on a real API server: two tenants, with credentials in every state
	tests/demo/run

image: ## the container image, as an OCI archive: target/image/lapsewatch.tar (ARCHES="amd64 arm64" for both)
	binaries=(); \
	for arch in $(ARCHES); do binary=$$(packaging/image/binary "$$arch"); binaries+=("$$arch=$$binary"); done; \
	packaging/image/pack target/image/lapsewatch.tar "$$(cargo pkgid | sed 's/.*[#@]//')" "$${binaries[@]}"

scenarios: ## the operator's tests once more, with the chart's ClusterRole and all namespaces watched, one after the other
	LAPSEWATCH_SCOPE=cluster cargo test --locked --test live cluster:: -- --test-threads=1

crds: ## write crds/ anew from the code, and the chart's copy
	cargo build --locked
	mkdir -p crds
	rm -f crds/*.yaml
	@target/debug/lapsewatch crds | awk ' \
	  function finish() { if (text != "") printf "%s", text > ("crds/" name ".yaml"); text = name = "" } \
	  /^---$$/ { finish(); next } \
	  /^    plural: / { name = $$2 } \
	  { text = text $$0 "\n" } \
	  END { finish() }'
	cp crds/*.yaml charts/lapsewatch/files/crds/

clean-control-plane: ## remove the API server that was built for tests
	rm -rf .control-plane
