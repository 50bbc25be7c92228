"""The pupils of the three fictional classes. Any likeness is chance; each odd name is explained in README.md."""

from __future__ import annotations

from dataclasses import dataclass

VALIDATED = "Validée"
REJECTED = "Rejetée"  # until March 2026
NOT_OBTAINED = "Non obtenue"  # since
CANCELLED = "Annulée"
FAILED = "En erreur"
STARTED = "Démarrée"

# What Pix itself writes under « Commentaire jury pour l’organisation », straight apostrophes included.
WRONG_ANSWERS = (
    "Le candidat a répondu faux à plus de 50% des questions posées, cela a invalidé l'ensemble de sa certification, "
    "et a donc entraîné un score de 0 pix."
)
FEW_ANSWERS = (
    "Le nombre de questions répondues par le candidat pendant son test de certification est insuffisant et ne nous "
    "permet pas de lui délivrer une certification Pix."
)
ZERO_PIX = (
    "Les résultats obtenus par ce candidat ne permettent pas la délivrance de la certification Pix. Il a besoin de "
    "progresser pour être plus à l'aise avec son environnement numérique et pouvoir valoriser ses compétences."
)
FRAUD = "Une situation de fraude a été détectée : après analyse, nous avons statué sur un rejet de la certification."
TECHNICAL = (
    "Un ou plusieurs problème(s) technique(s), a/ont affecté le bon déroulement du test de certification. Nous ne "
    "sommes pas en mesure de délivrer la certification, celle-ci est donc annulée. Cette information peut vous "
    "conduire à proposer une nouvelle session de certification pour ce(cette) candidat(e)."
)
# What a jury types by hand.
TYPED_TWO_LINES = 'Candidat parti avant la fin ; a dit : "je reviens".\nÀ convoquer de nouveau.'
TYPED_SIGNS = "RAS <vu le 12/06> & signé"


@dataclass(frozen=True, slots=True)
class Pupil:
    """One row. birth: JJ/MM/AAAA. place, external: None = Pix knows none. strength: 0 to 1, None = drawn."""

    last: str
    first: str
    birth: str
    place: str | None
    external: str | None = None
    status: str = VALIDATED
    comment: str | None = None
    strength: float | None = None


P = Pupil

CLASS_OF_2021 = (
    P("AUBRY", "Camille", "03/02/2006", "Lyon 3e Arrondissement"),
    P("BA", "Aïssatou", "19/07/2006", "Dakar"),
    P("Bernard", "Hugo", "28/12/2006", "Villeurbanne"),
    P("ÇELİK", "Elif", "11/05/2006", "Lyon 8e Arrondissement"),
    P("CHEVALLIER", "Inès", "25/09/2006", "Lyon"),
    P("D’ANGELO", "Chiara", "07/04/2006", "Turin", strength=1.0),
    P("DA SILVA", "Mathéo", "07/04/2006", "Bron"),
    P("de La Tour", "Éléonore", "30/01/2006", "Aix-en-Provence"),
    P("Diallo", "Mariama", "14/08/2006", "Conakry", status=REJECTED),
    P("DUPONT", "Léo", "02/03/2006", "Lyon"),
    P("Fontaine", "Claire", "16/06/2006", "Oullins"),
    P("GAUTHIER", "Manon", "08/10/2006", "Vénissieux"),
    P("GUÉRIN", "Noé", "21/11/2006", "Caluire-et-Cuire", status=FAILED),
    P("HADDAD", "Yanis", "05/05/2006", None),
    P("ĶIRSIS", "Jānis", "23/03/2006", "Rīga"),
    P("LEFÈVRE", "Baptiste", "12/12/2006", "Sainte-Foy-lès-Lyon"),
    P("LEFÈVRE", "Capucine", "12/12/2006", "Sainte-Foy-lès-Lyon"),
    P("MARTIN", "Lucas", "01/02/2006", "Lyon"),
    P("MARTIN", "Lucas", "02/01/2006", "Lyon"),
    P("MERCIER", "Jade", "17/08/2006", "Mâcon", status=CANCELLED),
    P("Moulin", "Jean", "20/06/2006", "Béziers"),
    P("N'DIAYE", "Ousmane", "29/04/2006", "Saint-Louis"),
    P("NGUYỄN", "Thị Minh Khai", "15/10/2006", "Thành phố Hồ Chí Minh"),
    P("O'Neil", "Seán", "17/03/2006", "Dún Laoghaire", strength=0.0),
    P("ŒUVRARD", "Zélie", "26/02/2006", "Nœux-les-Mines"),
    P("PERRIN", "Tom", "09/09/2006", "Lyon", status=STARTED),
    P("ROUSSEL", "Louna", "31/05/2006", "Givors", status=REJECTED),
    P("ROUSSEL", "Louna", "31/05/2006", "Givors"),
    P("ŞAHİN", "Yağız", "06/06/2006", "Diyarbakır"),
    P("THOMAS", "Enzo", "13/07/2006", "Saint-Étienne"),
    P("WÓJCIK", "Łucja", "04/11/2006", "Łódź"),
)

