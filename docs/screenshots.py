"""Take pictures of every main page: both languages, both widths, light and dark; `./run screenshots`.

A demo of its own is made and served for it, unless `--address` names one that runs. Each page becomes eight pictures in
`var/screenshots/`, and one sheet with the eight beside each other in `var/screenshots/sheets/`, to be looked at.
`--readme` takes those of the README alone, into `docs/screenshots/`; names of pages take these pages alone.
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
README_FOLDER = ROOT / "docs" / "screenshots"
FOLDER = ROOT / "var" / "screenshots"
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
LANGUAGES = ("zh-hans", "en")
SCHEMES = ("light", "dark")
GAP_PX = 16
SHEET_HEIGHT_PX = 900
START_SECONDS = 300
PASSWORD = "tongtang-demo"
SESSION, QUESTION, CLUSTER, DOSSIER = "TT-2026-03", "Q-2026-000035", "C-2026-0005", "D-2026-001"
LAW = "临江省社区矫正对象外出管理办法"
FACETS_AT_DESK = "/search/?q=减刑+-类型:法条&session=TT-2025-02"
FACETS_ON_PHONE = "/search/?q=减刑+财产性判项&department=court"


@dataclass(frozen=True)
class Scene:
    """A page as somebody sees it: an address, and the link in it that leads on, by a part of its address."""

    name: str
    username: str
    address: str
    link: str = ""


SCENES = [
    Scene("visitor-home", "", "/"),
    Scene("visitor-sign-in", "", "/accounts/login/"),
    Scene("visitor-sessions", "", "/sessions/"),
    Scene("visitor-cases", "", "/cases/"),
    Scene("visitor-law-list", "", "/law/"),
    Scene("visitor-search", "", "/search/?q=外出"),
    Scene("trainee-home", "trainee.correction", "/"),
    Scene("trainee-session", "trainee.correction", f"/sessions/{SESSION}/"),
    Scene("trainee-questions", "trainee.correction", "/questions/"),
    Scene("trainee-question", "trainee.correction", f"/questions/{QUESTION}/"),
    Scene("trainee-ask", "trainee.correction", "/questions/ask/", link="/questions/ask/TT-"),
    Scene("trainee-law", "trainee.correction", f"/law/?q={LAW}", link="/law/"),
    Scene("trainee-case", "trainee.correction", "/cases/", link="/cases/AL-"),
    Scene("trainee-search", "trainee.correction", "/search/?q=减刑"),
    Scene("trainee-me", "trainee.correction", "/me/"),
    Scene("trainee-notifications", "trainee.correction", "/me/notifications/"),
    Scene("trainee-profile", "trainee.correction", "/me/profile/"),
    Scene("analyst-home", "analyst.court", "/"),
    Scene("analyst-desk", "analyst.court", "/desk/"),
    Scene("analyst-desk-question", "analyst.court", "/desk/", link="/desk/Q-"),
    Scene("analyst-search", "analyst.court", FACETS_AT_DESK),
    Scene("analyst-clusters", "analyst.court", "/clusters/"),
    Scene("analyst-cluster", "analyst.court", f"/clusters/{CLUSTER}/"),
    Scene("analyst-dossiers", "analyst.court", "/dossiers/"),
    Scene("analyst-dossier", "analyst.court", f"/dossiers/{DOSSIER}/"),
    Scene("analyst-traces", "analyst.court", "/search/traces/"),
    Scene("coordinator-home", "coordinator.court", "/"),
    Scene("coordinator-import", "coordinator.court", "/questions/import/"),
    Scene("coordinator-admin", "coordinator.court", "/admin/"),
    Scene("coordinator-admin-sessions", "coordinator.court", "/admin/sessions/"),
    Scene("editor-home", "editor.court", "/"),
    Scene("editor-admin", "editor.court", "/admin/"),
    Scene("editor-admin-law", "editor.court", "/admin/norms/"),
    Scene("editor-admin-cases", "editor.court", "/admin/snippets/casebank/typicalcase/"),
    Scene("signatory-home", "signatory.court", "/"),
    Scene("keeper-home", "keeper.court", "/"),
    Scene("keeper-requests", "keeper.court", "/identity-requests/"),
    Scene("reviewer-home", "reviewer.court", "/"),
    Scene("reviewer-texts", "reviewer.court", "/secrecy-review/"),
    Scene("administrator-home", "administrator.court", "/"),
    Scene("administrator-people", "administrator.court", "/admin/users/"),
    Scene("administrator-approvals", "administrator.court", "/me/assignments/"),
    Scene("styleguide", "", "/styleguide/"),
]


# Somebody's browser ----------------------------------------------------------------------------------------------


def opened(browser: Browser, address: str, viewport: dict[str, int], state: object = None) -> BrowserContext:
    return browser.new_context(
        base_url=address,
        viewport=viewport,
        locale="zh-CN",
        has_touch=viewport is PHONE,
        reduced_motion="reduce",
        storage_state=state,
    )


def sign_in(browser: Browser, address: str, username: str) -> object:
    """Return what a browser keeps of somebody who has signed in; of a visitor nothing."""
    context = opened(browser, address, DESK)
    if username:
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("[name=login]", username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/login" not in url)
    state = context.storage_state()
    context.close()
    return state


def set_language(page: Page, language: str) -> None:
    """Change the language by the button in the foot of a page, if it is another one."""
    page.goto("/sessions/")
    button = page.locator(f".footer button[name=language][value={language}]")
    if button.count():
        button.click()
        page.wait_for_load_state()


def open_scene(page: Page, scene: Scene) -> None:
    response = page.goto(scene.address)
    if scene.link:
        page.locator(f"main a[href*='{scene.link}']").first.click()
    page.wait_for_load_state("networkidle")
    if response is None or not response.ok:
        sys.exit(f"{scene.name}: {scene.address} answers {response and response.status}")


def picture(page: Page, path: str = "") -> Image.Image:
    if path:
        page.goto(path)
    page.wait_for_load_state("networkidle")
    return Image.open(io.BytesIO(page.screenshot()))


def save(path: Path, image: Image.Image) -> None:
    # 256 colours are enough for pages without photographs, and a third of the size.
    image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


# Every page ------------------------------------------------------------------------------------------------------


def take_scenes(browser: Browser, address: str, names: list[str]) -> None:
    scenes = [scene for scene in SCENES if not names or scene.name in names]
    (FOLDER / "sheets").mkdir(parents=True, exist_ok=True)
    pictures: dict[str, list[Image.Image]] = {scene.name: [] for scene in scenes}
    for username in dict.fromkeys(scene.username for scene in scenes):
        state = sign_in(browser, address, username)
        for viewport in (DESK, PHONE):
            with opened(browser, address, viewport, state) as context:
                for language in LANGUAGES:
                    own = [scene for scene in scenes if scene.username == username]
                    for scene, image in take_scenes_of(context.new_page(), own, language):
                        pictures[scene.name].append(image)
    for name, images in pictures.items():
        save(FOLDER / "sheets" / f"{name}.png", in_one_row(images, SHEET_HEIGHT_PX))
        print(FOLDER / "sheets" / f"{name}.png")


def take_scenes_of(page: Page, scenes: list[Scene], language: str) -> Iterator[tuple[Scene, Image.Image]]:
    """Yield the pictures of somebody's pages in one language and width, light and dark."""
    set_language(page, language)
    for scene in scenes:
        open_scene(page, scene)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            image = picture(page)
            name = f"{scene.name}-{language.partition('-')[0]}-{image.width}-{scheme}.png"
            save(FOLDER / name, image)
            yield scene, image
    page.close()


