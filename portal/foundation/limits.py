"""Maximum lengths of titles and texts, in characters, for models, forms, services and imports alike.

Titles of laws have limits of their own (`norms.models`), since others write them.
"""

MAX_TITLE_CHARS = 200
# A question, its restated form, a correction: some ten printed pages, more than any question that was received.
MAX_TEXT_CHARS = 20_000
# What a question must say at least, counted in letters and digits: 如何减刑办理 are six.
MIN_QUESTION_LETTERS = 6
# A text that departments settle: an agreement with its annexes has some sixty printed pages at most.
MAX_MATTER_TEXT_CHARS = 100_000
MAX_REASON_CHARS = 2_000
MAX_NOTE_CHARS = 2_000
MAX_CLAUSE_HEADING_CHARS = 160
MAX_CITATION_CHARS = 500
# Sources that one dossier gathers; a cluster is one, however many questions it holds.
MAX_DOSSIER_ITEMS = 1_000

# Names as they are received from outside, before they are matched with people, offices and topics.
MAX_PERSON_NAME_CHARS = 60
MAX_OFFICE_NAME_CHARS = 160
MAX_SOURCE_CHARS = 160
MAX_CATEGORY_CHARS = 80
