"""Words of Qt's own file dialog that its Chinese translation lacks (floor 3).

`qtbase_zh_CN` of Qt 6.11 knows these words in an older form. Ours are asked first, since they are loaded last
(`application.install_translators`). Nothing needs this list at run time: `.ci/words` collects it.
"""

from PySide6.QtCore import QT_TRANSLATE_NOOP

LACKING = (
    QT_TRANSLATE_NOOP("QFileDialog", "&Look in:"),
    QT_TRANSLATE_NOOP("QFileDialog", "Files of &type:"),
    QT_TRANSLATE_NOOP("QFileDialog", "&Directory:"),
    QT_TRANSLATE_NOOP("QAbstractFileIconProvider", "Folder"),
    QT_TRANSLATE_NOOP("QAbstractFileIconProvider", "File"),
    QT_TRANSLATE_NOOP("QAbstractFileIconProvider", "%1 File"),
    QT_TRANSLATE_NOOP("QAbstractFileIconProvider", "Drive"),
    QT_TRANSLATE_NOOP("QAbstractFileIconProvider", "Unknown"),
)
