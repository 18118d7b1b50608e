"""What a locked-out person is told."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(request: HttpRequest, credentials: dict, *args, **kwargs) -> HttpResponse:
    return render(request, "account/locked_out.html", status=429)
