// Sends the form's words, one request after the other; the files go their own way.

// No answer, or one that is none to this form.
export class Failed extends Error {
  constructor(status) {
    super("");
    this.isForGood = status >= 400 && status < 500;
  }
}

let last = Promise.resolve();
const saved = new Map(); // what was sent last, by address

export function composer() {
  return document.querySelector("form[data-composer]");
}

function fields(form) {
  const sent = new FormData(form);
  sent.delete("photos");
  return sent;
}

function asText(sent) {
  return new URLSearchParams(sent).toString();
}

export function isSaved() {
  const form = composer();
  return saved.get(form.action) === asText(fields(form));
}

export function noteAsSaved() {
  const form = composer();
  if (form) saved.set(form.action, asText(fields(form)));
}

// What the server answers to the button `go`: { page, address, status }. Raises Failed.
export function send(go) {
  const turn = last.then(() => post(go));
  last = turn.catch(() => {});
  return turn;
}

async function post(go) {
  const form = composer();
  const sent = fields(form);
  const words = asText(sent);
  sent.set("go", go);
  const response = await fetch(form.action, { method: "POST", body: sent }).catch(() => null);
  if (!response || ![200, 422].includes(response.status)) throw new Failed(response?.status);
  if (response.status === 200) saved.set(form.action, words);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
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
  const asked = { method: "POST", body: sent, redirect: "manual", keepalive: leaving };
  const response = await fetch(form.action, asked).catch(() => null);
  const isKept = response?.type === "opaqueredirect";
  if (isKept) saved.set(form.action, words);
  return isKept;
}
