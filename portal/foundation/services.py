"""Give and reserve permanent numbers."""

from django.conf import settings
from django.db import transaction

from portal.foundation.models import NumberSequence
from portal.foundation.numbers import format_number, parse_number


@transaction.atomic
def next_number(*, series: str, year: int, width: int) -> str:
    """Return the next permanent number, such as `Q-2026-000123`, with this installation's prefix.

    The sequence's row stays locked until commit. The count goes on when the prefix changes, so that a number without
    its prefix still belongs to one record.
    """
    sequence = _lock_sequence(series, year)
    sequence.last += 1
    sequence.save(update_fields=["last"])
    return format_number(
        prefix=settings.NUMBER_PREFIX, series=series, year=year, count=sequence.last, width=width
    )


@transaction.atomic
def reserve_number(*, number: str) -> str:
    """Take a number that was given elsewhere (`TT-2026-03`), so that the sequence continues after it.

    A number of another installation, told by its prefix, is taken as it is: it is not of our sequence.
    Raises ValueError where it is no permanent number.
    """
    parts = parse_number(number)
    if parts.is_own:
        sequence = _lock_sequence(parts.series, parts.year)
        sequence.last = max(sequence.last, parts.count)
        sequence.save(update_fields=["last"])
    return number


def _lock_sequence(series: str, year: int) -> NumberSequence:
    NumberSequence.objects.get_or_create(prefix=series, year=year)
    return NumberSequence.objects.select_for_update().get(prefix=series, year=year)
