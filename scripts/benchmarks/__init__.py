"""Compares the client with raw httpx, and with the SDKs that users would compare it with.

A fast server (`server.py`) answers. Each figure comes from a fresh process (`processes.py`), in
which a candidate (`candidates/`) carries out a workload (`workloads.py`). Candidates take turns for
several rounds (`__main__.py`), and a figure is a ratio to raw httpx in the same round
(`results.py`). `budget.py` counts instead of timing.
"""
