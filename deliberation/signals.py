"""What `deliberation` tells the apps above it, inside the transaction of the change; `sender` is `Matter`.

Subjects point down to their matter; their apps listen and move their own status.
"""

from django.dispatch import Signal

# `matter` has the new text `version`; the first one as well.
version_put = Signal()
# The `signatures` that were given under the text before `version` count no longer.
signatures_voided = Signal()
# A party of `matter` has taken the `position`.
position_stated = Signal()
# `matter` is settled by the text `version`.
matter_frozen = Signal()
# `matter` was closed without agreement.
matter_closed = Signal()
