"""Windows of these tests are drawn off-screen, unless the environment names a platform."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before the first QApplication, which a session shares
