"""The form of a synonym."""

from typing import Any

from django.http import QueryDict
from wagtail.admin.forms import WagtailAdminModelForm

from search.models import Synonym
from search.models.synonyms import LONGEST_WORD
from search.page.parameters import clean


class SynonymForm(WagtailAdminModelForm):
    """To be saved by `query.synonyms.save_synonym(synonym=form.save(commit=False), actor=...)`."""

    class Meta:
        model = Synonym
        fields = ("term", "direction", "others", "note", "is_active")

    @staticmethod
    def initial_of(data: QueryDict) -> dict[str, Any]:
        """What an address brings along: `?term=社矫` from a page where the word was found missing."""
        return {"term": clean(data.get("term", ""))[:LONGEST_WORD]} if data.get("term") else {}
