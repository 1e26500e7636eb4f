"""Where ids come from: chance, or a seed, under which the same requests make the same ids.

Ids of things and ids of requests are drawn apart, so that how often somebody reads does not change
what the next project is called.
"""

import random
import string
import threading
from typing import Any, Final

_ALPHABET: Final = string.ascii_lowercase + string.digits

IdsState = tuple[tuple[Any, ...], tuple[Any, ...]]
"""Where the two have got to."""


class Ids:
    """Draws ids. It may be used from several threads."""

    def __init__(self, seed: int | None) -> None:
        self._lock = threading.Lock()
        if seed is None:
            self._things, self._requests = random.Random(), random.Random()
        else:
            # Texts, which are hashed in full: neighbouring numbers would have much in common.
            self._things = random.Random(f"ids {seed}")
            self._requests = random.Random(f"request ids {seed}")

    def thing(self, prefix: str) -> str:
        """An id as the vendor's look: a letter for the kind, and ten more characters."""
        with self._lock:
            return prefix + "".join(self._things.choices(_ALPHABET, k=10))

    def request(self) -> str:
        """An id of a request: 32 hexadecimal digits."""
        with self._lock:
            return f"{self._requests.getrandbits(128):032x}"

    @property
    def state(self) -> IdsState:
        """Where they have got to; what is drawn after setting it is drawn again."""
        with self._lock:
            return self._things.getstate(), self._requests.getstate()

    @state.setter
    def state(self, state: IdsState) -> None:
        things, requests = state
        with self._lock:
            self._things.setstate(things)
            self._requests.setstate(requests)
