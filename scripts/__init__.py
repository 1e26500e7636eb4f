"""Tools that generate, check, measure and release the project; `nox` runs them.

`codegen` generates code and docs, `spec_update` replaces the spec, `release` builds and checks a
release. `benchmarks`, `fuzzing`, `mutation_testing` and `soak` complete the test suite, and
`examples` shows the client at work.
"""
