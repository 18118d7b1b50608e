"""What `org` tells the apps above it, inside the transaction of the change."""

from django.dispatch import Signal

# The password of `user` was set through a link that an administrator made: it may not be the person who signs in.
password_set_by_administrator = Signal()
# A second administrator released what `user` asked before that.
earlier_questions_released = Signal()
# The roles of `user` were changed, or the account was closed or opened.
access_changed = Signal()
# A record that may be waited for, `instance`, is about to be deleted.
subject_deleted = Signal()
