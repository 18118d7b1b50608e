"""Forms of search in the admin."""

from typing import Any

from django.http import QueryDict
from wagtail.admin.forms import WagtailAdminModelForm

from search.models import Synonym
from search.models.synonyms import MAX_WORD_LENGTH
from search.page.parameters import clean


class SynonymForm(WagtailAdminModelForm):
    """The form of a synonym; `save_synonym(synonym=form.save(commit=False), actor=...)` saves what it holds."""

    class Meta:
        model = Synonym
        fields = ("term", "direction", "others", "note", "is_active")

    @staticmethod
    def initial_of(data: QueryDict) -> dict[str, Any]:
        """Return initial values of a URL: `?term=社矫` on a link from a page that had no hit for the word."""
        return {"term": clean(data.get("term", ""))[:MAX_WORD_LENGTH]} if data.get("term") else {}
