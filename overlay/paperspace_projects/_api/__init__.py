"""What can be called, and its JSON: operations, validation, decoding. Nothing here does I/O."""
