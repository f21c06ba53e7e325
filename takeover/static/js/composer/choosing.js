// What is chosen begins at once: first its post, if there is none yet, then one upload after the other, in
// the order of the choice. Whatever the network does, none begins twice.

import { begin, Refused } from "./beginning.js";
import { addComing, ask, cards } from "./cards.js";
import { clearRefusals, refuse, renewList, show } from "./drawing.js";
import { isOf, lostCardOf, resume } from "./finding.js";
import { composer, Failed, noteAsSaved, send } from "./form.js";
import { claim } from "./claiming.js";
import { keep } from "./keeping.js";
import { forgive } from "./mistakes.js";
import { SignedOut, signedInAgain } from "./signing.js";
import { words } from "./words.js";
import { coming, elsewhere, lost, sending } from "./work.js";

const MOST = 10; // pictures of a post
const PATIENCE = 4000; // ms until a beginning that failed is tried again
const MOST_TURNS = 3; // that a file is turned away from a server that knows who sends it

let running = null; // what begins; whatever else is to begin does so after it
let beyond = []; // files there was no room for, as long as some of those before them may yet be turned away

export function take(files) {
  clearRefusals();
  beyond = [];
  forgive(document.querySelector(".add-pictures"));
  for (const file of files) {
    const card = lostCardOf(file);
    if (card) resume(card, file);
    else line(file);
  }
  show();
  next(beginAll);
}

function next(begins) {
  const before = running ?? Promise.resolve();
  const turn = before.catch(() => {}).then(begins).finally(() => {
    if (running === turn) running = null;
  });
  running = turn;
  return turn;
}

// At the end of those that begin, if there is room.
function line(file) {
  if (cards().length >= MOST) {
    beyond.push(file);
    return refuse(file.name, words("tooMany"), { until: "room" });
  }
  const item = { file, sent: 0, state: "waiting" };
  coming.push(item);
  addComing(item);
}

// One of them was turned away, and the next has its place.
function moveUp() {
  const waiting = beyond;
  beyond = [];
  clearRefusals('[data-until="room"]');
  waiting.forEach(line);
}

// Once all that was chosen has begun.
export async function begun() {
  while (running) await running;
}

// The draft, before anything is chosen: its words are worth keeping too.
export function beginForWords() {
  return next(beginPost);
}

export function letGo(item) {
  coming.splice(coming.indexOf(item), 1);
  item.card?.remove();
  show();
}

async function beginAll() {
  if (!coming.length) return; // those before began it too
  while (coming.length) {
    const item = coming[0];
    try {
      await beginPost();
      if (!coming.includes(item)) continue;
      adopt(item, await begin(composer().dataset.uploads, item.file, composer().dataset.post));
    } catch (problem) {
      if (problem instanceof SignedOut && (item.turnedAway = (item.turnedAway ?? 0) + 1) < MOST_TURNS) {
        sending.bar();
        await signedInAgain();
        continue;
      }
      if (problem instanceof SignedOut || problem instanceof Refused || (problem instanceof Failed && problem.isForGood)) {
        letGo(item);
        refuse(item.file.name, problem.message);
        moveUp();
        continue;
      }
      sending.trouble = true;
      show();
      await networkOr(PATIENCE);
      await findGhost(item);
    }
  }
  if (!sending.underWay.length) sending.trouble = false; // nothing waits for a network any more
  beyond = [];
  await renewList();
}

function adopt(item, token) {
  if (coming.includes(item)) coming.splice(coming.indexOf(item), 1);
  Object.assign(item, { token, address: composer().dataset.uploads + token });
  claim(token);
  keep(token, item.file).then((isKept) => (item.isKept = isKept));
  sending.trouble = false;
  sending.add(item);
}

// Only the answer may have been lost, and the upload be there: then it is this one.
async function findGhost(item) {
  if (!composer().dataset.post || !coming.includes(item)) return;
  const fresh = await ask(composer());
  const known = new Set([...sending.items.map((one) => one.token), ...lost.keys(), ...elsewhere.keys()]);
  const ghost = [...(fresh?.children ?? [])].find(
    (card) => isOf(card, item.file) && !known.has(card.dataset.upload),
  );
  if (ghost) adopt(item, ghost.dataset.upload);
}

function networkOr(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
    addEventListener("online", resolve, { once: true });
  });
}

async function beginPost() {
  const form = composer();
  if (form.dataset.post) return;
  const { page, address } = await send("begin");
  const other = page.querySelector("form[data-composer]");
  if (!other?.dataset.post) {
    location.assign(address); // the week is over, for instance: that page says so
    await new Promise(() => {});
  }
  form.action = other.action;
  Object.assign(form.dataset, other.dataset);
  history.replaceState(history.state, "", other.action);
  noteAsSaved();
}
