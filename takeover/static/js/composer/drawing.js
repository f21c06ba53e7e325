// Shows what is so: each card, the bar for all, and the server's list as it is now.

import { ask, cardOf, cards, dress, isRefused, list, renew, tellOf } from "./cards.js";
import { composer } from "./form.js";
import { showStoryTakesOne, summarise as summariseMistakes } from "./mistakes.js";
import { summarise } from "./summary.js";
import { oneLine, tell, words } from "./words.js";
import { coming, elsewhere, items, lost, sending, wish } from "./work.js";

let drawn = 0;

// Soon, and once.
export function show() {
  drawn ||= requestAnimationFrame(() => {
    drawn = 0;
    draw();
  });
}

export function draw() {
  const form = composer();
  if (!form) return;
  dress(form, items());
  for (const item of items()) if (cardOf(item)) tellOf(item, sending);
  sayLost();
  sayElsewhere();
  sayKept();
  showStoryTakesOne(form, cards().length);
  summariseMistakes();
  const preparing = list().querySelector("[data-state=arriving], [data-state=received]") !== null;
  if (!preparing && !sending.underWay.length) endOf(sending.items.filter((item) => !item.over));
  summarise(sending, {
    isWished: wish.address !== "",
    isPreparing: preparing && !lost.size,
    beginning: coming.length,
    refused: cards().filter(isRefused),
  });
  form.classList.toggle("has-pictures", cards().length > 0);
}

// What is said of the last files ends where they are ready.
function endOf(last) {
  for (const item of last) item.over = true;
  const refused = cards().filter(isRefused).length;
  if (last.length) tell(refused ? words("someRefused", { count: refused }) : words("ready"));
}

export function isArriving(card) {
  return card.querySelector(".picture").dataset.state === "arriving";
}

function sayLost() {
  for (const card of cards().filter((one) => lost.has(one.dataset.upload) && isArriving(one))) {
    const percent = Math.floor((100 * lost.get(card.dataset.upload)) / Number(card.dataset.bytes));
    const sentence = words("chooseAgain", { name: card.dataset.called, percent });
    card.querySelector("[data-said]").textContent = sentence;
    card.querySelector("[data-again]").hidden = false;
    Object.assign(card.querySelector("[data-bar]"), { hidden: false, value: percent });
  }
}

function sayElsewhere() {
  for (const card of cards().filter((one) => elsewhere.has(one.dataset.upload) && isArriving(one))) {
    const offset = elsewhere.get(card.dataset.upload);
    const percent = Math.floor((100 * offset) / Math.max(Number(card.dataset.bytes), 1));
    card.querySelector("[data-said]").textContent = words("elsewhere", { percent });
    Object.assign(card.querySelector("[data-bar]"), { hidden: false, value: percent });
  }
}

// What was kept as a draft, and what becomes of the rest.
function sayKept() {
  const isMoving = coming.length > 0 || sending.underWay.length > 0;
  document.querySelector("[data-kept-moving]").hidden = !isMoving;
  document.querySelector("[data-kept-lost]").hidden = isMoving || !lost.size;
}

export async function renewList() {
  const form = composer();
  if (!form?.dataset.post) return;
  const fresh = await ask(form);
  if (fresh) settle(fresh);
}

// The server's list takes the place of ours; what it knows by now is no longer coming.
export function settle(fresh) {
  for (const item of sending.items.filter((one) => one.card)) {
    if (fresh.querySelector(`[data-upload="${item.token}"]`)) {
      item.card.remove();
      item.card = null;
    }
  }
  renew(fresh);
  draw();
}

// `until`: what ends it, where something does.
export function refuse(name, sentence, { until = "" } = {}) {
  const place = document.querySelector("[data-refusals]");
  const line = document.createElement("li");
  const file = document.createElement("b");
  file.textContent = oneLine(name);
  line.dataset.until = until;
  line.append(file, " ", sentence || words("notTaken"));
  place.querySelector("ul").append(line);
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
}

// All of them, or those that this ends.
export function clearRefusals(what = "li") {
  const place = document.querySelector("[data-refusals]");
  for (const line of place.querySelectorAll(`ul > ${what}`)) line.remove();
  place.hidden = !place.querySelector("li");
}
