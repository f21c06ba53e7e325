// Sends the form's words, one request after the other; the files go their own way.

import { isSignedIn, SignedOut, signedInAgain } from "./signing.js";

// No answer, or one that is none to this form.
export class Failed extends Error {
  constructor(status) {
    super("");
    this.isForGood = status >= 400 && status < 500;
  }
}

let last = Promise.resolve();
const saved = new Map(); // what was sent last, by address
const CHOSEN = ["surface", "shape"];
const MOST_UNSURE = 5;
const unsure = new Set(); // what was sent and not answered: nobody knows whether it was saved

export function composer() {
  return document.querySelector("form[data-composer]");
}

function fields(form) {
  const sent = new FormData(form);
  for (const name of ["photos", ...was(form).map((field) => field.name)]) sent.delete(name);
  return sent;
}

// What the server had when it answered last: what is not touched here changes nothing there.
function was(form) {
  return [...form.querySelectorAll("input[name^=was_]")];
}

function written(form) {
  return [...form.querySelectorAll("textarea[name]")].map((field) => field.name);
}

function withWas(sent, form) {
  for (const { name, value } of was(form)) sent.append(name, value);
  for (const before of unsure) {
    for (const [name, value] of Object.entries(before)) sent.append(`was_${name}`, value);
  }
  const now = {};
  for (const name of [...written(form), ...CHOSEN]) now[name] = sent.get(name) ?? "";
  if (unsure.size < MOST_UNSURE) unsure.add(now);
  return now;
}

// `now`: what was answered; with it, all that was sent before is settled.
function take(values, now) {
  for (const before of unsure) {
    unsure.delete(before);
    if (before === now) break;
  }
  for (const field of was(composer())) {
    const value = values[field.name.slice("was_".length)];
    if (value !== undefined) field.value = value;
  }
}

// As the answer says; words that were not taken stay another's.
function takeFrom(page, now, { isKept }) {
  const fresh = page.querySelector("form[data-composer]");
  if (!fresh) return;
  const values = {};
  for (const { name, value } of was(fresh)) values[name.slice("was_".length)] = value;
  if (!isKept) for (const name of written(fresh)) delete values[name];
  take(values, now);
}

function asText(sent) {
  return new URLSearchParams(sent).toString();
}

// Whatever did not reach us before has by now.
function reached() {
  document.dispatchEvent(new Event("reached"));
}

export function isSaved() {
  const form = composer();
  return saved.get(form.action) === asText(fields(form));
}

export function noteAsSaved() {
  const form = composer();
  if (form) saved.set(form.action, asText(fields(form)));
}

// What the server answers to the button `go`: { page, address, status }. Raises Failed, SignedOut.
export function send(go) {
  const turn = last.then(() => post(go));
  last = turn.catch(() => {});
  return turn;
}

// Whether the answer came only of a token that is renewed by now. Raises SignedOut; then the page says so.
async function wasOldToken(response) {
  if (![400, 401, 403].includes(response?.status)) return false;
  const isIn = await isSignedIn();
  if (isIn !== false) return isIn === true;
  signedInAgain();
  throw new SignedOut();
}

async function post(go, { isAgain = false } = {}) {
  const form = composer();
  const sent = fields(form);
  const words = asText(sent);
  sent.set("go", go);
  const now = withWas(sent, form);
  const response = await fetch(form.action, { method: "POST", body: sent }).catch(() => null);
  if (!response || ![200, 422].includes(response.status)) {
    if (response) unsure.delete(now);
    if (!isAgain && (await wasOldToken(response))) return post(go, { isAgain: true });
    throw new Failed(response?.status);
  }
  reached();
  if (response.status === 200) saved.set(form.action, words);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  takeFrom(page, now, { isKept: response.status === 200 });
  return { page, address: response.url, status: response.status };
}

// Keeps the words, and nobody need wait. Whether they are kept. `leaving`: the page may be gone before the
// answer is there; `again`: also where nothing has changed.
export function save({ leaving = false, again = false } = {}) {
  const turn = leaving ? keepWords({ leaving, again }) : last.then(() => keepWords({ leaving, again }));
  if (!leaving) last = turn.catch(() => {});
  return turn;
}

async function keepWords({ leaving, again }) {
  const form = composer();
  if (!form?.dataset.post) return false;
  if (isSaved() && !again) return true;
  const sent = fields(form);
  const words = asText(sent);
  sent.set("go", "quietly");
  const now = withWas(sent, form);
  const asked = { method: "POST", body: sent, redirect: "manual", keepalive: leaving };
  const response = await fetch(form.action, asked).catch(() => null);
  const isKept = response?.type === "opaqueredirect";
  if (isKept) {
    saved.set(form.action, words);
    take(now, now);
    reached();
    return true;
  }
  if (response) unsure.delete(now);
  if (!leaving) await wasOldToken(response).catch(() => {});
  return false;
}
