// Words that the server does not have yet are remembered on the phone: a reload, or a tab that the phone
// closed, brings them back. A page may have been fetched the moment before they arrived there: so what has
// just been saved is remembered a little longer.

import { composer } from "./form.js";

const KEPT = 3 * 24 * 3600 * 1000; // ms, as long as an upload is waited for
const A_MOMENT = 30_000; // ms
const START = "words of post ";

function key(form) {
  return form?.dataset.post ? START + form.dataset.post : null;
}

function fields(form) {
  return [...form.querySelectorAll("textarea[name]")];
}

export function remember() {
  const form = composer();
  if (!key(form)) return;
  const words = Object.fromEntries(fields(form).map(({ name, value }) => [name, value]));
  try {
    localStorage.setItem(key(form), JSON.stringify({ at: Date.now(), words }));
  } catch {
    // A browser that remembers nothing: then only the server does.
  }
}

export function noteSaved() {
  const place = key(composer());
  const kept = place && read(place);
  if (kept) localStorage.setItem(place, JSON.stringify({ ...kept, savedAt: Date.now() }));
}

export function forgetWords() {
  const place = key(composer());
  if (place) localStorage.removeItem(place);
}

// Puts back what was not saved. Whether there was any.
export function recall() {
  const form = composer();
  const place = key(form);
  if (!place) return false;
  const { words = {}, savedAt = Infinity } = read(place) ?? {};
  if (Date.now() - savedAt > A_MOMENT) return false;
  const lost = fields(form).filter(({ name, value }) => name in words && words[name] !== value);
  for (const field of lost) {
    field.value = words[field.name];
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return lost.length > 0;
}

export function forgetOld() {
  for (const place of Object.keys(localStorage)) {
    if (place.startsWith(START) && !((read(place)?.at ?? 0) > Date.now() - KEPT)) {
      localStorage.removeItem(place);
    }
  }
}

function read(place) {
  try {
    return JSON.parse(localStorage.getItem(place));
  } catch {
    return null;
  }
}
