"""What the tests share: one way to drive the sync and the async client, and a clock that obeys."""
