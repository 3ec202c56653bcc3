"""Colours: three schemes, changed live; text readable on its ground; states told apart by more than colour."""

import re
from dataclasses import asdict, fields
from itertools import product
from string import Template

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPalette, QStyleHints
from PySide6.QtWidgets import QApplication, QMenu

from facevid_gui.bridge.session import Page
from facevid_gui.resources import resource
from facevid_gui.views.theme import (
    CONTRAST,
    DARK,
    LIGHT,
    STAGE,
    STAGE_TEXT,
    Theme,
    Tokens,
    by_font,
    icon,
    palette_of,
    style_sheet,
)
from tests.support.window_driver import Driver
from tests.support.window_records import make_record, make_reviewed, make_verdict

SCHEMES = (LIGHT, DARK, CONTRAST)
DESIGN = {
    "light": ("F4F5F7", "FFFFFF", "E1E5EA", "1B1F24", "5B6470", "2563C9", "1A7F4B", "9A5B00", "B3261E"),
    "dark": ("14171B", "1C2026", "2D333B", "E6E9EE", "9AA4B2", "7AA7FF", "58C98F", "F0B35A", "FF8A80"),
}
NAMES = ("bg", "panel", "border", "text", "muted", "accent", "ok", "warn", "bad")


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.1)."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_tokens_are_those_of_the_design(tokens: Tokens) -> None:
    assert tuple(getattr(tokens, name) for name in NAMES) == DESIGN[tokens.name]


@pytest.mark.parametrize("tokens", SCHEMES, ids=lambda tokens: tokens.name)
def test_every_token_is_a_colour(tokens: Tokens) -> None:
    for field in fields(tokens):
        value = getattr(tokens, field.name)
        assert field.name == "name" or re.fullmatch(r"[0-9A-F]{6}", value)


WORDS = ("text", "muted", "accent", "ok", "warn", "bad")
GROUNDS = ("bg", "panel")
PAIRS = [
    *product(WORDS, GROUNDS),
    *((name, f"{name}_soft") for name in ("ok", "warn", "bad", "accent")),  # chips, banners, chosen tabs
    *product(("text",), ("ok_soft", "warn_soft", "bad_soft", "accent_soft", "hover")),
    *product(("muted",), ("hover", "accent_soft")),  # filters, rows of the library
    *product(("warn", "bad"), ("accent_soft", "hover")),  # states in a chosen row
    ("on_accent", "accent"),
]


@pytest.mark.parametrize("tokens", SCHEMES, ids=lambda tokens: tokens.name)
@pytest.mark.parametrize(("words", "ground"), PAIRS)
def test_words_can_be_read_on_their_ground(tokens: Tokens, words: str, ground: str) -> None:
    ratio = contrast(getattr(tokens, words), getattr(tokens, ground))
    assert ratio >= (7.0 if tokens is CONTRAST and words == "text" else 4.5), f"{ratio:.2f}"


def test_words_on_the_stage_can_be_read_in_every_scheme() -> None:
    assert contrast(STAGE_TEXT, STAGE) >= 4.5


@pytest.mark.parametrize("tokens", SCHEMES, ids=lambda tokens: tokens.name)
def test_the_palette_is_made_of_the_tokens(application: QApplication, tokens: Tokens) -> None:
    palette = palette_of(tokens)
    role = QPalette.ColorRole
    for which, name in ((role.Window, "bg"), (role.Base, "panel"), (role.Text, "text"), (role.WindowText, "text"),
                        (role.ButtonText, "text"), (role.Highlight, "accent"), (role.HighlightedText, "on_accent"),
                        (role.PlaceholderText, "muted"), (role.Link, "accent")):  # fmt: skip
        assert palette.color(which) == QColor(f"#{getattr(tokens, name)}")


