"""Widget labels and Qt's own words in the language nobody speaks."""

from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from facevid_gui.house import House
from tests.support.pseudo import PseudoMessages, pseudo

_NOT_WORDS = ("QShortcut", "QT_LAYOUT_DIRECTION")  # names of keys are compared; the direction is no text


class PseudoTranslator(QTranslator):
    """Translates whatever it is asked."""

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's name
        """It knows everything."""
        return False

    def translate(self, context: str, source: str, _disambiguation: str | None = None, _n: int = -1) -> str:
        """The source, stretched."""
        return "" if context in _NOT_WORDS or source in _NOT_WORDS else pseudo(source)


def speak_pseudo(application: QApplication, house: House) -> PseudoTranslator:
    """Let the next window of a house speak it; the caller keeps the translator alive."""
    translator = PseudoTranslator()
    application.installTranslator(translator)
    house.__dict__["messages"] = PseudoMessages()
    return translator
