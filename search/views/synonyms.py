"""Preview of how a query is read, in the admin: beside the form of a synonym and by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from norms.models import NormativeDocument
from portal.foundation.numerals import parse_primary_key
from portal.org.rules import audience_tokens
from search.answers.explaining import EngineAnswer, Expansion, Explanation, FieldMeaning, explain
from search.answers.jumping import article_target, record_target
from search.engines.configured import engine_label
from search.facets import FACETS, departments_by_code, labels_of
from search.forms import SynonymForm
from search.models import Synonym
from search.page.parameters import clean
from search.query.parsing import MAX_CHARACTERS, SearchQuery
from search.query.vocabulary import SynonymSource
from search.rules import can_keep_synonyms

# Fields that change a search; the note does not.
DRAFT_FIELDS = ("term", "direction", "others", "is_active")


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest) -> HttpResponse:
    """Show the preview. A POST brings the unsaved form of a row, which is counted in; nothing is saved."""
    if not can_keep_synonyms(request.user):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else request.GET
    form = draft_form(data, row=request.GET.get("row") or data.get("row", ""))
    draft = form.save(commit=False) if form and form.is_valid() else None
    text = clean(data.get("q", ""))[:MAX_CHARACTERS] or (draft.term if draft else "")
    audience = audience_tokens(request.user)
    explanation = explain(SearchQuery(text=text), audience, draft=draft) if text else None
    title = _("Preview of a query")
    context = {
        "q": text,
        "draft": draft,
        "faults": error_texts(form) if form and draft is None else [],
        "carried": _carried(draft) if draft else [],
        "explanation": explanation,
        "answers": [_answer(answer) for answer in explanation.answers] if explanation else [],
        "rows": reading_rows(explanation) if explanation else [],
        "expansions": [_expansion(expansion) for expansion in explanation.expansions] if explanation else [],
        "target": record_target(text, audience) or article_target(text),
        "add_url": "" if form else f"{reverse('synonyms:add')}?{urlencode({'term': text})}",
        "header_title": title,
        "page_title": title,
        "header_icon": "view",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("synonyms:index"), "label": _("Synonyms")},
            {"url": "", "label": title},
        ],
    }
    return render(request, "search/admin/synonym_preview.html", context)


def draft_form(data: QueryDict, *, row: str = "") -> SynonymForm | None:
    """Return the form in a request's data, bound to its row if it has one; None where there is no form."""
    if "term" not in data:
        return None
    existing = Synonym.objects.filter(pk=parse_primary_key(row) or 0).first()
    return SynonymForm(data, instance=existing)


def error_texts(form: SynonymForm) -> list[str]:
    return [text for texts in form.errors.values() for text in texts]


def _answer(answer: EngineAnswer) -> dict[str, Any]:
    columns = [] if answer.is_away else [answer.with_synonyms, answer.without_synonyms]
    return {"label": engine_label(answer.engine), "columns": columns}


def _carried(draft: Synonym) -> list[tuple[str, str]]:
    """Return the draft as hidden fields, (name, value), of the page's own form."""
    values = [(name, getattr(draft, name)) for name in DRAFT_FIELDS]
    return [*((name, value) for name, value in values if value), ("row", draft.pk or "")]


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """Parts of the query that were read in the same way: (words as typed, note on them)."""

    label: str
    words: list[tuple[str, str]]


def reading_rows(explanation: Explanation) -> list[ReadingRow]:
    parsed = explanation.parsed
    rows = [
        ReadingRow(_("Other form"), [(typed, f"→ {form}") for typed, form in explanation.folded]),
        ReadingRow(_("Pinyin"), [(typed, f"→ {words}") for typed, words in explanation.pinyin_conversions]),
        ReadingRow(_("Keywords"), _plain(parsed.keywords)),
        ReadingRow(pgettext("query", "Sentence"), _plain(parsed.sentences)),
        ReadingRow(_("Word for word"), _plain(parsed.phrases)),
        ReadingRow(_("Must not occur"), _plain(parsed.excluded)),
        *(_field_row(field) for field in explanation.fields),
    ]
    return [row for row in rows if row.words]


def _plain(words: Iterable[str]) -> list[tuple[str, str]]:
    return [(word, "") for word in words]


def _field_row(field: FieldMeaning) -> ReadingRow:
    title = str(FACETS[field.typed.facet].title)
    if field.typed.excluded:
        title = _("Not in %(field)s") % {"field": title}
    if not field.values:
        return ReadingRow(title, [(field.typed.written, _("nothing is called so: looked for as a word"))])
    # Labels of a guarded facet could name a record that the reader may not see.
    label_by_value = (
        {}
        if FACETS[field.typed.facet].is_guarded
        else labels_of(field.typed.facet, field.values, departments_by_code())
    )
    labels = "、".join(
        label_by_value[value].text if value in label_by_value else value for value in field.values
    )
    return ReadingRow(title, [(field.typed.written, "" if labels == field.typed.written else f"→ {labels}")])


def _expansion(expansion: Expansion) -> dict[str, Any]:
    return {"word": expansion.word, "sources": [_source(source) for source in expansion.sources]}


def _source(source: SynonymSource) -> dict[str, Any]:
    record = source.record
    words = "、".join(source.synonyms)
    if isinstance(record, NormativeDocument):
        return {"words": words, "text": record.title, "url": record.get_absolute_url(), "is_law": True}
    url = reverse("synonyms:edit", args=[record.pk]) if record.pk else ""
    return {"words": words, "text": str(record), "url": url, "is_law": False}
