"""The tree: what RFC 6962 computes, and a grown tree equals one built anew."""

import hashlib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.seals import tree
from backend.seals.tree import Tree

LEAVES = st.lists(st.binary(min_size=32, max_size=32), max_size=40)


def reference(leaves):
    """RFC 6962 §2.1, as it is written there: split at the largest power of two."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\1" + reference(leaves[:half]) + reference(leaves[half:])).digest()


@given(LEAVES)
def test_the_root_is_that_of_the_rfc(leaves):
    assert Tree(leaves).root == reference(leaves)


@given(LEAVES, st.data())
def test_a_tree_that_grew_and_changed_is_the_one_built_anew(leaves, data):
    grown = Tree()
    cut = data.draw(st.integers(0, len(leaves)))
    grown.put(dict(enumerate(leaves[:cut])))
    changed = data.draw(st.sets(st.integers(0, max(0, cut - 1)))) if cut else set()
    fresh = {place: bytes(32) for place in changed} | dict(enumerate(leaves[cut:], start=cut))
    grown.put(fresh)

    assert grown.root == Tree([fresh.get(place, leaf) for place, leaf in enumerate(leaves)]).root


def test_a_leaf_beyond_the_last_is_refused():
    with pytest.raises(IndexError):
        Tree([bytes(32)]).put({2: bytes(32)})


def test_a_leaf_is_the_hash_the_design_gives():
    chain, salt, head = UUID(int=7), b"s" * 32, b"h" * 32
    import hmac

    marked = hmac.new(salt, chain.bytes, "sha256").digest()
    assert tree.mark(salt, chain) == marked
    assert (
        tree.leaf(marked, 5, head) == hashlib.sha256(b"\0" + marked + (5).to_bytes(8, "big") + head).digest()
    )