@pytest.mark.parametrize("tokens", SCHEMES, ids=lambda tokens: tokens.name)
def test_the_style_sheet_has_no_blank_left_and_no_colour_of_its_own(tokens: Tokens) -> None:
    template = resource("styles/window.qss").read_text("utf-8")
    assert not re.search(r"#[0-9A-Fa-f]{3,8}\b", template), "colours come from the tokens"
    blanks = set(Template(template).get_identifiers())
    assert blanks <= {*asdict(tokens), "radius_control", "radius_card"}
    sheet = style_sheet(tokens)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")


def test_a_scheme_is_changed_live_and_everything_is_drawn_anew(driver: Driver) -> None:
    driver.show_page(Page("record", make_reviewed(make_record("kyc"), make_verdict())))
    shown = {}
    for name in ("light", "dark", "contrast", "light"):
        driver.desktop.theme.choose(name)
        driver.settle()
        image = driver.window.grab().toImage()
        if name in shown:
            assert same(image, shown[name]), "coming back to a scheme leaves nothing of the other"
        shown[name] = image
        ground = image.pixelColor(
            driver.window.library.mapTo(driver.window, driver.window.library.rect().bottomLeft() + QPoint(8, -8))
        )
        assert ground == QColor(f"#{driver.desktop.theme.tokens.panel}")
    assert not same(shown["light"], shown["dark"])
    assert not same(shown["dark"], shown["contrast"])


def same(one: QImage, other: QImage) -> bool:
    return one == other


