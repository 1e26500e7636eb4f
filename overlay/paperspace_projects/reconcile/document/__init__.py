"""The desired state as a document: read, validated, exported and written."""
