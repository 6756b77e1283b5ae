# limescope. `make help` lists the targets.
.POSIX:
.PHONY: help test keylime lint bench docs pictures

help:
	@echo 'make test     install what the tests need (apt as root or through sudo; Python packages), then run all tests'
	@echo 'make keylime  only install what the tests need'
	@echo 'make lint     formatting, clippy and documentation, every warning an error'
	@echo 'make bench    the benchmarks (about 7 minutes); the results also go to target/bench/results.md'
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

# The comparison needs a real keylime_tenant.
bench: keylime
	cargo bench --locked --bench performance

pictures:
	cargo test --locked --test console -- --ignored --exact pictures::draw

docs:
	cargo test --locked --test command -- --ignored --exact documents::write
