"""The field's own words: each English term has its one Chinese term, in the catalogue and in the window alike."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "resources"

# An English term, and what it is called in Chinese: the words of Tencent's documents and of Chinese evidence law.
TERMS = {
    r"\bcontract flow\b": "合同流程",
    r"\bthe signers\b|\bsigners of\b": "签署方",
    r"\bface-verification order\b": "核身订单",
    r"^liveness score": "活体检测得分",
    r"^face match (?:score|similarity)": "人脸比对得分",
    r"\bIntention: questions": "意愿核身",
    r"\bsave evidence\b": "存证",
    r"\bevidence folder": "证据文件夹",
    r"\bunsaved captures?\b": "采集",
    r"\bchain of custody\b|\bcustody chain\b": "保管链",
    r"\bregister of seals\b": "封存登记簿",
    r"\baccess log\b": "访问日志",
    r"\bseal digest\b": "封存摘要",
    r"\brisk tags?\b": "风险标签",
    r"\braw answer\b": "原始应答",
    r"\bevidence id\b": "证据编号",
    r"(?<!gnome-)\bkeyring\b": "钥匙串",
    r"\bretention date\b": "保存期限",
    r"\boperator\b": "操作人",
    r"^library$|\bthe library\b": "证据库",
}
# The same thing under another name: never.
NEVER = (
    "捕获", "密钥环", "存证文件夹", "存证库", "批注", "笔记", "签署者", "签名者", "指纹单", "操作员", "案号",
    "相似度得分", "活体得分", "流程方", "核身单", "风险提示", "分数", "监管链",
)  # fmt: skip
# A term that the Chinese sentence says in another way, or where the English word means something else.
ELSEWHERE = {r"^library$|\bthe library\b": {"problem.decoder_missing"}}


def pairs() -> list[tuple[str, str, str]]:
    """Where it stands, English, Chinese."""
    english, chinese = (json.loads((ROOT / f"messages/{name}.json").read_text("utf-8")) for name in ("en", "zh_CN"))
    found = [(name, english[name], chinese[name]) for name in english]
    for context in ET.parse(ROOT / "translations/facevid_zh_CN.ts").getroot().iter("context"):
        for message in context.iter("message"):
            found.append(
                (context.findtext("name", ""), message.findtext("source", ""), message.findtext("translation", ""))
            )
    return found


@pytest.mark.parametrize("term", TERMS)
def test_a_term_has_its_one_chinese_term(term: str) -> None:
    said = [(where, en, zh) for where, en, zh in pairs() if re.search(term, en, re.IGNORECASE)]
    assert said, "nobody says this any more: take it out of the table"
    wrong = [(where, en, zh) for where, en, zh in said
             if TERMS[term] not in zh and where not in ELSEWHERE.get(term, set())]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("word", NEVER)
def test_nothing_has_a_second_name(word: str) -> None:
    assert [(where, zh) for where, _, zh in pairs() if word in zh] == []


def test_a_timestamp_that_verifying_found_is_a_trusted_one_and_verifying_a_seal_is_its_own_word() -> None:
    chinese = {where: zh for where, _, zh in pairs() if where.startswith("verdict.")}
    assert chinese["verdict.verified"] == "验签通过，含可信时间戳"
    assert chinese["verdict.verified_unstamped"].startswith("验签通过")


def test_the_chinese_readme_calls_things_as_the_window_does() -> None:
    readme = (ROOT.parent / "README.zh_CN.md").read_text("utf-8")
    words = (ROOT / "translations/facevid_zh_CN.ts").read_text("utf-8")
    words += (ROOT / "messages/zh_CN.json").read_text("utf-8")
    quoted = re.findall("“([^”]+)”", readme)
    assert len(quoted) >= 15
    assert [name for name in quoted if name not in words] == []
