"""The conventions of a language are CLDR's."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from pix_mailmerge.model.word_fields.language import from_cldr, language


@pytest.mark.parametrize("code", ["fr", "fr-FR"])
def test_french_is_as_cldr_has_it(code: str) -> None:
    assert asdict(language(code)) == asdict(from_cldr(code))


@pytest.mark.parametrize("code", [None, "", "xx-YY", "fr-ZZ-?"])
def test_an_unknown_language_is_french(code: str | None) -> None:
    assert language(code).months[7] == "août"
