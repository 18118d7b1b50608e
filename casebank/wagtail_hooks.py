"""Registration of cases and their kinds in Wagtail's admin."""

from wagtail.snippets.models import register_snippet

from casebank.viewsets import CasebankGroup

register_snippet(CasebankGroup)
