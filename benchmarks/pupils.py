"""A seeded maker of pupils: the same ones on every machine, all different, in the form of a Pix class file (D3)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.settings import School

SEED = 20260615
COMPETENCES = (
    "1.1",
    "1.2",
    "1.3",
    "2.1",
    "2.2",
    "2.3",
    "2.4",
    "3.1",
    "3.2",
    "3.3",
    "3.4",
    "4.1",
    "4.2",
    "4.3",
    "5.1",
    "5.2",
)
HEADER = Header(
    (
        "Numéro de certification",
        "Prénom",
        "Nom",
        "Date de naissance",
        "Lieu de naissance",
        "Identifiant Externe",
        "Statut",
        "Nombre de Pix",
        *COMPETENCES,
        "Commentaire jury pour l’organisation",
        "Session",
        "Date de passage de la certification",
    )
)
STARTS = (
    "Al",
    "Ber",
    "Cla",
    "Do",
    "É",
    "Fa",
    "Gué",
    "Hen",
    "Isa",
    "Jo",
    "Ké",
    "Lou",
    "Ma",
    "Na",
    "O’",
    "Per",
    "Ra",
    "Sa",
)
MIDDLES = ("bi", "ca", "dri", "é", "fa", "gué", "lie", "mi", "no", "ra", "ssa", "tho", "va", "xi", "zé")
ENDS = ("", "n", "ne", "rd", "s", "t", "ud", "x", " & Fils", "-Petit", "lle", "ïs", "œur")
PLACES = ("Lyon", "Saint-Étienne", "L’Haÿ-les-Roses", "Bourg-en-Bresse", "Nœux-les-Mines", "Sète", "Abidjan", "")


def records(count: int, seed: int = SEED) -> Iterator[Record]:
    """Yield ``count`` certified pupils, each with a number, a name, a score and levels of their own."""
    chance = random.Random(seed)
    for index in range(count):
        yield Record("20260615_resultats_3A.csv", index + 2, HEADER, _cells(chance, index))


def school(signature: Path | None) -> School:
    """Return the school that signs for them."""
    return School(
        etablissement="Collège Jean-Moulin",
        ville="Lyon",
        adresse="12 rue de l’Égalité, 69003 Lyon",
        academie="Lyon",
        uai="0690001A",
        chef="Mme Claire Fontaine",
        fonction_chef="Principale",
        date="30/06/2026",
        signature=signature,
    )


def _cells(chance: random.Random, index: int) -> tuple[str, ...]:
    levels = [chance.choice("-012345") for _ in COMPETENCES]
    return (
        str(700_001 + index),
        _name(chance).capitalize(),
        _name(chance).upper(),
        f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/{chance.randint(2010, 2012)}",
        chance.choice(PLACES),
        f"E{index:06}",
        "Validée",
        str(8 * sum(int(level) for level in levels if level != "-")),
        *levels,
        "",
        "31415",
        "12/06/2026",
    )


def _name(chance: random.Random) -> str:
    return chance.choice(STARTS) + chance.choice(MIDDLES) + chance.choice(MIDDLES) + chance.choice(ENDS)