def in_one_row(images: list[Image.Image], height: int) -> Image.Image:
    """Return pictures in one row, each scaled to a height."""
    scaled = [image.convert("RGB").resize((image.width * height // image.height, height)) for image in images]
    row = Image.new("RGB", (sum(image.width + GAP_PX for image in scaled) - GAP_PX, height), "#8d8c82")
    x = 0
    for image in scaled:
        row.paste(image, (x, 0))
        x += image.width + GAP_PX
    return row


# Those of the README ---------------------------------------------------------------------------------------------


def ask(page: Page) -> None:
    """Fill in the form of the first open session, up to the questions that are alike."""
    page.goto("/questions/ask/")
    page.locator("main a[href*='/questions/ask/']").first.click()
    page.fill("[name=text]", "社区矫正对象半夜急病跨市就医，第二天才补办外出审批，算不算违规外出？")
    page.wait_for_selector(".similar__item", state="attached")
    page.locator("[name=text]").evaluate(
        "field => scrollTo(0, field.getBoundingClientRect().top + scrollY - 130)"
    )


def take_readme(browser: Browser, address: str) -> None:
    README_FOLDER.mkdir(exist_ok=True)
    states = {name: sign_in(browser, address, name) for name in ("trainee.correction", "analyst.court")}
    trainee = opened(browser, address, DESK, states["trainee.correction"]).new_page()
    save(README_FOLDER / "home-zh-1280.png", picture(trainee, "/"))
    save(README_FOLDER / "question-zh-1280.png", picture(trainee, f"/questions/{QUESTION}/"))
    open_scene(trainee, next(scene for scene in SCENES if scene.name == "trainee-law"))
    save(README_FOLDER / "law-zh-1280.png", picture(trainee))
    analyst = opened(browser, address, DESK, states["analyst.court"]).new_page()
    save(README_FOLDER / "search-zh-1280.png", picture(analyst, FACETS_AT_DESK))
    save(README_FOLDER / "desk-zh-1280.png", picture(analyst, "/desk/"))
    analyst.emulate_media(color_scheme="dark", reduced_motion="reduce")
    save(README_FOLDER / "dossier-dark-zh-1280.png", picture(analyst, f"/dossiers/{DOSSIER}/"))
    phone = opened(browser, address, PHONE, states["trainee.correction"]).new_page()
    phones = [picture(phone, "/")]
    ask(phone)
    phones += [picture(phone), picture(phone, f"/questions/{QUESTION}/"), picture(phone, FACETS_ON_PHONE)]
    save(README_FOLDER / "phones.png", in_one_row(phones, PHONE["height"]))


# The demo that is looked at --------------------------------------------------------------------------------------


@contextmanager
def served_demo() -> Iterator[str]:
    """Serve a new demo from a folder of its own, and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="tongtang-screenshots-") as folder:
        variables = os.environ | {"TONGTANG_DATA_DIR": folder, "TONGTANG_VENV": sys.prefix}
        demo = subprocess.Popen(
            [ROOT / "run", "demo", "--port", str(port)], env=variables, stdout=subprocess.DEVNULL
        )
        try:
            await_answer(address, demo)
            yield address
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.wait()


def await_answer(address: str, demo: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while demo.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/health/", timeout=5).close()
        except OSError:
            time.sleep(1)
        else:
            return
    sys.exit(f"The demo does not answer at {address}.")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "pages", nargs="*", metavar="PAGE", help=f"one of {', '.join(scene.name for scene in SCENES)}"
    )
    parser.add_argument("--address", help="of a demo that runs, such as http://127.0.0.1:8000")
    parser.add_argument("--readme", action="store_true", help="take those of the README alone")
    options = parser.parse_args()
    if unknown := set(options.pages) - {scene.name for scene in SCENES}:
        parser.error(f"no such page: {', '.join(sorted(unknown))}")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        if options.address:
            take(chromium, options.address.rstrip("/"), options)
        else:
            with served_demo() as address:
                take(chromium, address, options)
        chromium.close()


def take(browser: Browser, address: str, options: argparse.Namespace) -> None:
    if options.readme:
        take_readme(browser, address)
    else:
        take_scenes(browser, address, options.pages)


if __name__ == "__main__":
    main()
