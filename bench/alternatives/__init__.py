"""Wagtail's database search and django-elasticsearch-dsl, which `bench/against.py` compares with the portal's search."""
