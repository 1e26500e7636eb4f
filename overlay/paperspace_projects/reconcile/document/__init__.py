"""The document of the desired state: read, checked, written."""
