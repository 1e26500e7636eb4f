"""The live dialect as an OpenAPI document: `overlay/live.overlay.yaml` applied to a contract.

The document is made anew each time and kept nowhere in the tree.
"""
