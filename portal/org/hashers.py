"""How passwords are hashed."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class ModerateArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id as OWASP's Password Storage Cheat Sheet has it: 19 MiB, two passes, one lane.

    Django's own parameters take ten times as long and 100 MiB for each sign-in; a hall of 500 signs in at once.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
