"""Addresses of the rotation; the board of one stands below its code."""

from django.urls import path

from courses.rotation.views import acts, board, feeds, swaps

app_name = "rotation"
urlpatterns = [
    path("", board.home, name="home"),
    path("start/", board.start, name="start"),
    path("fragments/own-turn/", board.own_turn, name="own_turn"),
    path("calendar/", feeds.address, name="calendar"),
    path("feed/<str:token>.ics", feeds.feed, name="feed"),
    path("swaps/<uuid:pk>/", swaps.swap, name="swap"),
    path("<slug:code>/", board.board, name="board"),
    path("<slug:code>/parties/", acts.parties, name="parties"),
    path("<slug:code>/turns/<int:number>/swap/", acts.propose_swap, name="propose_swap"),
    path("<slug:code>/turns/<int:number>/skip/", acts.skip, name="skip"),
    path("<slug:code>/turns/<int:number>/confirm/", acts.confirm, name="confirm"),
]
