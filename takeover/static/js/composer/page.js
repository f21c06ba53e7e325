// The composer: what is chosen begins to move at once, and whatever is typed is kept. Here its parts meet.

import { cardOf } from "./cards.js";
import { begun, letGo, take } from "./choosing.js";
import { watchCut } from "./cut.js";
import { release } from "./claiming.js";
import { draw, isArriving, refuse, renewList, show } from "./drawing.js";
import { findAgain } from "./finding.js";
import { composer, Failed, noteAsSaved } from "./form.js";
import { forget, tidy } from "./keeping.js";
import { watchOrder } from "./order.js";
import { rememberPause, wasPaused } from "./pausing.js";
import { callOff, press } from "./pressing.js";
import { forgetWanted } from "./shapes.js";
import { SignedOut, signedInAgain } from "./signing.js";
import { keepWords, watchTyping } from "./typing.js";
import { words } from "./words.js";
import { coming, items, lost, sending, wish } from "./work.js";

function failed(problem) {
  const isOut = problem instanceof SignedOut; // the page says so
  if (isOut) return document.querySelector("[data-signed-out]")?.scrollIntoView({ block: "nearest" });
  if (!(problem instanceof Failed)) throw problem;
  document.dispatchEvent(new Event("htmx:sendError"));
}

function takeFrom(input) {
  const files = [...input.files];
  input.value = ""; // they go their own way, not with the form
  if (files.length) take(files);
}

// A draft that begins this moment went without it.
async function apply(form) {
  if (!form.dataset.post) await begun();
  if (form.dataset.post) await press("apply");
}

const LOOKS = [0, 500, 1000, 2000, 4000]; // ms apart; after them the card's own looks are enough

// A large file is taken in by a worker, a moment after its last bytes were answered.
async function renewUntilTakenIn(item) {
  for (const pause of item.state === "done" ? LOOKS : [0]) {
    await new Promise((passed) => setTimeout(passed, pause));
    await renewList();
    const card = cardOf(item);
    if (!card || !isArriving(card)) return;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-composer]")) return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  press(event.submitter?.value || "apply", event.submitter)
    .catch(failed)
    .finally(() => (form.ariaBusy = null));
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-pause]")) sending.paused ? sending.goOn() : sending.pause();
  if (target.closest("[data-again]")) document.getElementById("photos").click();
  if (target.closest("[data-call-off]")) callOff();
  const dropped = target.closest("[data-drop]");
  if (dropped) letGo(coming.find((item) => item.card.contains(dropped)));
});

document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("form[data-composer]");
  if (!form) return;
  if (target.type === "file") takeFrom(target);
  else if (target.type === "radio") {
    if (target.name === "shape") forgetWanted();
    draw();
    apply(form).catch(failed);
  } else keepWords();
});

for (const name of ["dragover", "drop"]) {
  document.addEventListener(name, (event) => {
    if (!composer() || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    if (name === "drop") take([...event.dataTransfer.files]);
  });
}

addEventListener("beforeunload", (event) => {
  if (coming.length || sending.underWay.some((item) => !item.isKept)) event.preventDefault();
});

// A page that comes back from where the browser kept it may be long out of date; its words are saved.
addEventListener("pageshow", (event) => event.persisted && composer() && location.reload());

// A card that looks again may be the first to learn of it.
document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  if (composer() && [401, 403].includes(xhr.status)) sending.bar();
});

sending.addEventListener("change", () => {
  rememberPause(sending.paused && sending.underWay.length > 0);
  show();
});
sending.addEventListener("barred", async () => {
  await signedInAgain();
  sending.letIn();
});
sending.addEventListener("end", async ({ detail: item }) => {
  release(item.token);
  if (item.state === "done") forget(item.token);
  else if (item.status === 0) {
    sending.drop(item);
    lost.set(item.token, item.sent);
  } else if (item.status === 403) refuse(item.file.name, words("notTaken"));
  if (wish.address && !sending.underWay.length && !lost.size) location.assign(wish.address);
  else await renewUntilTakenIn(item);
});
setInterval(() => sending.underWay.length && show(), 1000);

// A card that has become ready, or was refused, offers other tools.
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (!elt.matches?.("#pictures .picture")) return;
  show();
  if (!["arriving", "received"].includes(elt.dataset.state)) renewList();
});

watchTyping();
watchOrder((card, place) => press(`place-${card.dataset.picture}-${place}`).catch(failed));
watchCut({ renewList, fileOf: (card) => items().find((item) => cardOf(item) === card)?.file });

if (composer()) {
  noteAsSaved();
  tidy();
  sending.paused = wasPaused();
  draw();
  findAgain().then(show);
  takeFrom(document.getElementById("photos")); // chosen before this file was here
}