CLASS_OF_2025 = (
    P("ANDRÉ", "Louise", "18/01/2010", "Lyon 7e Arrondissement", "0042"),
    P(
        "Andrianampoinimerinatompokoindrindra-Rakotomalala de Rosiers",
        "Marie-Antoinette",
        "22/09/2010",
        "Antananarivo",
    ),
    P("BENALI", "Sofiane", "04/04/2010", "Décines-Charpieu"),
    P("BLANC", "Jules", "27/06/2010", "Tassin-la-Demi-Lune", "0043"),
    P("BOYER & FILS", "Rosalie", "10/03/2010", "Saint-Pierre & Miquelon"),
    P("CARPENTIER", "Maël", "15/12/2010", "Bourgoin-Jallieu", status=REJECTED, comment=WRONG_ANSWERS),
    P("COLIN", "Agathe", "06/08/2010", "Lyon", comment=TYPED_SIGNS),
    P("DE SOUSA", "Lina", "24/02/2010", None),
    P("Dubois", "Gabriel", "13/05/2010", "Lyon"),
    P("DUBOIS", "Gabriel", "29/10/2010", "Vienne"),
    P("ÉTIENNE", "Anaïs", "08/07/2010", "Fort-de-France", strength=1.0),
    P("FAURE", "Ethan", "19/11/2010", "Rillieux-la-Pape", status=CANCELLED, comment=TYPED_TWO_LINES),
    P("GARCÍA ÑÍGUEZ", "Begoña", "02/01/2010", "A Coruña", "=3A-017"),
    P("GIRARD", "Nathan", "31/12/2010", "Lyon"),
    P("HÉRAULT-KIEFFER", "Apolline", "05/09/2010", "Haguenau"),
    P("HUET", "Adam", "20/04/2010", "Lyon", status=FAILED),
    P("JOLY", "Romane", "11/11/2010", "L’Arbresle"),
    P("KOUASSI", "Ange-Désiré", "25/03/2010", "Yamoussoukro"),
    P("LECLERCQ", "Arthur", "16/10/2010", "Roubaix", status=STARTED),
    P("L’HAŸ", "Ambre", "09/02/2010", "Nœux-les-Mines", strength=0.02),
    P("MARTIN", "Lucas", "14/07/2010", "Lyon"),
    P("MEUNIER", "Rayan", "28/08/2010", "Lyon", status=REJECTED, comment=FRAUD),
    P("NAN", "Anna", "03/03/2010", "Battambang"),
    P("NULL", "Victor", "01/04/2010", "Sélestat"),
    P("PETIT", "Chloé", "23/05/2010", "Francheville", "1-2"),
    P("PETIT", "Chloe", "17/12/2010", "Écully"),
    P("RENARD", "Timothée", "30/06/2010", "Lyon"),
    P("SCHMITT", "Émilie", "12/01/2010", "Straßburg"),
    P("TRẦN", "Đức", "07/10/2010", "Đà Nẵng"),
    P("VIDAL", "Sacha", "26/11/2010", "Perpignan", status=REJECTED, comment=FEW_ANSWERS),
    P("YILDIZ", "Ayşe", "21/08/2010", "Lyon 9e Arrondissement"),
)

CLASS_OF_2026 = (
    P("ARNAUD", "Lola", "05/01/2011", "Lyon"),
    P("BARBIER", "Kylian", "17/06/2011", "Saint-Priest", status=NOT_OBTAINED, comment=ZERO_PIX),
    P("BENOÎT", "Maïlys", "30/11/2011", "Bourg-en-Bresse"),
    P("BONNET", "Raphaël", "12/04/2011", "Lyon 5e Arrondissement"),
    P("CORDIER", "Lison", "29/02/2012", "Lyon"),
    P("DAVID", "Nolan", "24/10/2011", "Meyzieu", status=CANCELLED, comment=TECHNICAL),
    P("ĐORĐEVIĆ", "Miloš", "08/03/2011", "Novi Sad"),
    P("ESTEBAN", "Alma", "19/09/2011", None),
    P("FOURNIER", "Liam", "02/07/2011", "Lyon", strength=1.0),
    P("GONZÁLEZ", "Paloma", "14/02/2011", "Zaragoza"),
    P("HENRY", "Mila", "27/05/2011", "Chassieu"),
    P("ILUNGA", "Grâce", "06/12/2011", "Kinshasa"),
    P("JEAN-BAPTISTE", "Loïs", "21/01/2011", "Pointe-à-Pitre"),
    P("KOVAČ", "Žofia", "11/08/2011", "Košice"),
    P("LAMBERT", "Axel", "03/10/2011", "Lyon", status=FAILED),
    P("LE GALL", "Maëlys", "16/04/2011", "Plougastel-Daoulas"),
    P("MARTIN", "Emma", "25/07/2011", "Lyon"),
    P("MARTIN", "Emma", "25/08/2011", "Givors"),
    P("MOREL", "Éden", "09/05/2011", "Brignais", strength=0.05),
    P("MÜLLER", "Jörg", "31/03/2011", "Freiburg im Breisgau"),
    P("NIKOLAÏDIS", "Hélène", "22/12/2011", "Thessalonique"),
    P("O’CONNOR", "Saoirse", "18/06/2011", "Corcaigh"),
    P("PICARD", "Simon", "07/11/2011", "Lyon", status=STARTED),
    P("POPA", "Ștefan", "13/09/2011", "Iași"),
    P("QUÉMÉNEUR", "Gwenn", "28/01/2011", "Brest", strength=0.9),
    P("RIVIÈRE", "Ilyes", "15/03/2011", "Lyon", status=NOT_OBTAINED, comment=FEW_ANSWERS),
    P("ROBERT", "Léna", "04/06/2011", "Dardilly"),
    P("SAINT-GEORGES DE BOURBON", "Aliénor", "20/02/2011", "Saint-Denis"),
    P("TEIXEIRA", "Inês", "26/08/2011", "Guimarães"),
    P("VAN DER BERG", "Fenna", "10/10/2011", "’s-Hertogenbosch"),
)
