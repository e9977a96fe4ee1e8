"""The auditors' report in a real browser: what its readers can see, reach and print, whatever names are in it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from resilience_checks.report.formats import FORMS, Style
from resilience_checks.report.html.page import Html
from tests.report.estate_samples import HOSTILE, audited, names
from tests.report.samples import CLEAN, EVERYTHING, GATED, REPORTS, reports, write_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from resilience_checks.report.interface import Report

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LARGE = 500
SECONDS = 2.0
LOADED = 10.0
"""Seconds for the browser while all other tests run beside it; alone it takes 1.4."""
MEGABYTES = 10.0
SECTIONS = (
    "Scope and inputs", "The estate", "Services by policies", "Services", "Blast radius", "Findings", "Waivers",
    "Unknown and assumed", "What verdicts rest on", "Coverage", "Controls by standard",
    "What this report does not show",
)  # fmt: skip


def rendered(report: Report, root: Path) -> str:
    write_source(root)
    return FORMS["html"].renderer(Style(root)).render(report)


class Reader:
    """A page of the browser, and what it tried to do beyond showing the file."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page, self.file = page, file
        self.tried, self.failed = list[str](), list[str]()
        page.on("request", lambda request: self.tried.append(request.url))
        page.on("requestfailed", lambda request: self.failed.append(str(request.failure)))
        page.on("dialog", lambda dialog: self.tried.append(dialog.message))
        page.on("console", lambda message: self.tried.append(message.text))
        page.on("pageerror", lambda error: self.tried.append(str(error)))

    def open(self, text: str) -> Page:
        self.file.write_text(text, encoding="utf-8")
        self.page.goto(self.file.as_uri())
        return self.page


@pytest.fixture(params=["light", "dark"])
def reader(request: pytest.FixtureRequest, chromium: Browser, tmp_path: Path) -> Iterator[Reader]:
    """A reader who prefers light, and one who prefers dark."""
    context = chromium.new_context(color_scheme=request.param, viewport={"width": 1280, "height": 900})
    yield Reader(context.new_page(), tmp_path / "report.html")
    context.close()


