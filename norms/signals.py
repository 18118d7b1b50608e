from django.dispatch import Signal

# Sent inside the transaction when a version's provisions have been stored.
# Arguments: version (DocumentVersion), created_document (bool).
version_imported = Signal()

# Sent inside the transaction when a name of a document was added, changed or removed.
# Arguments: document (NormativeDocument).
names_changed = Signal()
