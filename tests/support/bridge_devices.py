"""A program of its own: sound devices come and go while clips are played; says what came of it as one line of JSON."""

import faulthandler
import json
import os
import subprocess

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
PATIENCE_S = 60


def pactl(*words: str) -> str:
    """Tell the sound daemon something; its answer."""
    return subprocess.run(["pactl", *words], capture_output=True, text=True, check=True, timeout=10).stdout.strip()


def main() -> None:
    """Play, unplug, play, plug in, play."""
    faulthandler.dump_traceback_later(PATIENCE_S, exit=True)
    from PySide6.QtGui import QGuiApplication

    from facevid_gui.bridge.player import Player, prepare_environment
    from tests.support.bridge_pictures import demo
    from tests.support.qt import pump_until

    prepare_environment()
    application = QGuiApplication([])
    player = Player()
    player.set_volume(0.25)
    player.set_muted(True)
    told: list[bool] = []
    shown: list[object] = []
    player.sound_changed.connect(told.append)
    player.frame_shown.connect(lambda _image, start: shown.append(start))

    def heard_on() -> str:
        """The sink that sound goes to, once it goes anywhere."""
        inputs: list[str] = []
        pump_until(lambda: inputs.append(pactl("list", "short", "sink-inputs")) or inputs[-1], 5.0, must=False)
        sinks = dict(line.split("\t")[:2] for line in pactl("list", "short", "sinks").splitlines())
        return sinks.get(inputs[-1].split("\t")[1], "?") if inputs[-1] else "nowhere"

    def goes_on() -> bool:
        before = len(shown)
        return pump_until(lambda: len(shown) > before + 5, 5.0, must=False)

    def play(person: str) -> str:
        player.load(demo(person))
        pump_until(lambda: player.state == "paused")
        player.play()
        assert goes_on()
        return heard_on()

    seen: dict[str, object] = {"first": play("A"), "told": list(told)}
    assert player._audio is not None
    seen["set before"] = [player._audio.volume(), player._audio.isMuted()]
    player.set_volume(0.5)
    player.set_muted(False)
    seen["set after"] = [player._audio.volume(), player._audio.isMuted()]
    pactl("load-module", "module-null-sink", "sink_name=second")
    pactl("unload-module", next(line.split("\t")[0] for line in pactl("list", "short", "modules").splitlines()
                                if "sink_name=null" in line))  # fmt: skip
    seen["goes on without the first"] = goes_on()
    seen["moved to"] = heard_on()
    seen["next clip"] = play("B")
    pactl("load-module", "module-null-sink", "sink_name=third")
    pactl("set-default-sink", "third")
    seen["goes on beside the third"] = goes_on()
    pump_until(lambda: heard_on() == "third", 5.0, must=False)
    seen["last"] = play("C")
    player.load(demo("A"))
    pump_until(lambda: player.state == "paused")
    player.play()
    assert goes_on()
    for line in pactl("list", "short", "modules").splitlines():
        if "sink" in line:
            pactl("unload-module", line.split("\t")[0])
    pump_until(lambda: not player.has_sound, 5.0)  # the picture stands still until that is found out
    seen["goes on without any"] = goes_on()
    player.load(demo("B"))
    pump_until(lambda: player.state == "paused")
    player.play()
    seen["the next, too"] = goes_on()
    pactl("load-module", "module-null-sink", "sink_name=back")
    pump_until(lambda: player.has_sound, 5.0)
    seen["goes on with one again"] = goes_on()
    seen["back"] = play("C")
    player.unload()
    print(json.dumps(seen), flush=True)
    application.quit()


if __name__ == "__main__":
    main()
