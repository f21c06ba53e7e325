"""The five whose week is still to come, and what they have prepared for it."""

from takeover.demo.company import Character, Shot, Told

COMING = (
    Character(
        name="Giulia Ferri",
        email="giulia.ferri@halbrane.example",
        country="IT",
        job="Logistics planner",
        workplace="Bergamo",
        timezone="Europe/Rome",
        reason="Three hundred lorries a week, and she never raises her voice.",
        week=1,
        shots=(
            Shot(
                photo="fog-at-the-hall.jpg",
                hours_ago=27,
                told=Told.SENT_BACK,
                caption=(
                    "Ciao! Giulia, logistics planner. In November the fog decides when the lorries "
                    "leave, not me. Hall 2 this morning at half past seven."
                ),
                alt_text="A car park in front of a grey hall that disappears in the fog.",
                wish=(
                    "What a mood! One thing: the parked car belongs to a visitor. Could you take "
                    "the picture again when it has gone, or from the other corner?"
                ),
            ),
            Shot(
                photo="stream.mp4",
                hours_ago=2,
                caption=(
                    "Lunch break rule in our office: ten minutes outside, whatever waits. Today "
                    "ten minutes by the stream behind the car park. The lorries did not notice."
                ),
                alt_text="A small stream runs between round stones and dry grass in the sun.",
            ),
        ),
    ),
    Character(
        name="James Okonkwo",
        email="james.okonkwo@halbrane.example",
        country="GB",
        job="Project manager",
        workplace="London",
        timezone="Europe/London",
        reason="Brings a hospital’s cooling plant in on time and stays curious about everything.",
        week=2,
        shots=(
            Shot(
                photo="over-the-roofs.jpg",
                hours_ago=49,
                caption=(
                    "Hello from upstairs. James, project manager. If you want to find me, look for "
                    "the cooling units: they are always on the roof, and so am I. Best office in "
                    "the company, as long as it does not rain. My way home crosses our product "
                    "twice a day: somewhere under those carriages sits a pump from Gdynia. I "
                    "always wave. Nobody waves back.\n\n#aweekinalife"
                ),
                alt_text="A view over city roofs and technical plant on a bright hazy day.",
                also=(
                    (
                        "train-across-the-water.jpg",
                        "A long commuter train passing behind a calm lake under grey clouds.",
                    ),
                ),
            ),
        ),
    ),
    Character(
        name="Haruka Sato",
        email="haruka.sato@halbrane.example",
        country="JP",
        job="Sales engineer",
        workplace="Tokyo",
        timezone="Asia/Tokyo",
        reason="Turns a data sheet into a story, in three languages.",
        week=3,
        shots=(
            Shot(
                photo="temple-and-tower.jpg",
                hours_ago=8,
                caption=(
                    "はじめまして, Haruka, sales engineer. Between two customers I walk, always. "
                    "Old roof, red tower, blue sky: ten minutes here and the next presentation "
                    "writes itself.\n\n#aweekinalife"
                ),
                alt_text=(
                    "A temple with a dark curved roof, a red and white tower rising behind it."
                ),
            ),
        ),
    ),
    Character(
        name="Katharina Vogt",
        email="katharina.vogt@halbrane.example",
        country="DE",
        job="Quality engineer",
        workplace="Kassel",
        timezone="Europe/Berlin",
        reason="Says no more often than anybody else here, and everybody likes her for it.",
        week=4,
        shots=(
            Shot(
                photo="path-through-fields.jpg",
                hours_ago=51,
                told=Told.APPROVED,
                caption=(
                    "Guten Morgen! Katharina, quality engineer. Eleven kilometres by bicycle, "
                    "every day, this is kilometre six. By the time I arrive I have checked the "
                    "weather, the harvest and my patience.\n\n#aweekinalife"
                ),
                alt_text=(
                    "A narrow asphalt path between meadows and a harvested field under a blue sky."
                ),
            ),
        ),
    ),
    Character(
        name="Magdalena Wójcik",
        email="magda.wojcik@mail.example",
        country="PL",
        job="Welder",
        workplace="Gdynia",
        timezone="Europe/Warsaw",
        reason="Trains every new welder in the yard. Seams like printed.",
        week=6,
        shots=(
            Shot(
                photo="pug-in-profile.jpg",
                hours_ago=5,
                caption=(
                    "Cześć! Magda, welder. This is Fryderyk, who waits at home while I weld, and "
                    "inspects me when I come back. So far no complaint in writing."
                ),
                alt_text=(
                    "A pug with a purple collar sitting upright in a cushion, looking to the right."
                ),
            ),
        ),
    ),
)
