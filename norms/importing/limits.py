"""Limits of one file, beyond which it is refused. The longest codes in force have about 120,000 characters."""

from django.utils.translation import gettext_noop as _

MAX_FILE_BYTES = 100 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_XML_BYTES = 40 * 1024 * 1024
MAX_PACKAGE_FILES = 5_000
MAX_TEXT_BYTES = 20 * 1024 * 1024
MAX_CHARACTERS = 3_000_000
MAX_BLOCKS = 60_000
MAX_PROVISIONS = 60_000

TOO_LONG = _("The text is too long for one document.")
