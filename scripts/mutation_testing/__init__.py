"""Mutants of the generated package and of openapi.yaml, which the contract tests must kill.

mutmut cannot make them: it changes function bodies alone, so that no field, type, default, name,
docstring, enum or module could differ from the spec, and it knows nothing of YAML. The operators
here know what generated code and a spec consist of.
"""
