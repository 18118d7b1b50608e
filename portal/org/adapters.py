"""How django-allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Nobody registers alone."""

    def is_open_for_signup(self, request) -> bool:
        return False
