"""Writes that every app shares."""

from django.db import transaction

from portal.foundation.models import NumberSequence


@transaction.atomic
def next_number(*, prefix: str, year: int, width: int) -> str:
    """The next permanent number, such as `Q-2026-000123`; the sequence's row stays locked until commit."""
    NumberSequence.objects.get_or_create(prefix=prefix, year=year)
    sequence = NumberSequence.objects.select_for_update().get(prefix=prefix, year=year)
    sequence.last += 1
    sequence.save(update_fields=["last"])
    return f"{prefix}-{year}-{sequence.last:0{width}d}"


@transaction.atomic
def reserve_number(*, number: str) -> str:
    """Take a number that was given elsewhere (`TT-2026-03`), so that the sequence continues after it."""
    prefix, year, last = number.rsplit("-", 2)
    NumberSequence.objects.get_or_create(prefix=prefix, year=int(year))
    sequence = NumberSequence.objects.select_for_update().get(prefix=prefix, year=int(year))
    sequence.last = max(sequence.last, int(last))
    sequence.save(update_fields=["last"])
    return number
