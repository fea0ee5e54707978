"""Make the siren page's two sounds: `python tools/make_siren_sounds.py`. The same bytes every time.

An alarm of two rising bell tones, friendly but not to be missed, and two low ones for a lost connection.
"""

from __future__ import annotations

import array
import math
import sys
import wave
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "counselor_ui" / "static"
RATE_HZ = 16_000
LOUDEST = 29_000
# A bell's partials: how many times the tone's frequency, how loud, how fast it fades.
PARTIALS = ((1.0, 1.0, 3.0), (2.0, 0.45, 5.0), (3.01, 0.2, 8.0))
ATTACK_S = 0.008

# Frequency in Hz and seconds until the next tone.
ALARM = ((784.0, 0.22), (1047.0, 0.5), (784.0, 0.22), (1047.0, 0.9))
LOST = ((330.0, 0.35), (247.0, 0.9))


def samples(tones: tuple[tuple[float, float], ...], loudest: int) -> array.array[int]:
    """Return 16-bit samples in which each tone rings on under the next one."""
    starts, total_s = [], 0.0
    for _, seconds in tones:
        starts.append(total_s)
        total_s += seconds
    raw = [0.0] * round(total_s * RATE_HZ)
    for (frequency, _), start_s in zip(tones, starts, strict=True):
        for place in range(round(start_s * RATE_HZ), len(raw)):
            t = place / RATE_HZ - start_s
            tail = min(1.0, (total_s - start_s - t) / 0.05)
            raw[place] += min(1.0, t / ATTACK_S) * tail * bell(frequency, t)
    highest = max(abs(value) for value in raw)
    kept = array.array("h", (round(value / highest * loudest) for value in raw))
    if sys.byteorder == "big":
        kept.byteswap()
    return kept


def bell(frequency: float, t: float) -> float:
    return sum(
        loud * math.exp(-fade * t) * math.sin(2 * math.pi * frequency * times * t) for times, loud, fade in PARTIALS
    )


def write(name: str, content: array.array[int]) -> None:
    with wave.open(str(FOLDER / name), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(content.tobytes())


if __name__ == "__main__":
    write("siren.wav", samples(ALARM, LOUDEST))
    write("siren-lost.wav", samples(LOST, LOUDEST // 2))
