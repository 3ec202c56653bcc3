"""All targets by name."""

from tests.fuzz import targets_answers, targets_evidence, targets_files, targets_media, targets_papers

TARGETS = {
    target.name: target
    for room in (targets_answers, targets_media, targets_evidence, targets_papers, targets_files)
    for target in room.TARGETS
}
