"""What the project is made, checked, measured and released with; `nox` runs it.

`codegen` makes what is generated, `spec_update` puts a new spec in, `release` builds and checks a
release. `benchmarks`, `fuzzing`, `mutation_testing` and `soak` test what the test suite cannot, and
`examples` shows the client at work.
"""