def test_it_follows_the_system_until_a_scheme_is_chosen(
    application: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme = Qt.ColorScheme.Unknown
    theme = Theme(application)
    monkeypatch.setattr(theme, "_system_tokens", lambda: DARK if scheme == Qt.ColorScheme.Dark else LIGHT)
    theme.apply()
    assert theme.tokens is LIGHT, "an unknown scheme is a light one"
    scheme = Qt.ColorScheme.Dark
    theme.apply()
    assert theme.tokens is DARK
    theme.choose("contrast")
    theme.apply()
    assert theme.tokens is CONTRAST
    theme.choose("system")
    assert theme.tokens is DARK
    application.styleHints().colorSchemeChanged.disconnect(theme.apply)
    theme.deleteLater()


def test_the_system_s_change_is_listened_to(driver: Driver) -> None:
    changes: list[bool] = []
    driver.desktop.theme.changed.connect(lambda: changes.append(True))
    driver.desktop.application.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert changes


class System:
    """The system's hints with a scheme of our choice (off-screen there is none); everything else is Qt's own."""

    def __init__(self, hints: QStyleHints) -> None:
        self._hints, self.scheme = hints, Qt.ColorScheme.Unknown

    def colorScheme(self) -> Qt.ColorScheme:  # noqa: N802 - Qt's name
        return self.scheme

    def __getattr__(self, name: str) -> object:
        return getattr(self._hints, name)

    def turn(self, scheme: Qt.ColorScheme) -> None:
        self.scheme = scheme
        self._hints.colorSchemeChanged.emit(scheme)


@pytest.fixture
def system(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> System:
    made = System(driver.desktop.theme._hints)
    monkeypatch.setattr(driver.desktop.theme, "_hints", made)
    return made


def test_a_window_that_stands_follows_the_system_live(driver: Driver, system: System) -> None:
    """The pixels change, and change back."""
    driver.desktop.theme.choose("system")
    grounds = []
    for scheme in (Qt.ColorScheme.Light, Qt.ColorScheme.Dark, Qt.ColorScheme.Unknown):
        system.turn(scheme)
        driver.settle()
        grounds.append(driver.window.grab().toImage().pixelColor(4, driver.window.height() - 4).name())
    assert grounds == [f"#{tokens.panel.lower()}" for tokens in (LIGHT, DARK, LIGHT)]


def test_a_chosen_scheme_stays_whatever_the_system_does(driver: Driver, system: System) -> None:
    driver.desktop.theme.choose("light")
    system.turn(Qt.ColorScheme.Dark)
    assert driver.desktop.theme.tokens is LIGHT


@pytest.mark.skipif(not hasattr(QStyleHints, "accessibility"), reason="this Qt does not know the wish for contrast")
def test_the_wish_for_contrast_is_followed_live(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    theme, wish = driver.desktop.theme, [True]
    theme.choose("system")
    monkeypatch.setattr(theme, "_wants_contrast", lambda: wish[0])
    hints = theme._hints.accessibility()
    hints.contrastPreferenceChanged.emit(Qt.ContrastPreference.HighContrast)
    assert theme.tokens is CONTRAST
    wish[0] = False
    hints.contrastPreferenceChanged.emit(Qt.ContrastPreference.NoPreference)
    assert theme.tokens in (LIGHT, DARK)


def test_the_font_of_the_system_stays_the_system_s(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless one has to be chosen, none is set: one that was set would no longer follow."""
    chosen: list[object] = []
    monkeypatch.setattr(QApplication, "setFont", lambda _application, font: chosen.append(font))
    Theme(theme._application, "light", theme)
    assert chosen == []
    other = QApplication.font()
    other.setPointSizeF(other.pointSizeF() + 1)
    monkeypatch.setattr("facevid_gui.views.theme.interface_font", lambda: other)
    Theme(theme._application, "light", theme)
    assert chosen == [other]


@pytest.mark.parametrize(("points", "pixels"), [(10.0, 290), (15.0, 435), (9.0, 290)])
def test_measures_grow_with_the_letters_and_never_shrink(
    monkeypatch: pytest.MonkeyPatch, application: QApplication, points: float, pixels: int
) -> None:
    font = QApplication.font()
    font.setPointSizeF(points)
    monkeypatch.setattr(QApplication, "font", staticmethod(lambda: font))
    assert by_font(290) == pixels


OUTLINED = [("outline", ground) for ground in ("bg", "panel")] + [("accent", "panel"), ("accent", "bg")]


@pytest.mark.parametrize("tokens", SCHEMES, ids=lambda tokens: tokens.name)
@pytest.mark.parametrize(("line", "ground"), OUTLINED)
def test_outlines_and_marks_are_seen(tokens: Tokens, line: str, ground: str) -> None:
    """WCAG 1.4.11: 3 to 1 for what shows where a control is and that it has the focus, and for icons that speak."""
    assert contrast(getattr(tokens, line), getattr(tokens, ground)) >= 3.0


def test_the_appearance_is_chosen_in_the_menu(driver: Driver) -> None:
    menu = next(child for child in driver.window.menu.findChildren(QMenu) if child.title() == "Appearance")
    actions = {action.text(): action for action in menu.actions()}
    assert list(actions) == ["Like the system", "Light", "Dark", "High contrast"]
    assert actions["Like the system"].isChecked()
    for name, tokens in (("Dark", DARK), ("High contrast", CONTRAST), ("Light", LIGHT)):
        actions[name].trigger()
        assert driver.desktop.theme.tokens is tokens
        assert actions[name].isChecked()
        assert not actions["Like the system"].isChecked()


ICONS = sorted(path.stem for path in resource("icons").glob("*.svg"))


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_is_drawn_in_the_colour_of_its_place(application: QApplication, name: str) -> None:
    pictures = [icon(name, color, 20).pixmap(20, 20).toImage() for color in ("FF0000", "0000FF")]
    for picture in pictures:
        assert any(picture.pixelColor(x, y).alpha() > 100 for x in range(20) for y in range(20)), "nothing is drawn"
    assert name == "app" or pictures[0] != pictures[1]


def test_an_icon_is_sharp_on_every_screen(application: QApplication) -> None:
    drawn = icon("play", "000000", 20)
    for screen in application.screens():
        assert round(20 * screen.devicePixelRatio()) in {size.width() for size in drawn.availableSizes()}
