"""What the client costs beside raw httpx, and beside the SDKs that a user would compare it with.

A fast server in a process of its own (`server.py`) answers; each measurement is made in a fresh
process (`worker.py`), in which a candidate (`candidates/`) does some work (`works.py`). Candidates
take turns, several rounds long (`__main__.py`), and everything is a ratio to raw httpx giving dicts
in the same round (`results.py`). `budget.py` counts instead of timing: that does not jitter.
"""
