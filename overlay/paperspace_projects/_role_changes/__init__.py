"""Changing a collaborator's role: one way for `collaborators.sync` and for plans.

It uses the public methods of collaborators alone.
"""
