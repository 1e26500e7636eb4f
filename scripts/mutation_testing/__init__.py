"""Mutants of the generated package and of openapi.yaml, to prove that the contract tests see them.

Why not mutmut: it stages packages in a layout of its own, and its operators are about arithmetic
and logic in general. The question here is another one: whether a request or a model could differ
from the spec without a test noticing, so that the operators know what generated code is made of
(builders, parsers, models, enums) and what a spec is made of. Half of the mutants are of a YAML
file, which mutmut does not know at all.
"""
