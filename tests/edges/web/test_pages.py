"""The pages in a real browser, with a server whose every field holds what one likes."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.edges.web.browser import PHONE, chromium, go, opened, pixel, too_wide
from tests.edges.web.stub import answer, serving

ROUTES = (
    "",
    "ports",
    "sources",
    "source/192.0.2.7",
    "port/22",
    "events",
    "blocks",
    "alerts",
    "settings",
    "health",
    "sensors",
)
PLAIN = "nmap"
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`${alert(3)}javascript:alert(4)"
    "\x1b]0;owned\x07\x1b[31m\r\n\x00\u202eesrever\u2066\u200b\U000e0041"
)
HIDDEN = (
    "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f]"
    "|[\\u{e0000}-\\u{e0fff}]"
)
LOGIN, NONE = "rgb(189, 31, 67)", "rgb(233, 236, 241)"
"""The map's colours in the light."""
WALK = (("Home", 0), ("n", 1), ("n", 2), ("n", 22), ("n", 1), ("ArrowDown", 257), ("ArrowLeft", 256), ("+", 256),
        ("End", 65535), ("ArrowRight", 65535), ("PageUp", 61439), ("0", 61439))  # fmt: skip
"""Keys, and the port one is at after each."""
LIGHT, DARK = "rgb(245, 246, 248)", "rgb(16, 20, 26)"
SHOWN_MAX = 60_000
"""Letters that a page shows of fields of a megabyte each."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def plain() -> Iterator[str]:
    with serving(
        lambda path: answer(path, PLAIN), lambda: iter([("feed", {"items": feed(PLAIN), "skipped": 0})])
    ) as url:
        yield url


def feed(text: str) -> list[object]:
    return [dict(told, kind="session.open") for told in answer("/api/events", text)["items"]]


def texts(page: Page) -> str:
    """All that can be read on the page, also in its title, its fields and its attributes for screen readers."""
    return str(
        page.evaluate(
            """() => [document.title, document.body.innerText,
                ...[...document.querySelectorAll('[aria-label], [aria-valuetext], [title], option')].map(one =>
                    [one.ariaLabel, one.ariaValueText, one.title, one.textContent].join(' '))].join('\\n')"""
        )
    )


def test_whatever_a_field_holds_is_shown_as_text(browser):
    with (
        serving(
            lambda path: answer(path, HOSTILE), lambda: iter([("feed", {"items": feed(HOSTILE), "skipped": 0})])
        ) as url,
        opened(browser, url) as page,
    ):
        for route in ROUTES:
            go(page, route)
            expect(page.locator("main")).to_contain_text("<script>alert(1)</script><img src=x onerror=alert(2)>")
            assert page.locator("main img, main script, main iframe, main [onerror]").count() == 0
            assert page.locator("main a[href]:not([href^='#/']):not([href^='/api/'])").count() == 0
            hidden = page.evaluate("([text, marks]) => text.match(new RegExp(marks, 'gu'))", [texts(page), HIDDEN])
            assert hidden is None, route


def hub(text):
    """Answers of a hub."""

    def reply(path):
        if path in ("/api/banner", "/api/world"):
            return None
        found = answer(path, text)
        return found | {"role": "hub"} if path == "/api/stats" else found

    return reply


def test_a_hub_shows_who_told_and_leaves_out_what_it_cannot_do(browser):
    with serving(hub(HOSTILE)) as url, opened(browser, url) as page:
        expect(page.get_by_role("link", name="Sensors")).to_be_visible()
        expect(page.get_by_role("link", name="Look up a port")).to_be_hidden()
        for route in ("sensors", "sources", "events", "source/192.0.2.7", "blocks", "port/22", "settings"):
            go(page, route)
            expect(page.locator("main")).to_contain_text("<script>alert(1)</script>")
            assert page.locator("main img, main script, main iframe, main [onerror]").count() == 0
            assert page.get_by_role("button", name="lock").count() == 0, route
        go(page, f"events?sensor={quote(HOSTILE)}")
        expect(page.get_by_label("Sensor")).to_have_value(HOSTILE)
        go(page, "sensors")
        expect(page.locator("main")).to_contain_text("Not all is well")


def test_an_event_in_full_is_text_too(browser):
    with serving(lambda path: answer(path, HOSTILE)) as url, opened(browser, f"{url}/#/events") as page:
        page.locator("summary").click()
        expect(page.locator("details pre")).to_contain_text("<script>alert(1)</script>")
        assert page.locator("details pre *").count() == 0


def test_a_hostile_address_of_a_page_is_text(browser, plain):
    with opened(browser, f"{plain}/#/source/%3Cscript%3Ealert(1)%3C%2Fscript%3E%E2%80%AE") as page:
        expect(page.get_by_role("heading", level=1)).to_contain_text("<script>")
        assert "\u202e" not in page.title() + page.inner_text("h1")
        go(page, "%ff<img src=x onerror=alert(1)>")
        expect(page.get_by_role("heading", level=1)).to_have_text("No such page")


def test_a_megabyte_in_every_field_is_cut(browser):
    huge = "A" * 1_000_000
    with serving(lambda path: answer(path, huge)) as url, opened(browser, url) as page:
        for route in ("", "sources", "source/192.0.2.7", "events", "port/22"):
            go(page, route)
            expect(page.locator("main")).to_contain_text("more)")
            assert page.evaluate("document.querySelector('main').textContent.length") < SHOWN_MAX, route
            assert too_wide(page) == 0, route


@pytest.mark.parametrize(("scheme", "rules"), [("light", {}), ("dark", {"runOnly": ["color-contrast"]})])
def test_axe_finds_nothing_serious(browser, plain, scheme, rules):
    with opened(browser, plain, color_scheme=scheme, reduced_motion="reduce") as page:
        for route in ROUTES:
            go(page, route)
            found = Axe().run(page, options=rules).response["violations"]
            serious = [one for one in found if one["impact"] in ("serious", "critical")]
            assert [(one["id"], node["html"][:200]) for one in serious for node in one["nodes"]] == [], route


@pytest.mark.parametrize("text", [PLAIN, "x" * 300], ids=["plain", "long"])
def test_a_phone_shows_every_page_without_scrolling_sideways(browser, text):
    with serving(lambda path: answer(path, text)) as url, opened(browser, url, viewport=PHONE, has_touch=True) as page:
        for route in ROUTES:
            go(page, route)
            assert too_wide(page) == 0, route


def test_a_phone_has_its_menu_behind_a_button(browser, plain):
    with opened(browser, plain, viewport=PHONE, has_touch=True) as page:
        menu, link = page.get_by_role("button", name="Menu"), page.get_by_role("link", name="Health")
        expect(link).to_be_hidden()
        menu.tap()
        expect(menu).to_have_attribute("aria-expanded", "true")
        link.tap()
        expect(page.get_by_role("heading", level=1)).to_have_text("Health")
        expect(link).to_be_hidden()
        menu.tap()
        page.keyboard.press("Escape")
        expect(link).to_be_hidden()


def test_the_keyboard_is_enough(browser, plain):
    with opened(browser, plain) as page:
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="To the content")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.get_by_role("link", name="Port map").focus()
        page.keyboard.press("Enter")
        heading, slider = page.get_by_role("heading", level=1), page.get_by_role("slider")
        expect(heading).to_have_text("Port map")
        expect(heading).to_be_focused()
        while not slider.evaluate("one => one === document.activeElement"):
            page.keyboard.press("Tab")
        for key, port in WALK:
            page.keyboard.press(key)
            expect(slider).to_have_attribute("aria-valuenow", str(port))
        expect(slider).to_have_attribute("aria-valuetext", "Port 61439: not touched · nmap nmap nmap")
        page.keyboard.press("Enter")
        expect(heading).to_have_text("Port 61439")


def test_the_map_shows_where_the_mouse_is_and_zooms(browser, plain):
    with opened(browser, f"{plain}/#/ports") as page:
        slider = page.get_by_role("slider")
        box = slider.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] * 22.5 / 256, box["y"] + box["height"] * 0.5 / 256)
        expect(slider).to_have_attribute("aria-valuenow", "22")
        expect(page.locator("output")).to_contain_text("Port 22: password tried")
        page.get_by_role("button", name="Zoom in").click(click_count=4)
        # Sixteen times as large, with the cursor still in view: a port is 64 pixels wide, and lit as such.
        assert (pixel(page, 540, 32), pixel(page, 1000, 1000)) == (LOGIN, NONE)


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/?port=25", "Port 25"),
        ("/config", "Alerts"),
        ("/source/192.0.2.7", "192.0.2.7"),
        ("/#/nowhere", "No such page"),
    ],
)
def test_old_addresses_lead_to_pages(browser, plain, address, heading):
    with opened(browser, plain + address) as page:
        for _ in range(2):
            expect(page.get_by_role("heading", level=1)).to_have_text(heading)
            page.reload()


def test_the_theme_is_the_readers_choice(browser, plain):
    with opened(browser, plain, color_scheme="light") as page:
        switch = page.get_by_role("button", name="Theme")
        for says, back in (("system", LIGHT), ("light", LIGHT), ("dark", DARK)):
            expect(switch).to_have_text(f"Theme: {says}")
            expect(page.locator("body")).to_have_css("background-color", back)
            if says != "dark":
                switch.click()
        page.reload()
        expect(page.locator("body")).to_have_css("background-color", DARK)


@pytest.mark.parametrize(("wish", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_who_wants_that(browser, plain, wish, moves):
    with opened(browser, plain, reduced_motion=wish) as page:
        expect(page.locator(".feed li").first).to_be_visible()
        expect(page.locator(".feed li").first).to_have_css("animation-name", "come" if moves else "none")


def test_a_refusal_is_told(browser):
    refused = {"/api/sources": None}
    with (
        serving(lambda path: refused.get(path, answer(path, PLAIN))) as url,
        opened(browser, url, complaints=("404",)) as page,
    ):
        go(page, "sources")
        expect(page.get_by_role("alert")).to_contain_text("The sensor refused: 404")
        go(page, "health")
        expect(page.get_by_role("alert")).to_have_count(0)


def test_news_do_not_take_the_focus_away(browser, plain):
    with opened(browser, f"{plain}/#/ports") as page:
        link = page.locator("main a").first
        expect(link).to_be_visible()
        link.focus()
        with page.expect_response("**/api/ports*"), page.expect_response("**/api/ports*"):
            pass
        expect(link).to_be_focused()
