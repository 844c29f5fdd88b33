"""Many people live in a clinic and some are erased: `python -m tests.runtime.privacy.canaries PEOPLE SEED [sqlite|postgresql]`.

It ends with 1 where a byte of somebody who was erased is left, or where somebody who stays lost something.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from random import Random

from kith.runtime.privacy.certificates import certificates
from kith.runtime.privacy.compacting import compact
from kith.runtime.privacy.erasing import Asked, erase
from kith.runtime.sealing import seal, verify
from tests.api.world import NOW
from tests.runtime.privacy.canary import Canary, Clinic, clinic, found_in_bytes
from tests.support import postgresql, run

BATCH = 7
"""People that are erased before the bytes are searched."""


def main(count: int, seed: int, engine: str) -> int:
    """Let people live, erase every other one, and tell what was found."""
    with ExitStack() as stack:
        run.create()
        stack.callback(postgresql.clean_up, run.folder())
        if engine == "sqlite":
            url = f"sqlite:///{stack.enter_context(tempfile.TemporaryDirectory())}/kith.db"
        else:
            url = stack.enter_context(postgresql.fresh_schema(postgresql.server_url()))
        return tried(stack.enter_context(clinic(url)), count, seed, engine)


def tried(house: Clinic, count: int, seed: int, engine: str) -> int:
    """The same in an open clinic."""
    random = Random(seed)  # noqa: S311
    living = {house.live_through(one): one for one in (Canary.hatched(seed + number) for number in range(count))}
    going = random.sample(sorted(living), count // 2)
    flaws, sought = [], 0
    for start in range(0, len(going), BATCH):
        some = going[start : start + BATCH]
        for id_ in some:
            erased(house, id_)
        compact(house.database, NOW)
        left = set(living) - set(going[: start + BATCH])
        # Two people may share the day of their birth, or half a name: that stays with the other.
        shared = {trace for id_ in left for trace in living[id_].traces()}
        traces = sorted({trace for id_ in some for trace in living[id_].traces()} - shared)
        sought += len(traces)
        flaws += [f"{name}: {hits}" for name, hits in found_in_bytes(house.database, traces).items()]
    for id_ in sorted(set(living) - set(going)):
        values, one = house.desk.get(f"client/{id_}").json()["data"], living[id_]
        flaws += [] if (values["name"], values["chinese_name"]) == (one.name, one.han) else [f"{id_} lost {values}"]
    with house.database.write() as connection:
        seal(connection, NOW)
        flaws += [verify(connection).broken] if verify(connection).broken else []
        flaws += [flaw for one in certificates(connection, house.release, verify=True) for flaw in one.flaws]
    head = f"{engine}, seed {seed}: {count} people, {len(going)} erased, {sought} traces sought, {len(flaws)} flaws"
    sys.stdout.write("\n".join([head, *flaws]) + "\n")
    return 1 if flaws else 0


def erased(house: Clinic, id_: str) -> None:
    """Erase somebody."""
    asked = Asked("client", (id_,))
    house.database.run(lambda connection: erase(connection, house.context(), house.release, asked))


if __name__ == "__main__":
    people, start, *engines = sys.argv[1:]
    sys.exit(max(main(int(people), int(start), engine) for engine in engines or ["sqlite", "postgresql"]))
