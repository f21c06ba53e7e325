// How fast the bytes go, and how long the rest will take: smoothed, so that it does not jump.

const SMOOTH = 0.25; // the weight of the last second
const CERTAIN = 3; // seconds until a guess is worth saying

export class Pace {
  #rate = 0; // bytes a second
  #seconds = 0;
  #last = null; // [instant in ms, bytes]

  note(bytes, at = performance.now()) {
    if (this.#last === null) {
      this.#last = [at, bytes];
      return;
    }
    const [before, had] = this.#last;
    const seconds = (at - before) / 1000;
    if (seconds < 0.9) return;
    const rate = Math.max(bytes - had, 0) / seconds;
    this.#rate = this.#rate ? SMOOTH * rate + (1 - SMOOTH) * this.#rate : rate;
    this.#seconds += seconds;
    this.#last = [at, bytes];
  }

  // After a pause the time that passed says nothing.
  rest() {
    this.#last = null;
    this.#seconds = 0;
  }

  // Seconds for so many bytes, or null while nobody can tell.
  secondsFor(bytes) {
    return this.#seconds >= CERTAIN && this.#rate > 1 ? bytes / this.#rate : null;
  }
}

// "2 minutes", in the language of the page.
export function inWords(seconds) {
  const [amount, unit] = seconds < 55 ? [Math.max(Math.ceil(seconds / 10) * 10, 10), "second"]
    : seconds < 5400 ? [Math.max(Math.round(seconds / 60), 1), "minute"]
    : [Math.round(seconds / 3600), "hour"];
  const language = document.documentElement.lang;
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(amount);
}
