# limescope. `make help` lists the targets.
.POSIX:
.PHONY: help test keylime lint bench bench-console peers docs pictures

# The programs that the console is measured beside, in the newest releases.
BOTTOM = 0.15.0
TRIPPY = 0.13.0
# What verifies Sigstore bundles offline, in its newest release.
SIGSTORE = 4.5.1

help:
	@echo 'make test     install what the tests need (apt as root or through sudo; Python packages), then run all tests'
	@echo 'make keylime  only install what the tests need'
	@echo 'make lint     formatting, clippy and documentation, every warning an error'
	@echo 'make bench    all benchmarks (about 22 minutes, and the build of the peers the first time); the'
	@echo '              results also go to target/bench/results.md'
	@echo 'make bench-console'
	@echo '              only those of the console, beside bottom and trippy (about 12 minutes)'
	@echo 'make docs     man page, completions, list of commands and the keys of the README, made anew'
	@echo 'make pictures the pictures of the README, drawn anew from the embedded fleet'

# A real Keylime belongs to the tests: what is missing fails, it is never skipped.
test: keylime
	cargo test --locked --no-fail-fast

keylime:
	tests/keylime/install.sh

lint:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS=-Dwarnings cargo doc --locked --no-deps

# The comparison needs a real keylime_tenant, bottom and trippy; what cannot be
# had fails. trippy needs raw sockets: root, or CAP_NET_RAW on the file.
bench: keylime peers
	cargo bench --locked --bench performance

bench-console: peers
	cargo bench --locked --bench performance -- start idle keys flood frames

# Nothing is built where the release is installed.
peers:
	nice cargo install --locked --root target/peers bottom@$(BOTTOM)
	nice cargo install --locked --root target/peers trippy@$(TRIPPY)
	python3 -m venv target/peers/sigstore
	target/peers/sigstore/bin/pip install --quiet sigstore==$(SIGSTORE)

pictures:
	cargo test --locked --test console -- --ignored --exact pictures::draw

docs:
	cargo test --locked --test command -- --ignored --exact documents::write
