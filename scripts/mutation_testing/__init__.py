"""Mutants of the generated package and of openapi.yaml, which the contract tests must kill.

mutmut changes function bodies only. The operators here also change fields, types, defaults, names,
docstrings, enums and modules, and a spec in YAML.
"""
