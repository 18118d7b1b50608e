"""What a user would pick instead: Wagtail's database search, and django-elasticsearch-dsl. For `bench/against.py` only."""
