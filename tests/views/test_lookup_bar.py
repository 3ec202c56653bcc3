"""The look-up bar: which world is asked, what was pasted, who signed, what runs."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QProgressBar, QPushButton

from facevid_gui.bridge.session import Activity
from facevid_gui.core.deadline import Deadline
from facevid_gui.core.messages import Messages
from facevid_gui.core.record import Signer
from facevid_gui.credentials.profiles import Profile, make_profile
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.views.lookup_bar import badge_of
from tests.support.window_driver import Driver
from tests.support.window_records import NOW

IDS = {
    "ess": {"user_id": "u"},
    "essbasic": {"app_id": "a", "proxy_organization_open_id": "o", "proxy_operator_open_id": "p"},
    "kyc": {"app_id": "a"},
}


def profile(kind: str = "ess", name: str = "work", **more: str) -> Profile:
    return make_profile(name, kind, {**IDS[kind], **more})


BADGES = [
    *((kind, {}, "prod") for kind in IDS),
    *((kind, {"environment": "test"}, "test") for kind in IDS),
    *((kind, {"endpoint": "http://127.0.0.1:8700"}, "simulator") for kind in IDS),
    ("ess", {"endpoint": "http://localhost:1"}, "simulator"),
    ("ess", {"endpoint": "https://[::1]:1"}, "simulator"),
    ("ess", {"endpoint": "https://ess.test.ess.tencent.cn"}, "test"),
    ("ess", {"endpoint": "https://proxy.example"}, "custom"),
    ("ess", {"endpoint": "https://essbasic.tencentcloudapi.com"}, "custom"),
    ("kyc", {"endpoint": "https://kyc1.qcloud.com.example"}, "custom"),
    ("ess", {"endpoint": "https://ess.tencentcloudapi.com"}, "prod"),
]


@pytest.mark.parametrize(("kind", "options", "badge"), BADGES)
def test_the_badge_says_which_world_is_asked(kind: str, options: dict[str, str], badge: str) -> None:
    assert badge_of(profile(kind, **options)) == badge


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_badge_is_a_word_and_a_colour_of_its_own(make_driver: Callable[..., Driver], language: str) -> None:
    driver = make_driver(language=language)
    badge = driver.window.bar.badge
    driver.choose_profile()
    assert not badge.isVisible()
    seen = set()
    for name in ("prod", "test", "simulator", "custom"):
        options = {
            "test": {"environment": "test"}, "simulator": {"endpoint": "http://127.0.0.1:1"},
            "custom": {"endpoint": "https://x.example"},
        }  # fmt: skip
        driver.choose_profile(profile(**options.get(name, {})))
        assert badge.isVisible()
        assert badge.text() == Messages(language).text(f"badge.{name}")
        seen.add(badge.text())
        assert (badge.property("tone") == "ok") == (name == "prod")
    assert len(seen) == 4


def test_the_box_lists_profiles_with_their_kind_and_a_way_to_more(driver: Driver) -> None:
    driver.choose_profile(profile("ess", "contracts"), profile("kyc", "orders"))
    box = driver.find("profile_box", QComboBox)
    assert [box.itemText(n) for n in range(box.count())] == [
        "contracts · E-sign", "orders · Face orders", "Add a profile…",
    ]  # fmt: skip
    driver.pick("profile_box", "orders")
    assert driver.session.profile is not None
    assert driver.session.profile.name == "orders"
    assert not driver.find("signer_box").isVisible(), "an order has no signers"
    driver.pick("profile_box", "")
    assert driver.dialog("profiles_dialog").isVisible()
    driver.click("close_profiles_button")
    assert box.currentText() == "orders · Face orders"


@pytest.mark.parametrize("name", ["profile_box", "signer_box"])
def test_wheel_and_keys_do_not_choose_in_passing(driver: Driver, name: str) -> None:
    """Entries that ask a service or open a dialog are chosen from the open list only."""
    driver.choose_profile(profile("ess", "one"), profile("ess", "two"))
    driver.paste("look_up_field", flow_id("One"))
    box = driver.find(name, QComboBox)
    wheel = QWheelEvent(
        QPointF(5, 5), box.mapToGlobal(QPointF(5, 5)), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, wheel)
    for key in (Qt.Key.Key_End, Qt.Key.Key_PageDown, Qt.Key.Key_T, Qt.Key.Key_A, Qt.Key.Key_E):
        QTest.keyClick(box, key)
        if box.view().isVisible():
            QTest.keyClick(box.view(), Qt.Key.Key_Escape)
    driver.settle()
    assert box.currentIndex() == 0
    assert not driver.has_dialog()
    assert not driver.session.is_busy
    QTest.keyClick(box, Qt.Key.Key_Down)
    driver.until(box.view().isVisible)
    QTest.keyClick(box.view(), Qt.Key.Key_Escape)


RECOGNISED = [
    (flow_id("One"), "recognised as contract flow, FlowId", "muted"),
    (f"  {flow_id('One')} \n", "recognised as contract flow, FlowId · cleaned", "muted"),
    (f"https://x.example/?flowId={flow_id('One')}&signId={sign_id('One')}", "FlowId and SignId, found in", "muted"),
    (f"SignId: {sign_id('One')}", None, "bad"),
    (f"{flow_id('One')}\n{flow_id('Two')}", None, "bad"),
    ("yD!", None, "bad"),
    ("", "", "muted"),
]  # fmt: skip


@pytest.mark.parametrize(("pasted", "words", "tone"), RECOGNISED)
def test_what_was_pasted_is_named_in_the_field(driver: Driver, pasted: str, words: str | None, tone: str) -> None:
    driver.window.resize(1900, 860)
    driver.choose_profile(profile())
    driver.paste("look_up_field", pasted)
    hint = driver.window.bar.field._hint
    assert hint.property("tone") == tone
    field = driver.find("look_up_field", QLineEdit)
    assert field.accessibleDescription().startswith((words or "")[:20])
    if words is None:
        assert hint.text()
        assert "error." not in hint.text()
    else:
        assert hint.text().startswith(words)


def test_the_profile_follows_what_was_pasted(driver: Driver) -> None:
    driver.choose_profile(profile("ess", "contracts"), profile("kyc", "orders"))
    driver.paste("look_up_field", "订单号:simOrder0001")
    assert driver.session.profile is not None
    assert driver.session.profile.name == "orders"
    driver.paste("look_up_field", flow_id("One"))
    assert driver.find("profile_box", QComboBox).currentText().startswith("contracts")


def test_a_long_hint_never_lies_over_what_was_typed(driver: Driver) -> None:
    driver.choose_profile(profile())
    for width in (700, 900, 1024, 1360):
        driver.window.resize(width, 700)
        driver.paste("look_up_field", f" {flow_id('One')} ")
        driver.settle()
        field, hint = driver.window.bar.field, driver.window.bar.field._hint
        if hint.isVisible():
            typed = field.fontMetrics().horizontalAdvance(field.text())
            assert hint.x() >= typed, f"at {width}"
            assert hint.width() >= hint.sizeHint().width()


def test_enter_looks_up(driver: Driver) -> None:
    asked: list[bool] = []
    driver.choose_profile(profile())
    driver.desktop.controller.look_up = lambda: asked.append(True)  # type: ignore[method-assign]
    driver.paste("look_up_field", flow_id("One"))
    driver.press("look_up_field", Qt.Key.Key_Return)
    assert asked == [True]


def test_asking_with_nothing_or_nonsense_is_a_notice_and_no_request(driver: Driver) -> None:
    driver.choose_profile(profile())
    for pasted in ("", "yD!bad", "simOrder0001"):
        driver.paste("look_up_field", pasted)
        driver.click("look_up_button")
        assert not driver.session.is_busy
        assert driver.notice()


def test_signers_are_masked_and_only_people_who_signed_can_be_picked(driver: Driver) -> None:
    driver.choose_profile(profile())
    people = (
        Signer(sign_id("A"), "钱样本", "PERSON", "signed", NOW, Deadline(None, None)),
        Signer(sign_id("B"), "周样本", "PERSON", "waiting", None, Deadline(None, None)),
    )
    driver.session.signers, driver.session.signers_of = people, flow_id("Many")
    driver.session.signers_changed.emit()
    box = driver.find("signer_box", QComboBox)
    texts = [box.itemText(n) for n in range(box.count())]
    assert texts == [
        "Signer: the only one",
        "钱*本 · signed · 11 Mar 2026, 16:00",
        "周*本 · waiting for signature",
        "Enter a SignId…",
    ]
    model = box.model()
    assert model.flags(model.index(1, 0)) & Qt.ItemFlag.ItemIsEnabled
    assert not model.flags(model.index(2, 0)) & Qt.ItemFlag.ItemIsEnabled


def set_activity(driver: Driver, activity: Activity) -> None:
    driver.session.activity = activity
    driver.session.activity_changed.emit()
    driver.settle()


def test_while_something_runs_it_says_what_and_offers_cancel(driver: Driver) -> None:
    driver.window.resize(1500, 860)
    driver.choose_profile(profile())
    driver.paste("look_up_field", flow_id("One"))
    places = {name: driver.find(name).geometry() for name in ("look_up_field", "look_up_button", "profile_box")}
    progress = driver.window.bar.findChild(QProgressBar)
    assert progress is not None
    assert not progress.isVisible()
    set_activity(driver, Activity("look_up"))
    assert progress.isVisible()
    assert not driver.find("look_up_button").isEnabled()
    assert not driver.find("rescue_button").isVisible()
    assert driver.find("cancel_button").isVisible()
    for stage in ("flow", "ticket", "ask", "receive", "retry", "poll", "store"):
        set_activity(driver, Activity("look_up", stage, 2_500_000))
        hint = driver.window.bar.field._hint.text()
        assert hint
        assert "progress." not in hint
        if stage == "receive":
            assert hint == "Receiving: 2.5 MB"
    set_activity(driver, Activity("look_up", "receive", 1, cancelling=True))
    cancel = driver.find("cancel_button", QPushButton)
    assert (cancel.text(), cancel.isEnabled()) == ("Stopping…", False)
    set_activity(driver, Activity())
    assert (cancel.text(), progress.isVisible()) == ("Cancel", False)
    assert driver.find("rescue_button").isVisible()
    assert driver.find("look_up_button").isEnabled()
    assert {name: driver.find(name).geometry() for name in places} == places, "something jumped"


def test_the_field_cannot_be_changed_while_it_is_looked_up(driver: Driver) -> None:
    driver.choose_profile(profile())
    driver.paste("look_up_field", flow_id("One"))
    set_activity(driver, Activity("look_up", "ask"))
    driver.paste("look_up_field", flow_id("Many"))
    assert driver.find("look_up_field", QLineEdit).text() == flow_id("One")
    set_activity(driver, Activity("open"))
    assert driver.find("rescue_button").isVisible(), "opening a folder cannot be cancelled and shows no Cancel"


def test_ctrl_l_goes_to_the_field(driver: Driver) -> None:
    driver.find("library_view").setFocus()
    QTest.keyClick(driver.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    driver.until(lambda: driver.find("look_up_field").hasFocus())


def test_the_list_of_profiles_is_as_high_as_its_entries(driver: Driver) -> None:
    driver.choose_profile(profile("ess", "contracts"), profile("kyc", "orders"))
    driver.window.activateWindow()
    box = driver.find("profile_box", QComboBox)
    box.setFocus()
    box.showPopup()
    driver.settle()
    view = box.view()
    last = view.visualRect(view.model().index(box.count() - 1, 0))
    assert view.hasFocus(), "only then it was too low"
    assert last.bottom() < view.viewport().height()
    box.hidePopup()
