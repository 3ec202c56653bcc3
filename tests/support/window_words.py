"""What of a window is not translated: seen in the language nobody speaks, where every text stands in ⟦ ⟧.

What is left outside of them must be a name, an id, a unit or something typed: things that are the same in every
language.
"""

import re
from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QSpinBox,
    QTabBar,
    QTableView,
    QTreeView,
    QWidget,
)

from tests.support.pseudo import CLOSE, OPEN
from tests.support.window_access import named
from tests.support.window_walk import Shown

# The same in every language: products, fields of the provider, units, formats, keys; people and places of the walk.
_NAMES = re.compile(
    r"""facevid | Ctrl | Shift | Alt | Enter | Esc | Home | End | Space | PgUp | PgDown
    | FlowId | SignId | AppId | SecretId | SecretKey | ESS | KYC | PDF | CSV | MP4 | AAC | UTC | SHA | PNG | zip | ZIP
    | fps | kHz | kB | MB | GB | ms | min | English
    | investigator | li | wang | Sample | Person | Ünal | Öz | contracts | orders""",
    re.VERBOSE,
)
# Ids, paths, times, names of fields; hashes of the walk.
_MACHINE = re.compile(r"\S*[/\\_@:=.]\S*|\S*\d\S*|[A-Za-z]+(?:[A-Z][a-z]*)+|[A-Z]{1,2}|(?:ab){2,}|r{36}")
# What people of the walk typed, or the service said.
_FACTS = {"help_system", "help_libraries", "paper_box"}  # names and versions of other programs
_TYPED = re.compile(
    r"\(district court, second instance\)|disputed signature|court order|dispute|The signature is not valid\."
    r"|blinks (?:twice|once)|never mind|smiles|Fraud, this quarter"
)
NOWHERE = QModelIndex()
_ROWS = 30
_WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")


def untranslated(shown: Shown) -> Iterator[str]:
    """Complain about words that no translation was asked for."""
    for widget in [shown.window, *shown.window.findChildren(QWidget)]:
        if widget is not shown.window and (not widget.isVisible() or widget.window() is not shown.window):
            continue
        parent = widget.parentWidget()
        if {widget.objectName(), parent.objectName() if parent else ""} & _FACTS:
            continue
        for where, text in said(widget):
            words = left_over(text)
            if words:
                yield f"{named(widget)} {where} is not translated: {' '.join(words)} ({text[:60]!r})"


def said(widget: QWidget) -> Iterator[tuple[str, str]]:
    """Every word a widget says, and where."""
    yield "tooltip", re.sub(r"</?qt>", "", widget.toolTip())
    yield "name", widget.accessibleName()
    yield "description", widget.accessibleDescription()
    if widget.isWindow():
        yield "title", widget.windowTitle()
    if isinstance(widget, QLabel | QAbstractButton):
        yield "text", widget.text()
    elif isinstance(widget, QLineEdit | QPlainTextEdit):
        yield "hint", widget.placeholderText()
    elif isinstance(widget, QSpinBox):
        yield "unit", widget.suffix()
    else:
        for words in entries(widget):
            yield "entry", words


def entries(widget: QWidget) -> Iterator[str]:
    """The words of what has several."""
    if isinstance(widget, QMenu):
        yield from (action.text() for action in widget.actions())
    elif isinstance(widget, QComboBox):
        yield from (widget.itemText(number) for number in range(widget.count()))
    elif isinstance(widget, QTabBar):
        yield from (widget.tabText(number) for number in range(widget.count()))
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from cells(widget)


def cells(view: QAbstractItemView) -> Iterator[str]:
    """The headlines and the first rows of a list or table, as they are shown and as they are spoken."""
    model = view.model()
    if isinstance(view, QTableView | QTreeView):
        yield from (
            str(model.headerData(n, Qt.Orientation.Horizontal) or "") for n in range(model.columnCount(NOWHERE))
        )
    columns = model.columnCount(NOWHERE) if isinstance(view, QTableView | QTreeView) else 1
    for row in range(min(model.rowCount(NOWHERE), _ROWS)):
        for column in range(columns):
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
                yield str(model.index(row, column).data(role) or "")


def left_over(text: str) -> list[str]:
    """What of a text stands outside of all brackets and is no name."""
    outside, depth = "", 0
    for letter in text:
        depth += letter == OPEN
        if not depth:
            outside += letter
        depth -= letter == CLOSE
    plain = " ".join(word for word in _TYPED.sub("", outside).split() if not _MACHINE.fullmatch(word))
    return [word for word in _WORD.findall(plain) if not _NAMES.fullmatch(word)]
