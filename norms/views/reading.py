"""The law: its list, its texts, two versions side by side, who cites an article."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from norms.citations import parse_article
from norms.enums import DocumentKind, DocumentStatus
from norms.models import DocumentVersion, LawIndexPage, NormativeDocument, Provision
from norms.selectors import cited_by, cited_by_counts
from norms.selectors.compared import row_groups, version_comparison
from norms.selectors.listing import WITH_TEXT, WITHOUT_TEXT, ListQuery, documents_listed, facet_counts
from norms.selectors.reading import reading_of
from norms.views.rendered import rendered_pages
from portal.foundation import dates
from portal.foundation.compression import response_around
from portal.foundation.models import in_language
from portal.foundation.numerals import parse_primary_key
from portal.foundation.paging import page_of

PER_PAGE = 30
# Stands in the page for the text, which is put in when the page is sent. No text and no address holds a comment of HTML.
BODY_MARK = SafeString("<!-- text of the law -->")
# Tones of tags, see `components/tag.html`.
TONES = {DocumentStatus.IN_FORCE: "ok", DocumentStatus.AMENDED: "warn", DocumentStatus.REPEALED: "neutral"}


def law_list(request: HttpRequest, *, page: LawIndexPage) -> HttpResponse:
    query = ListQuery.of(request.GET.dict())
    page_of_documents = page_of(request.GET, documents_listed(query), PER_PAGE)
    context = {
        "page": page,
        "query": query,
        "page_obj": page_of_documents,
        "rows": [_list_row(document) for document in page_of_documents],
        "facets": _facets(query),
        "clear_url": "?" + urlencode({"q": query.words}) if query.words else page_address(page),
    }
    return render(request, "norms/law_list.html", context)


def page_address(page: LawIndexPage) -> str:
    return page.url or "/law/"


def _list_row(document: NormativeDocument) -> dict:
    version = document.current_versions[0] if document.current_versions else None
    dated = version.promulgated_on if version else document.promulgated_on
    effective = version.effective_on if version else document.effective_on
    meta = [
        english_title(document),
        "、".join(document.issuing_bodies),
        document.document_number,
        _("promulgated %(date)s") % {"date": dates.day(dated)} if dated else "",
        _("in force from %(date)s") % {"date": dates.day(effective)} if effective else "",
        _("%(count)s versions") % {"count": document.texts} if document.texts > 1 else "",
    ]
    return {
        "title": document.title,
        "url": document.get_absolute_url(),
        "kind": str(DocumentKind(document.kind).label),
        "tags": document_tags(document)
        + ([] if version else [{"label": _("no text yet"), "tone": "neutral"}]),
        "meta": [part for part in meta if part],
    }


def english_title(document: NormativeDocument) -> str:
    """Return the title beside the Chinese one for those who read the portal in English; a text keeps its own language."""
    title = in_language(document, "title")
    return title if title != document.title else ""


def document_tags(document: NormativeDocument) -> list[dict]:
    status = DocumentStatus(document.status)
    tags = [{"label": str(status.label), "tone": TONES[status]}]
    return [*tags, {"label": pgettext("document", "Sample"), "tone": "warn"}] if document.is_sample else tags


def _facets(query: ListQuery) -> list[dict]:
    counts = facet_counts(query)
    return [
        _facet(_("Kind"), "kind", DocumentKind.choices, counts["kind"], query),
        _facet(_("Status"), "status", DocumentStatus.choices, counts["status"], query),
        _facet(
            pgettext("of the law", "Text"),
            "text",
            [(WITH_TEXT, _("Text held")), (WITHOUT_TEXT, _("Title only"))],
            counts["text"],
            query,
        ),
    ]


def _facet(title: str, name: str, choices: list[tuple], counts: dict[str, int], query: ListQuery) -> dict:
    """Return a facet; a chosen value links back to all values."""
    chosen = {"q": query.words, "kind": query.kind, "status": query.status, "text": query.text}
    options = []
    for value, label in choices:
        active = chosen[name] == value
        if counts.get(value) or active:
            parameters = {
                key: parameter
                for key, parameter in {**chosen, name: "" if active else value}.items()
                if parameter
            }
            options.append(
                {
                    "label": label,
                    "count": counts.get(value, 0),
                    "url": "?" + urlencode(parameters),
                    "active": active,
                }
            )
    return {"title": title, "options": options}


@dataclass(frozen=True, slots=True)
class VersionChoice:
    label: str
    url: str
    is_open: bool
    is_current: bool


def law_text(
    request: HttpRequest, *, page: LawIndexPage, slug: str, address: str | None = None
) -> HttpResponse:
    document = get_object_or_404(NormativeDocument, slug=slug)
    versions = _versions(document)
    if not versions:
        if address:
            raise Http404
        return render(request, "norms/law_without_text.html", _head(page, document, None, []))
    version = _version_at(versions, address) if address else versions[0]
    if target_url := _requested_article_url(request, version):
        return HttpResponseRedirect(target_url)
    head = _head(page, document, version, versions)
    page_obj = page_of(request.GET, rendered_pages(version, head["versions"]), 1)
    context = head | {
        "body": BODY_MARK,
        "not_found": request.GET.get("go", "")[:40],
        "has_no_counterpart": "article" in request.GET,
    }
    html = render_to_string("norms/law_text.html", context, request)
    return response_around(request, html, BODY_MARK, page_obj.object_list[0].html)


def _versions(document: NormativeDocument) -> list[DocumentVersion]:
    """Return the current version first, then the others by date, the latest first."""
    versions = list(document.versions.select_related("secrecy_reviewed_by"))
    for version in versions:
        version.document = document
    return sorted(versions, key=lambda version: not version.is_current)


def _version_at(versions: list[DocumentVersion], address: str) -> DocumentVersion:
    for version in versions:
        if version.address == address:
            return version
    raise Http404


def _requested_article_url(request: HttpRequest, version: DocumentVersion) -> str | None:
    """Return where `?article=7` (an article over versions), `?go=28` (a number in any form) or `?at=art-28` leads.

    The last is what the script asks for where an anchor is on another page of the text.
    """
    rows = version.provisions.articles()
    if identity := parse_primary_key(request.GET.get("article", "")):
        row = rows.filter(identity=identity).first()
    elif locator := parse_article(request.GET.get("go", "")):
        row = rows.filter(number=locator.article, suffix=locator.suffix).first()
    elif anchor := request.GET.get("at", "")[:80]:
        row = version.provisions.filter(anchor=anchor).first()
    else:
        return None
    if row is None:
        return None
    number = reading_of(version).page_number_of(row.anchor)
    query = f"?page={number}" if number > 1 else ""
    return f"{version.get_absolute_url()}{query}#{row.anchor}"


def _head(
    page: LawIndexPage,
    document: NormativeDocument,
    version: DocumentVersion | None,
    versions: list[DocumentVersion],
) -> dict:
    older = _older_than(version, versions)
    return {
        "page": page,
        "document": document,
        "version": version,
        "tags": document_tags(document),
        "english_title": english_title(document),
        "aliases": [alias.name for alias in document.aliases.all()],
        "versions": _choices(version, versions),
        "current": versions[0] if versions else None,
        "compare_url": comparison_url(document, older, version) if older and version else "",
        "breadcrumbs": [{"label": page.title_here, "url": page_address(page)}, {"label": document.title}],
    }


def _choices(version: DocumentVersion | None, versions: list[DocumentVersion]) -> list[VersionChoice]:
    """Return what the switch between versions offers; nothing where there is no other."""
    is_one_of_several = any(choice != version for choice in versions)
    return [_choice(choice, choice == version) for choice in versions] if is_one_of_several else []


def _choice(version: DocumentVersion, is_open: bool) -> VersionChoice:
    label = dates.day(version.promulgated_on) or _("undated")
    return VersionChoice(label, version.get_absolute_url(), is_open, version.is_current)


def _older_than(version: DocumentVersion | None, versions: list[DocumentVersion]) -> DocumentVersion | None:
    """Return the version before this one; for the oldest, None."""
    if version is None or version.promulgated_on is None:
        return None
    day = version.promulgated_on
    by_date = {candidate.promulgated_on: candidate for candidate in versions if candidate.promulgated_on}
    earlier = [date for date in by_date if date < day]
    return by_date[max(earlier)] if earlier else None


def comparison_url(document: NormativeDocument, older: DocumentVersion, newer: DocumentVersion) -> str:
    return f"{document.get_absolute_url()}compare/{older.address}/{newer.address}/"


def law_comparison(
    request: HttpRequest, *, page: LawIndexPage, slug: str, older: str, newer: str
) -> HttpResponse:
    document = get_object_or_404(NormativeDocument, slug=slug)
    versions = _versions(document)
    first, second = _version_at(versions, older), _version_at(versions, newer)
    if chosen := _chosen_comparison(request, document, versions):
        return HttpResponseRedirect(chosen)
    comparison = version_comparison(first, second)
    page_obj = page_of(request.GET, comparison.pages, 1)
    context = {
        "page": page,
        "document": document,
        "older": first,
        "newer": second,
        "choices": [
            {"address": choice.address, "label": dates.day(choice.promulgated_on) or _("undated")}
            for choice in versions
        ],
        "comparison": comparison,
        "page_obj": page_obj,
        "groups": row_groups(page_obj.object_list[0]),
        "breadcrumbs": [
            {"label": page.title_here, "url": page_address(page)},
            {"label": document.title, "url": document.get_absolute_url()},
            {"label": _("Comparison")},
        ],
    }
    return render(request, "norms/law_comparison.html", context)


def _chosen_comparison(
    request: HttpRequest, document: NormativeDocument, versions: list[DocumentVersion]
) -> str | None:
    if "older" not in request.GET or "newer" not in request.GET:
        return None
    older = _version_at(versions, request.GET["older"])
    newer = _version_at(versions, request.GET["newer"])
    return comparison_url(document, older, newer)


@require_safe
def cited_by_fragment(request: HttpRequest, pk: int) -> HttpResponse:
    provision = get_object_or_404(Provision, pk=pk)
    groups = cited_by(provision, request.user)
    return render(request, "norms/_cited_by.html", {"groups": groups})


@require_safe
def cited_counts_fragment(request: HttpRequest, pk: int) -> HttpResponse:
    """Return how often each article of a page of a text is cited, as far as this reader may see; the script places it."""
    version = get_object_or_404(DocumentVersion.objects.select_related("document"), pk=pk)
    versions = _versions(version.document)
    pages = rendered_pages(version, _choices(version, versions))
    articles = page_of(request.GET, pages, 1).object_list[0].articles
    counts = cited_by_counts([article.identity for article in articles], request.user)
    rows = [
        {"article": article, "groups": counts[article.identity]}
        for article in articles
        if counts.get(article.identity)
    ]
    return render(request, "norms/_cited_articles.html", {"rows": rows})
