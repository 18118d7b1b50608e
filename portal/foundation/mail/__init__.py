"""Mail as rows: written in the transaction that asks for it, sent by the mail duty of `manage.py worker`."""
