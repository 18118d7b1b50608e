"""Questions as Wagtail's search needs them: a model that declares its own index fields."""

from django.db import models
from wagtail.search import index


class IndexedQuestion(index.Indexed, models.Model):
    title = models.CharField(max_length=200)
    text = models.TextField()

    def __str__(self) -> str:
        return self.title

    search_fields = [index.SearchField("title"), index.SearchField("text")]
