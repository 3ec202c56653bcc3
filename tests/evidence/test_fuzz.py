"""A short run of the fuzzer; the long one: `python -m tests.support.evidence_fuzz --seconds 3600`."""

import warnings

import pytest

from tests.support.evidence_fuzz import Fuzzer
from tests.support.evidence_places import Place

MUTATIONS = 400


@pytest.mark.no_cover
@pytest.mark.slow
def test_the_verifier_never_raises_never_hangs_and_never_verifies_changed_bytes(place: Place) -> None:
    fuzzer = Fuzzer(place, seed=20261121)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cryptography warns of odd certificates
        findings = [finding for number in range(MUTATIONS) if (finding := fuzzer.run(number))]
    assert findings == []
    seen = set(fuzzer.verdicts)
    assert seen >= {"altered", "chain_broken", "register_disagrees"}, "parsers behind the hashes were reached"


def test_the_fuzzer_sees_what_it_is_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verifier that raises, and one that is content with everything."""
    fuzzer = Fuzzer(place, seed=1)
    genuine = place.verify(place.root / next(place.root.iterdir()).name)
    monkeypatch.setattr(place, "verify", lambda folder: genuine)
    said = {finding.what for number in range(30) if (finding := fuzzer.run(number))}
    assert said == {"verified"}

    def fails(folder: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(place, "verify", fails)
    said = {finding.what for number in range(10) if (finding := fuzzer.run(number))}
    assert said == {"raised RecursionError: too deep"}
