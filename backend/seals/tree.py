"""A Merkle tree over the heads of all chains: one hash that stands for all of them.

That of RFC 6962 §2.1 (leaves under 0x00, nodes under 0x01, a node without a sibling moves up). A chain keeps
its place for ever, so the tree of the next seal differs only where something happened, and costs that much.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from uuid import UUID

EMPTY = hashlib.sha256().digest()


def mark(salt: bytes, chain: UUID) -> bytes:
    """The name of a chain in seals, `HMAC(chain salt, chain id)`: once the salt is gone it leads nowhere."""
    return hmac.digest(salt, chain.bytes, "sha256")


def leaf(marked: bytes, seq: int, head: bytes) -> bytes:
    """`SHA-256(0x00 ‖ HMAC(chain salt, chain id) ‖ seq ‖ head)`, seq as 8 bytes."""
    return hashlib.sha256(b"\0" + marked + seq.to_bytes(8, "big") + head).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """Leaves in their places, and every hash above them."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels = [list(leaves)]
        while len(below := self._levels[-1]) > 1:
            pairs = zip(below[::2], below[1::2], strict=False)
            above = [_node(left, right) for left, right in pairs]
            self._levels.append(above + below[-1:] if len(below) % 2 else above)

    @property
    def root(self) -> bytes:
        return self._levels[-1][0] if self._levels[0] else EMPTY

    def put(self, changed: Mapping[int, bytes]) -> None:
        """Set leaves; new ones follow the last without a gap. Raises IndexError for a gap."""
        leaves = self._levels[0]
        for place in sorted(changed):
            if place == len(leaves):
                leaves.append(changed[place])
            else:
                leaves[place] = changed[place]
        places, level = set(changed), 0
        while len(self._levels[level]) > 1:
            places = {place // 2 for place in places}
            self._again(level, places)
            level += 1

    def _again(self, level: int, places: Iterable[int]) -> None:
        """Compute nodes above a level anew, making room for those that are new."""
        below = self._levels[level]
        if level + 1 == len(self._levels):
            self._levels.append([])
        above = self._levels[level + 1]
        above.extend([b""] * ((len(below) + 1) // 2 - len(above)))
        for place in places:
            pair = below[2 * place : 2 * place + 2]
            above[place] = _node(*pair) if len(pair) == 2 else pair[0]