@pytest.fixture
def page(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    """The report of five services, opened."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield Reader(context.new_page(), tmp_path / "report.html").open(rendered(audited(names(5)), tmp_path))
    context.close()


def violations(page: Page, axe: str) -> list[Any]:
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.evaluate(axe)
    found = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations']})", TAGS)
    return [(each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in found["violations"]]


@pytest.mark.parametrize("services", [names(5), HOSTILE], ids=["plain", "hostile"])
def test_axe_finds_nothing_in_light_and_dark(reader: Reader, axe: str, services: list[str], tmp_path: Path) -> None:
    assert violations(reader.open(rendered(audited(services), tmp_path)), axe) == []


@pytest.mark.parametrize("report", [EVERYTHING, GATED, CLEAN, REPORTS["nothing"]])
def test_axe_finds_nothing_in_a_report_without_an_audit(
    chromium: Browser, axe: str, report: Report, tmp_path: Path
) -> None:
    with chromium.new_context() as context:
        page = Reader(context.new_page(), tmp_path / "report.html").open(rendered(report, tmp_path))
        assert violations(page, axe) == []


def test_no_name_becomes_an_element_a_script_or_a_request(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(rendered(audited(HOSTILE), tmp_path))
    assert page.title().startswith("Resilience report: ")
    assert page.locator("script, iframe, img, object, embed, link, base, form, [onmouseover], [onerror]").count() == 0
    assert page.locator("a:not([href^='#'])").count() == 0
    assert reader.tried == [reader.file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_script_would_not_run_if_one_came_in(reader: Reader, tmp_path: Path) -> None:
    forged = "<script>document.title='forged'</script><img src='https://evil.example/x.png'>"
    page = reader.open(rendered(CLEAN, tmp_path).replace("</main>", forged + "</main>"))
    assert page.title().startswith("Resilience report: ")
    assert any("Content Security Policy" in told for told in reader.tried)
    assert "csp" in reader.failed


def test_every_section_of_the_report_is_reached_from_the_contents(page: Page) -> None:
    links = page.locator("nav a")
    assert tuple(links.all_inner_texts()) == SECTIONS
    for target, title in zip([link.get_attribute("href") for link in links.all()], SECTIONS, strict=True):
        assert page.locator(f"{target} > h2").inner_text() == title


def test_every_link_leads_somewhere_and_no_id_is_given_twice(page: Page) -> None:
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
    targets = page.evaluate("[...document.querySelectorAll('a')].map(each => each.getAttribute('href').slice(1))")
    assert len(ids) == len(set(ids))
    assert set(targets) <= set(ids)


def test_the_chosen_service_shows_its_weakest_cut(page: Page) -> None:
    def shown() -> tuple[str, int]:
        return page.locator(".chosen").inner_text(), page.locator(".hit:visible").count()

    assert shown() == (
        "service-0 is lost when these 2 come together: outage of site north; outage of carrier one.",
        page.locator(".hit.cut-0").count(),
    )
    page.get_by_label("Show the weakest cut of").select_option("1")
    assert shown() == (
        "service-1 is lost by one fault alone: bad change of management plane fmg.example.",
        page.locator(".hit.cut-1").count(),
    )


def test_the_matrix_shows_only_services_with_what_was_asked_for(page: Page) -> None:
    rows = page.locator(".matrix tbody tr:visible")
    everything = rows.count()
    page.get_by_label(re.compile("with an error")).check()
    assert (rows.count(), everything) == (1, 5 + 11 + 1)


def test_the_keyboard_reaches_all_that_can_be_used(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    wanted = page.locator("a:visible, summary, select, [tabindex='0'], input:checked").count()
    reached = page.evaluate_handle("new Set()")
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        page.evaluate("set => set.add(document.activeElement)", reached)
    assert page.evaluate("set => [...set].filter(each => each !== document.body).length", reached) >= wanted


def test_the_first_key_leads_past_the_head(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_it_prints_with_everything_unfolded(page: Page) -> None:
    page.emulate_media(media="print")
    assert page.locator("nav").is_hidden()
    assert page.get_by_text("service-4 moves to its standby").is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")


def test_a_narrow_window_needs_no_scrolling_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_five_hundred_services_stay_readable(chromium: Browser, axe: str, tmp_path: Path) -> None:
    report = audited(names(LARGE))
    begun = time.process_time()
    text = rendered(report, tmp_path)
    made = time.process_time() - begun
    with chromium.new_context() as context:
        reader = Reader(context.new_page(), tmp_path / "report.html")
        begun = time.monotonic()
        page = reader.open(text)
        loaded = time.monotonic() - begun
        assert page.locator("#services > details").count() >= LARGE
        assert page.locator("#services > details[open]").count() == 0
        # The rules take half a minute over all rows, which are alike: the first of them stand for all.
        page.evaluate(
            "document.querySelectorAll('.matrix tbody tr:nth-child(n+9), .service:nth-of-type(n+4)').forEach(each => each.remove())"
        )
        assert violations(page, axe) == []
    assert (made < SECONDS, loaded < LOADED, len(text.encode()) / 1e6 < MEGABYTES) == (True, True, True)


@settings(max_examples=25)
@given(reports())
def test_any_report_is_rendered_without_what_misleads(tmp_path_factory: pytest.TempPathFactory, report: Report) -> None:
    text = Html(Style(tmp_path_factory.getbasetemp())).render(report)
    assert all(char.isprintable() or char in "\n\t" for char in text)
    assert "<script" not in text
    assert "<img" not in text


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    assert rendered(audited(names(5)), tmp_path) == rendered(audited(names(5)), tmp_path)


def test_what_was_not_collected_is_said_to_be_missing(tmp_path: Path) -> None:
    text = rendered(EVERYTHING, tmp_path)
    assert "No picture was collected for this report" in text
    assert "They were not collected for this report" in text
