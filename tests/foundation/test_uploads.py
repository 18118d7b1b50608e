"""Uploaded files between preview and saving."""

import datetime as dt

import pytest
import time_machine
from django.core.files.storage import storages
from django.core.management import call_command

from portal.foundation.uploads import (
    LIFETIME,
    MAX_RESULTS,
    MAX_UPLOADS_PER_PERSON,
    Upload,
    UploadsTooLargeError,
    UploadUnavailableError,
    delete_expired_uploads,
    delete_uploads,
    max_stored_bytes,
    store_result,
    store_uploads,
    stored_result,
    stored_uploads,
)
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def private(tmp_path, settings):
    options = {**settings.STORAGES["private"]["OPTIONS"], "location": str(tmp_path / "private")}
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {**settings.STORAGES["private"], "OPTIONS": options},
    }
    return storages["private"]


@pytest.fixture
def user(private):
    return UserFactory()


def store(user, *contents, purpose="questions"):
    uploads = [Upload(f"sheet-{index}.csv", content) for index, content in enumerate(contents)]
    return store_uploads(purpose=purpose, uploads=uploads, user=user)


def is_available(key, user, purpose="questions"):
    try:
        return bool(stored_uploads(purpose=purpose, key=key, user=user))
    except UploadUnavailableError:
        return False


def test_stored_files_come_back_in_order_without_their_folders(user):
    uploads = [Upload("../甲.txt", b"a"), Upload("乙.txt", b"b")]
    key = store_uploads(purpose="norms", uploads=uploads, user=user)
    assert stored_uploads(purpose="norms", key=key, user=user) == [
        Upload("甲.txt", b"a"),
        Upload("乙.txt", b"b"),
    ]


def test_key_is_random_and_long(user):
    keys = {store(user, b"a") for _number in range(3)}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}


def test_files_are_given_to_nobody_else_and_to_no_other_purpose(user):
    key = store(user, b"a")
    assert is_available(key, user)
    assert not is_available(key, UserFactory())
    assert not is_available(key, user, purpose="accounts")
    delete_uploads(purpose="questions", key=key, user=UserFactory())
    assert is_available(key, user)


@pytest.mark.parametrize("key", ["", "x", "../accounts", "0" * 32, "0" * 31 + "\n", "0" * 33])
def test_false_key_opens_nothing(user, key):
    store(user, b"a")
    assert not is_available(key, user)


def test_files_expire(user):
    with time_machine.travel(NOW, tick=False) as clock:
        key = store(user, b"a")
        clock.shift(LIFETIME - dt.timedelta(seconds=1))
        assert is_available(key, user)
        clock.shift(dt.timedelta(seconds=1))
        assert not is_available(key, user)


def test_next_upload_deletes_what_expired_whatever_its_purpose(user, private):
    with time_machine.travel(NOW, tick=False) as clock:
        store(user, b"a", b"b", purpose="norms")
        clock.shift(LIFETIME)
        key = store(user, b"c")
    assert private.listdir("uploads/norms") == ([], [])
    assert private.listdir("uploads/questions")[0] == [key]


def test_command_deletes_what_expired_and_leaves_the_rest(user, private, capsys):
    with time_machine.travel(NOW, tick=False) as clock:
        store(user, b"a")
        clock.shift(dt.timedelta(hours=1))
        key = store(user, b"b")
        clock.shift(dt.timedelta(hours=1))
        call_command("delete_expired_uploads")
        assert is_available(key, user)
    assert capsys.readouterr().out == "1 expired uploads deleted\n"
    assert private.listdir("uploads/questions")[0] == [key]


def test_folder_that_was_left_half_done_is_deleted_in_the_end(user, private):
    key = store(user, b"a")
    private.delete(f"uploads/questions/{key}/manifest.json")
    assert not is_available(key, user)
    assert delete_expired_uploads() == 0
    with time_machine.travel(dt.datetime.now(dt.UTC) + 2 * LIFETIME):
        assert delete_expired_uploads() == 1
    assert private.listdir("uploads/questions")[0] == []


def test_deleted_files_leave_nothing_behind(user, private):
    key = store(user, b"a", b"b")
    delete_uploads(purpose="questions", key=key, user=user)
    assert not is_available(key, user)
    assert private.listdir("uploads/questions") == ([], [])


def test_files_that_another_request_has_deleted_or_that_have_expired_can_be_deleted(user):
    with time_machine.travel(NOW, tick=False) as clock:
        key, slow_key = store(user, b"a"), store(user, b"b")
        for _request in range(2):
            delete_uploads(purpose="questions", key=key, user=user)
        clock.shift(LIFETIME)
        delete_uploads(purpose="questions", key=slow_key, user=user)
        assert [is_available(name, user) for name in (key, slow_key)] == [False, False]


def test_oldest_upload_of_a_person_makes_room_for_one_too_many(user, private):
    others = UserFactory()
    kept = [(store(others, b"b"), others, "questions"), (store(user, b"c", purpose="norms"), user, "norms")]
    keys = [store(user, b"a") for _number in range(MAX_UPLOADS_PER_PERSON + 2)]
    assert [is_available(key, user) for key in keys] == [False] * 2 + [True] * MAX_UPLOADS_PER_PERSON
    assert all(is_available(key, person, purpose) for key, person, purpose in kept)
    assert len(private.listdir("uploads/questions")[0]) == MAX_UPLOADS_PER_PERSON + 1


def test_oldest_uploads_of_a_person_make_room_for_many_bytes(user, settings):
    settings.MAX_UPLOAD_BYTES = 10
    keys = [store(user, b"a" * 45, b"b" * 10), store(user, b"c" * 30), store(user, b"d" * 30, b"e" * 40)]
    assert [is_available(key, user) for key in keys] == [False, True, True]


def test_files_larger_than_a_person_may_keep_are_refused_and_replace_nothing(user, private, settings):
    settings.MAX_UPLOAD_BYTES = 10
    key = store(user, b"a")
    with pytest.raises(UploadsTooLargeError):
        store(user, b"b" * max_stored_bytes(), b"c")
    assert private.listdir("uploads/questions")[0] == [key]


def test_oldest_results_make_room(private):
    keys = [f"{number:032x}" for number in range(MAX_RESULTS + 1)]
    for key in keys:
        store_result(purpose="workbooks", key=key, content=b"{}")
    results = [stored_result(purpose="workbooks", key=key) for key in keys]
    assert results == [None] + [b"{}"] * MAX_RESULTS
