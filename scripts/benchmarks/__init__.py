"""What the client costs beside raw httpx, and beside the SDKs that users would compare it with.

A fast server in its own process (`server.py`) answers. Each figure comes from a fresh process
(`processes.py`), in which a candidate (`candidates/`) carries a workload out (`workloads.py`).
Candidates take turns for several rounds (`__main__.py`), and every figure is a ratio to raw httpx
giving dicts in the same round (`results.py`). `budget.py` counts instead of timing, which does not
jitter.
"""
