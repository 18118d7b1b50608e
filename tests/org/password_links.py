"""Following the links by which people set their passwords, and what then waits for a second administrator."""

from portal.org.models import AccountApproval

NEW_PASSWORD = "another-long-password"


def follow_link(client, link):
    return client.get(link.path, follow=True)


def set_by_link(client, link, **data):
    form = follow_link(client, link)
    passwords = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    return client.post(form.request["PATH_INFO"], passwords | data, follow=True)


def open_approval(account, kind):
    return AccountApproval.objects.open().get(account=account, kind=kind)
