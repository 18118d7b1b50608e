"""How long each page takes beside Wagtail's own start page: both on the same gunicorn, in one run.

The portal holds its demo, 100,000 questions and a code of 1,260 articles; Wagtail the home page of `wagtail start`.
Each page is asked for 50 times after it is warm, as somebody of the role that works with it. Prints p50 and p95 in
milliseconds, the statements of SQL, and how many times Wagtail's p50 it takes; `--json` prints an object for each page.

The data are made in a folder of their own, which `--data` keeps for the next run (some six minutes the first time).
"""

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.counting import QUERIES_HEADER

COUNTING = ROOT / "bench" / "counting.py"
WARM_UP, REQUESTS = 4, 50
QUESTIONS = 100_000
# Articles of 刑法 with those that were added, and of the Civil Code.
CODES = {"large-code-490": 490, "large-code-1260": 1_260}
GUNICORN = (sys.executable, "-m", "gunicorn", "--threads", "8", "--log-level", "error", "--config", COUNTING)
PLAIN_SETTINGS = """
from .base import *
DEBUG = False
SECRET_KEY = "of-the-bench"
ALLOWED_HOSTS = ["*"]
"""


@dataclass(frozen=True, slots=True)
class PageFigures:
    """A page as one reader: milliseconds, statements of SQL, and times Wagtail's own page."""

    page: str
    role: str
    p50_ms: float
    p95_ms: float
    queries: int
    ratio: float


@dataclass(frozen=True, slots=True)
class Page:
    """An address of the portal and the role that asks for it; empty for a visitor."""

    address: str
    role: str


# The folders -----------------------------------------------------------------------------------------------------


def prepare_portal(folder: Path, questions: int, norms: Path | None) -> None:
    """Fill a folder with the demo, texts of the law and what makes it large; one that is full stays as it is."""
    done = folder / "prepared"
    if done.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    imports = [["import_norms", str(norms)]] if norms else []
    for command in (["migrate", "--verbosity=0"], ["load_demo"], *imports):
        _manage(command)
    _set_up()
    from bench.large_data.ordinary import add_code, add_ordinary_questions

    add_ordinary_questions(questions)
    for slug, articles in CODES.items():
        add_code(f"宁川省统一规定（{articles}条）", slug, articles)
    for command in (["rebuild_index"], ["load_demo", "--searches"], ["load_demo", "--accounts"]):
        _manage(command)
    done.touch()


def prepare_plain(folder: Path) -> None:
    """Fill a folder with the project that `wagtail start` makes, its database migrated."""
    if (folder / "manage.py").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    wagtail = Path(sys.executable).with_name("wagtail")
    subprocess.run([wagtail, "start", "plain", folder], check=True, stdout=subprocess.DEVNULL)
    (folder / "plain" / "settings" / "measured.py").write_text(PLAIN_SETTINGS)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=folder,
        env=_plain_environment(),
        check=True,
    )


def _manage(command: list[str]) -> None:
    subprocess.run(
        [sys.executable, ROOT / "manage.py", *command], env=os.environ, check=True, stdout=subprocess.DEVNULL
    )


def _plain_environment() -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return inherited | {"DJANGO_SETTINGS_MODULE": "plain.settings.measured"}


def _set_up() -> None:
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


# What is asked for -----------------------------------------------------------------------------------------------


def pages() -> Iterator[Page]:
    """Yield the pages of the portal, each as those who work with it."""
    records = _records()
    reading = ["/", "/sessions/", *records, "/cases/", "/law/", *(f"/law/{slug}/" for slug in CODES)]
    asking = ["/questions/ask/", f"/questions/ask/{records[0].split('/')[2]}/"]
    yield from _visitors_pages(reading)
    yield from _staff_pages([*reading, *asking])
    for role in ("coordinator", "editor", "keeper", "signatory", "reviewer", "administrator"):
        yield Page("/", role)


def _visitors_pages(reading: list[str]) -> Iterator[Page]:
    from norms.models import NormativeDocument

    for address in (*reading, "/search/?q=减刑", "/accounts/login/"):
        yield Page(address, "")
    penal = NormativeDocument.objects.filter(title="中华人民共和国刑法", versions__isnull=False).first()
    if penal:
        yield Page(penal.get_absolute_url(), "")


