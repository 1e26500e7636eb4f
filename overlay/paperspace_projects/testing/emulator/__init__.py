"""The emulator: a stateful server of the API, in process or over HTTP."""
