"""The five who have had their week."""

from takeover.demo.company import Character, Shot, Told

PAST = (
    Character(
        name="Inês Carvalho",
        email="ines.carvalho@mail.example",
        country="PT",
        job="Maintenance technician",
        workplace="Aveiro",
        timezone="Europe/Lisbon",
        reason="Keeps forty pumps running and photographs every sunrise on her way in.",
        week=-5,
        shots=(
            Shot(
                photo="first-light.jpg",
                day=0,
                time="07:05",
                told=Told.PUBLISHED,
                caption=(
                    "Bom dia! I am Inês, maintenance technician, and for seven days this account "
                    "is mine. Early shift starts at seven, so this is what I see every morning: "
                    "an empty road, the last street lamp, and a sky like this one. "
                    "I would not swap.\n\n#aweekinalife #earlyshift"
                ),
                alt_text=(
                    "A quiet road with a red cycle lane at first light, a street lamp still on."
                ),
            ),
            Shot(
                photo="evening-clouds.jpg",
                day=3,
                time="19:40",
                told=Told.PUBLISHED,
                caption=(
                    "All forty pumps running, telephone silent. Twelve hours later the sky does "
                    "its second show of the day. See you tomorrow."
                ),
                alt_text="Clouds lit orange by the evening sun above treetops and a few houses.",
            ),
        ),
    ),
    Character(
        name="Park Ji-ho",
        email="jiho.park@halbrane.example",
        country="KR",
        job="Test engineer",
        workplace="Changwon",
        timezone="Asia/Seoul",
        reason="Explains a thousand-hour endurance test so that a child understands it.",
        week=-4,
        shots=(
            Shot(
                photo="parfait.jpg",
                day=1,
                time="09:30",
                told=Told.PUBLISHED,
                caption=(
                    "안녕하세요, Ji-ho here. Our test bench passed one thousand hours without a "
                    "stop last night. The rule in our team: whoever guessed the hour worst buys "
                    "dessert. I guessed 600. This one is for the winner.\n\n#aweekinalife "
                    "#testengineer"
                ),
                alt_text="An ice-cream parfait with fruit in a tall glass on a café table.",
            ),
            Shot(
                photo="zebra-eels.jpg",
                day=5,
                time="08:15",
                told=Told.PUBLISHED,
                caption=(
                    "Saturday, aquarium, my daughter. She looked at the zebra eels and asked why "
                    "they wear our safety tape. I had no answer, so now I ask you."
                ),
                alt_text="Two zebra moray eels with brown and white stripes behind aquarium glass.",
            ),
        ),
    ),
    Character(
        name="Youssef El Amrani",
        email="youssef.elamrani@halbrane.example",
        country="MA",
        job="Buyer",
        workplace="Kénitra",
        timezone="Africa/Casablanca",
        language="fr",
        reason="Knows every supplier by first name; half of his job is on the road.",
        week=-3,
        shots=(
            Shot(
                photo="old-portal.jpg",
                day=0,
                time="10:20",
                told=Told.PUBLISHED,
                caption=(
                    "Salam, moi c’est Youssef, acheteur. Rendez-vous fournisseur à onze heures, "
                    "arrivé à neuf : le train avait de l’avance, cela existe ! Deux heures pour "
                    "une place vide, un portail de pierre et un ciel sans un "
                    "nuage.\n\n#aweekinalife"
                ),
                alt_text=(
                    "A stone portal with columns in a long wall, seen across an empty cobbled "
                    "square."
                ),
            ),
            Shot(
                photo="riverside.jpg",
                day=2,
                time="16:45",
                told=Told.PUBLISHED,
                caption=(
                    "Livrer par le fleuve, c’est quarante camions de moins sur la "
                    "route. Je suis allé voir les quais moi-même avant de signer. Temps gris, "
                    "bonne nouvelle quand même."
                ),
                alt_text="A path along a wide river under a grey sky, with a city on the far bank.",
                wish=(
                    "Good story! Please leave out the supplier’s name, the contract is not "
                    "signed yet."
                ),
                first_caption=(
                    "Livrer par le fleuve avec Dumoulin et fils, c’est quarante camions "
                    "de moins sur la route. Je suis allé voir les quais moi-même avant de signer."
                ),
            ),
        ),
    ),
    Character(
        name="Priya Nair",
        email="priya.nair@mail.example",
        country="IN",
        job="Site nurse",
        workplace="Pune",
        timezone="Asia/Kolkata",
        reason="Nine hundred people know her door. Nobody outside the plant knows we have a nurse.",
        week=-2,
        shots=(
            Shot(
                photo="pug-up-close.jpg",
                day=1,
                time="08:50",
                told=Told.PUBLISHED,
                caption=(
                    "Namaste! Priya, site nurse. Meet Motu, who visits the infirmary on Tuesdays. "
                    "Blood pressure in the waiting room goes down by ten points when he walks in. "
                    "That is not a study, but I have the notes.\n\n#aweekinalife #sitenurse"
                ),
                alt_text="The face of a happy pug from very close, tongue out.",
            ),
            Shot(
                photo="flower.jpg",
                day=4,
                time="14:10",
                told=Told.PUBLISHED,
                caption=(
                    "Behind the infirmary there were four metres of gravel. The night shift "
                    "brought pots, the day shift brought water. Today: the first bud."
                ),
                alt_text="A single red flower bud opening among green leaves with pink edges.",
            ),
        ),
    ),
    Character(
        name="Théo Garnier",
        email="theo.garnier@mail.example",
        country="FR",
        job="Apprentice machinist",
        workplace="Alençon",
        language="fr",
        reason="Deuxième année, premier de son atelier, et il sait raconter.",
        week=-1,
        shots=(
            Shot(
                photo="pen-on-paper.jpg",
                day=0,
                time="12:30",
                told=Told.PUBLISHED,
                caption=(
                    "Salut ! Théo, apprenti usineur, deuxième année. Mon maître d’apprentissage "
                    "dit : avant l’ordinateur, le papier quadrillé. Donc je dessine. Le stylo "
                    "gagne toujours contre la gomme.\n\n#aweekinalife #apprentissage"
                ),
                alt_text="The tip of a ballpoint pen on squared paper, very close.",
            ),
            Shot(
                photo="race-at-sunset.jpg",
                day=5,
                time="18:55",
                told=Told.PUBLISHED,
                caption=(
                    "Le club auto de l’usine m’a emmené à la course. Vingt-quatre heures, un "
                    "soleil pareil, et quelque part dans cette voiture un joint d’étanchéité de "
                    "chez nous. Pas le mien. Pas encore.\n\n#aweekinalife"
                ),
                alt_text=(
                    "A racing car on a track against the low sun, everything in gold and black."
                ),
            ),
        ),
    ),
)