def _staff_pages(trainees: list[str]) -> Iterator[Page]:
    """Yield the pages of trainees, which are `trainees` and more, and those of analysts."""
    from inquiry.enums import DossierStatus
    from inquiry.models import Dossier, Question, QuestionCluster

    dossier = Dossier.objects.exclude(status=DossierStatus.DRAFT).filter(clauses__isnull=False).first()
    draft = Dossier.objects.filter(status=DossierStatus.DRAFT).first() or dossier
    question = Question.objects.filter(number__startswith="Q-2026", memberships__isnull=False).first()
    cluster = QuestionCluster.objects.filter(number__startswith="C-2026").first()
    waiting = Question.objects.filter(status="raised", refinements__isnull=True).last()
    assert dossier and draft and question and cluster and waiting
    own = ("/me/", "/me/questions/", "/me/assignments/", "/me/notifications/", "/me/profile/")
    composed = (
        f"/questions/{question.number}/",
        f"/clusters/{cluster.number}/",
        f"/dossiers/{dossier.number}/",
    )
    lists = ("/questions/", "/clusters/", "/dossiers/")
    searches = ("/search/?q=减刑", "/search/?q=财产性判项", "/search/?q=减刑&kind=question")
    for address in (*trainees, *lists, *composed, *searches, *own):
        yield Page(address, "trainee")
    desk = ("/desk/", "/desk/?queue=all", f"/desk/{waiting.number}/", f"/desk/{question.number}/?queue=all")
    for address in ("/", *lists, *composed, f"/dossiers/{draft.number}/", *desk, *searches[:1], *own):
        yield Page(address, "analyst")


def _records() -> list[str]:
    from casebank.models import TypicalCase
    from courses.models import TrainingSession
    from norms.models import NormativeDocument

    session = TrainingSession.objects.filter(status="running").first() or TrainingSession.objects.first()
    case = TypicalCase.objects.filter(live=True).first()
    law = NormativeDocument.objects.filter(is_sample=True, versions__isnull=False).first()
    assert session and case and law
    return [f"/sessions/{session.number}/", f"/cases/{case.number}/", law.get_absolute_url()]


def cookie_of(role: str) -> str:
    """Return the header of somebody of a role who is signed in; empty for a visitor."""
    if not role:
        return ""
    from django.conf import settings
    from django.test import Client

    from portal.org.models import User

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(username=f"{role}.court"))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


# The servers -----------------------------------------------------------------------------------------------------


@contextmanager
def served(application: str, folder: Path, environment: dict[str, str]) -> Iterator[int]:
    """Run gunicorn with one process and eight threads; yield the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [*GUNICORN, "--chdir", folder, application, "--bind", f"127.0.0.1:{port}"], env=environment
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int) -> None:
    for _attempt in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server did not start.")


def times_of(port: int, address: str, cookie: str = "") -> tuple[list[float], int]:
    """Return the milliseconds of each answer after the warm-up, and the statements of SQL of the last one."""
    from urllib.parse import quote

    path, headers = quote(address, safe="/?=&"), {"Cookie": cookie} if cookie else {}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    times: list[float] = []
    queries = 0
    for number in range(WARM_UP + REQUESTS):
        started = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        elapsed = (time.perf_counter() - started) * 1000
        if answer.status != 200:
            raise SystemExit(f"{address} answered {answer.status}")
        queries = int(answer.headers[QUERIES_HEADER])
        if number >= WARM_UP:
            times.append(elapsed)
    connection.close()
    return times, queries


def figures_of(page: str, role: str, measured: tuple[list[float], int], plain_p50: float) -> PageFigures:
    """Return the figures of one page; their ratio is 1 where `plain_p50` is 0."""
    times, queries = measured
    p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    return PageFigures(page, role, round(p50, 1), round(p95, 1), queries, round(p50 / (plain_p50 or p50), 2))


def measure(data: Path, only: str) -> Iterator[PageFigures]:
    with (
        served("plain.wsgi", data / "plain", _plain_environment()) as plain,
        served("portal.wsgi", ROOT, dict(os.environ)) as portal,
    ):
        first = figures_of("wagtail start", "", times_of(plain, "/"), 0)
        yield first
        cookies: dict[str, str] = {}
        for page in pages():
            if only in page.address:
                cookie = cookies.setdefault(page.role, cookie_of(page.role))
                yield figures_of(
                    page.address, page.role, times_of(portal, page.address, cookie), first.p50_ms
                )
        # Whether the machine had become slower meanwhile.
        yield figures_of("wagtail start, again", "", times_of(plain, "/"), first.p50_ms)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="keep the data here")
    parser.add_argument("--norms", type=Path, metavar="FOLDER", help="import these texts, 刑法 among them")
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--only", default="", metavar="TEXT", help="only addresses that hold this text")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = (options.data or Path(folder)).resolve()
        os.environ["TONGTANG_DATA_DIR"] = str(data / "portal")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
        prepare_plain(data / "plain")
        prepare_portal(data / "portal", options.questions, options.norms)
        _set_up()
        for figures in measure(data, options.only):
            print(
                json.dumps(asdict(figures), ensure_ascii=False) if options.json else _line(figures),
                flush=True,
            )


def _line(figures: PageFigures) -> str:
    return (
        f"{figures.p50_ms:8.1f} ms {figures.p95_ms:8.1f} ms {figures.queries:4} SQL {figures.ratio:6.2f} x"
        f"  {figures.role:14}{figures.page}"
    )


if __name__ == "__main__":
    main()
