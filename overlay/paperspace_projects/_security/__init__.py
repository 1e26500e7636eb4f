"""Values that must not show: the type that hides them, and their removal from text."""
