"""Colours, fonts and icons: tokens for light, dark and high contrast, one palette per scheme (floor 3).

What enters: the system's colour scheme, or the user's choice. What leaves: a palette, a small style sheet built from
the same tokens, icons drawn in the colour of their place. Tokens: design section 4.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from string import Template

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
    QStyleHints,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from facevid_gui.resources import resource

SPACE_XS, SPACE_S, SPACE_M, SPACE_L, SPACE_XL = 4, 8, 12, 16, 24
RADIUS_CONTROL, RADIUS_CARD = 6, 8
STYLE = "Fusion"  # a word on the command line: `setStyle` would hand over an object, whose type costs 6 ms to make
STAGE = "0C0E11"
STAGE_TEXT = "C9CED6"
_MEASURED_AT_POINTS = 10
_KNOWS_CONTRAST = hasattr(QStyleHints, "accessibility")
_CJK_FAMILIES = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei")


@dataclass(frozen=True)
class Tokens:
    """Colours as six hex digits."""

    name: str
    bg: str
    panel: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    ok: str
    warn: str
    bad: str
    ok_soft: str
    warn_soft: str
    bad_soft: str
    accent_soft: str
    hover: str
    outline: str  # of what is typed into or pressed: 3 to 1 on every ground (WCAG 1.4.11)


LIGHT = Tokens(
    "light", "F4F5F7", "FFFFFF", "E1E5EA", "1B1F24", "5B6470", "2563C9", "FFFFFF", "1A7F4B", "9A5B00", "B3261E",
    "EAF6EF", "FDF1DF", "FCE9E7", "E8EFFC", "EEF1F5", "828B98",
)  # fmt: skip
DARK = Tokens(
    "dark", "14171B", "1C2026", "2D333B", "E6E9EE", "9AA4B2", "7AA7FF", "10203C", "58C98F", "F0B35A", "FF8A80",
    "16301F", "33270F", "3A1B1A", "1D2D4F", "262C34", "646D79",
)  # fmt: skip
CONTRAST = Tokens(
    "contrast", "000000", "000000", "FFFFFF", "FFFFFF", "E0E0E0", "6FB7FF", "000000", "5CFF9D", "FFD24A", "FF9C94",
    "000000", "000000", "000000", "10243F", "1F1F1F", "FFFFFF",
)  # fmt: skip
_SCHEMES = {tokens.name: tokens for tokens in (LIGHT, DARK, CONTRAST)}


class Theme(QObject):
    """The colours in use. Follows the system live unless the user chose a scheme. The application has style `STYLE`."""

    changed = Signal()

    def __init__(self, application: QApplication, choice: str = "system", parent: QObject | None = None) -> None:
        super().__init__(parent or application)
        self._application = application
        self._choice = choice
        self._dressed = False
        self.tokens = LIGHT
        font = interface_font()
        if font != application.font():  # a font that was set would no longer follow the system's
            application.setFont(font)
        self._hints = application.styleHints()  # kept: PySide forgets `accessibility()` with what it was asked of
        self._hints.colorSchemeChanged.connect(self.apply)
        if _KNOWS_CONTRAST:
            self._hints.accessibility().contrastPreferenceChanged.connect(self.apply)
        self.apply()

    @property
    def choice(self) -> str:
        """The scheme the user chose, or "system"."""
        return self._choice

    def dress(self) -> None:
        """Put the style sheet on, once the window is built.

        With one, Qt looks at all children again each time a part finds its parent (measured: 40 of 110 ms).
        """
        self._dressed = True
        self._application.setStyleSheet(style_sheet(self.tokens))

    def choose(self, choice: str) -> None:
        """Use "light", "dark", "contrast", or follow the "system"."""
        self._choice = choice
        self.apply()

    def apply(self, *_: object) -> None:
        """Put the colours in force."""
        self.tokens = _SCHEMES.get(self._choice) or self._system_tokens()
        self._application.setPalette(palette_of(self.tokens))
        if self._dressed:
            self.dress()
        self.changed.emit()

    def color(self, name: str) -> QColor:
        """A token as a colour."""
        return QColor(f"#{getattr(self.tokens, name)}")

    def icon(self, name: str, color: str = "text", size: int = 20) -> QIcon:
        """An icon in one of the colours."""
        return icon(name, getattr(self.tokens, color), size)

    def _wants_contrast(self) -> bool:
        """Whether the user asked the system for more contrast; Qt before 6.10 does not know."""
        if not _KNOWS_CONTRAST:
            return False
        return self._hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast

    def _system_tokens(self) -> Tokens:
        if self._wants_contrast():
            return CONTRAST
        scheme = self._hints.colorScheme()
        return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def palette_of(tokens: Tokens) -> QPalette:
    """Build the palette of a scheme."""
    role = QPalette.ColorRole
    colors = {
        role.Window: tokens.bg, role.WindowText: tokens.text, role.Base: tokens.panel, role.AlternateBase: tokens.bg,
        role.Text: tokens.text, role.PlaceholderText: tokens.muted, role.Button: tokens.panel,
        role.ButtonText: tokens.text, role.BrightText: tokens.bad, role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent, role.ToolTipBase: tokens.panel, role.ToolTipText: tokens.text,
        role.Link: tokens.accent, role.LinkVisited: tokens.accent, role.Mid: tokens.border, role.Dark: tokens.border,
        role.Light: tokens.panel, role.Midlight: tokens.hover, role.Shadow: tokens.border, role.Accent: tokens.accent,
    }  # fmt: skip
    palette = QPalette()
    for which, value in colors.items():
        palette.setColor(which, QColor(f"#{value}"))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        color = QColor(f"#{tokens.muted}")
        color.setAlpha(150)
        palette.setColor(QPalette.ColorGroup.Disabled, which, color)
    return palette


def interface_font() -> QFont:
    """The system's interface font; where none is set up on Linux, one that holds Latin and Chinese alike."""
    font = QApplication.font()
    if QGuiApplication.platformName() in ("offscreen", "minimal") or font.family() in ("Sans Serif", "DejaVu Sans"):
        chosen = next((name for name in _CJK_FAMILIES if QFontDatabase.hasFamily(name)), None)
        if chosen:
            font.setFamily(chosen)
    if font.pointSizeF() < 9:
        font.setPointSizeF(10)
    return font


