"""The outbox of changes to be indexed, the versions of states, and the builds of new indexes."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from search.models.processes import has_ended, this_machine, this_process

# A build on another machine is taken for dead after so long without a heartbeat.
BUILD_TIMEOUT = dt.timedelta(minutes=10)


class OutboxQuerySet(models.QuerySet["OutboxEntry"]):
    """Rows by engine and state."""

    def for_engine(self, name: str) -> "OutboxQuerySet":
        return self.filter(engine=name)

    def waiting(self) -> "OutboxQuerySet":
        """Filter changes that the live index lacks, whether they will be tried or are parked."""
        return self.filter(done_at=None)

    def ready(self, now: dt.datetime | None = None) -> "OutboxQuerySet":
        """Filter rows that may be tried now, neither delayed nor parked, in the order of the changes."""
        return self.waiting().filter(parked_at=None, not_before__lte=now or timezone.now()).order_by("pk")

    def parked(self) -> "OutboxQuerySet":
        """Filter rows that have failed so often that they wait for somebody to retry them."""
        return self.waiting().filter(parked_at__isnull=False)


class OutboxEntry(models.Model):
    """A record that one engine must index again; the row never says what has changed nor who has changed it.

    `done_at` is set only while a new index is being built: the live index holds the change, the new one may lack it.
    """

    engine = models.CharField(_("engine"), max_length=20)
    kind = models.CharField(_("kind"), max_length=20)
    object_id = models.PositiveBigIntegerField(_("record"))
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    not_before = models.DateTimeField(_("not before"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    parked_at = models.DateTimeField(_("parked at"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["engine", "done_at", "parked_at", "id"], name="search_outbox_queue"),
            models.Index(fields=["kind", "object_id"], name="search_outbox_record"),
        ]
        verbose_name = _("record to be indexed")
        verbose_name_plural = _("records to be indexed")

    def __str__(self) -> str:
        return f"{self.engine} {self.kind}:{self.object_id}"


class IndexVersion(models.Model):
    """The version of a state: a number greater than that of every state whose reading began earlier."""

    taken_at = models.DateTimeField(_("taken at"), default=timezone.now)

    class Meta:
        verbose_name = _("index version")
        verbose_name_plural = _("index versions")

    def __str__(self) -> str:
        return str(self.pk)


class IndexBuildQuerySet(models.QuerySet["IndexBuild"]):
    """Builds of one engine by state."""

    def running(self, engine: str) -> "IndexBuildQuerySet":
        return self.filter(engine=engine, finished_at=None)

    def finished(self, engine: str) -> "IndexBuildQuerySet":
        return self.filter(engine=engine, finished_at__isnull=False)


class IndexBuild(models.Model):
    """The build of a new index. While one is running, indexed rows of the outbox are kept for it.

    `machine` and `process` identify the process that builds; `seen_at` is its last heartbeat.
    """

    engine = models.CharField(_("engine"), max_length=20)
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    machine = models.CharField(_("machine"), max_length=200, default=this_machine)
    process = models.PositiveIntegerField(_("process"), default=this_process)
    records = models.PositiveIntegerField(_("records"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)

    objects = IndexBuildQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["engine"], condition=Q(finished_at=None), name="search_one_build_for_an_engine"
            )
        ]
        verbose_name = _("index build")
        verbose_name_plural = _("index builds")

    def __str__(self) -> str:
        return f"{self.engine} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def is_dead(self) -> bool:
        """True if its process has ended, or has not sent a heartbeat for `BUILD_TIMEOUT`."""
        if self.finished_at is not None:
            return False
        return has_ended(self.machine, self.process) or timezone.now() - self.seen_at > BUILD_TIMEOUT
