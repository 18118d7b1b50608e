"""Writes of the rotation: one function for each thing that people do."""

from courses.rotation.services.feeds import FeedAddress, feed_digest, make_feed, revoke_feed
from courses.rotation.services.rotations import (
    MIN_PARTIES,
    add_party,
    confirm_turn,
    remove_party,
    skip_turn,
    start_rotation,
)
from courses.rotation.services.swaps import answer_swap, propose_swap, withdraw_swap

__all__ = [
    "MIN_PARTIES",
    "FeedAddress",
    "add_party",
    "answer_swap",
    "confirm_turn",
    "feed_digest",
    "make_feed",
    "propose_swap",
    "remove_party",
    "revoke_feed",
    "skip_turn",
    "start_rotation",
    "withdraw_swap",
]