def by_font(pixels: int) -> int:
    """A measure that was made for letters of 10 points, for the letters there are; never less."""
    return max(pixels, round(pixels * QApplication.font().pointSizeF() / _MEASURED_AT_POINTS))


def fixed_font(relative: float = 0.94) -> QFont:
    """A monospace for ids and hashes."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(QApplication.font().pointSizeF() * relative)
    return font


@lru_cache(maxsize=256)
def icon(name: str, color: str, size: int) -> QIcon:
    """Draw an icon of the family in a colour (six hex digits), sharp on every screen there is."""
    raw = resource(f"icons/{name}.svg").read_bytes().replace(b"currentColor", f"#{color}".encode())
    renderer = QSvgRenderer(QByteArray(raw))
    made = QIcon()
    for factor in sorted({1.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}):
        pixmap = QPixmap(QSize(round(size * factor), round(size * factor)))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(pixmap.rect()))
        painter.end()
        pixmap.setDevicePixelRatio(factor)
        made.addPixmap(pixmap)
    return made


def style_sheet(tokens: Tokens) -> str:
    """The little QSS there is, its blanks filled with the colours and measures of a scheme."""
    measures = {"radius_control": RADIUS_CONTROL, "radius_card": RADIUS_CARD}
    return _sheet().substitute({**asdict(tokens), **measures})


@lru_cache(maxsize=1)
def _sheet() -> Template:
    return Template(resource("styles/window.qss").read_text("utf-8"))
