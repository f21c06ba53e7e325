// One bar for all that is sent from here, and what its sender must know now: in few words.

import { Pace, inWords } from "./pace.js";
import { tell, words } from "./words.js";

const pace = new Pace();
let before = "";

// `refused`: the cards of what cannot be used.
export function summarise(sending, { isWished, isPreparing, beginning, refused }) {
  const place = document.querySelector("[data-sending]");
  if (!place) return;
  const items = sending.items.filter((item) => item.state !== "stopped" && !item.over);
  const moving = sending.underWay.length > 0 || beginning > 0;
  const hasArrived = items.length > 0 && items.every((item) => item.state === "done");
  place.hidden = !moving && !refused.length && !(hasArrived && isPreparing);
  if (place.hidden) return;
  const all = items.reduce((sum, item) => sum + item.file.size, 0);
  const sent = items.reduce((sum, item) => sum + (item.sent ?? 0), 0);
  const state = !moving && refused.length ? "refused" : stateOf(sending, moving);
  if (state === "sending") pace.note(sent);
  else pace.rest();
  const facts = {
    sent: items.filter((item) => item.state === "done").length,
    all: items.length + beginning,
    percent: all ? Math.floor((100 * sent) / all) : 0,
    count: refused.length,
  };
  show(place, state, facts, moving && state === "sending" ? pace.secondsFor(all - sent) : null);
  if (state === "refused" && isPreparing) place.querySelector("[data-sending-more]").textContent = words("restArrived");
  showRefused(place, state, facts, refused);
  place.querySelector("[data-sending-wish]").hidden = !isWished;
  announce(state, facts);
}

function stateOf(sending, moving) {
  if (!moving) return "arrivedAll";
  if (sending.barred) return "barred";
  if (sending.paused) return "paused";
  if (sending.trouble || !navigator.onLine) return "offline";
  return sending.full ? "full" : "sending";
}

function show(place, state, facts, seconds) {
  place.dataset.state = state;
  const bar = place.querySelector("progress");
  bar.hidden = ["arrivedAll", "refused"].includes(state);
  bar.value = facts.percent;
  place.querySelector("[data-sending-said]").textContent =
    state === "sending" || state === "paused" ? words("sentOf", facts) : words(state, facts);
  const left = seconds === null ? words("percent", facts)
    : words("left", { ...facts, time: inWords(seconds) });
  place.querySelector("[data-sending-more]").textContent =
    state === "sending" ? left : state === "paused" ? words("held", facts) : "";
  place.querySelector("[data-sending-stay]").hidden = state !== "sending";
  const pause = place.querySelector("[data-pause]");
  pause.hidden = ["arrivedAll", "refused", "barred", "offline", "full"].includes(state);
  pause.querySelector("[data-pause-off]").hidden = state === "paused";
  pause.querySelector("[data-pause-on]").hidden = state !== "paused";
}

// Beside what is still sent, and the way to the first of them.
function showRefused(place, state, facts, refused) {
  const line = place.querySelector("[data-sending-refused]");
  line.hidden = !refused.length;
  if (line.hidden) return;
  line.querySelector("span").textContent = state === "refused" ? "" : words("refused", facts);
  line.querySelector("a").href = `#${refused[0].id}`;
}

function announce(state, facts) {
  const now = `${state} ${facts.sent} ${facts.all} ${facts.count}`;
  if (now === before) return;
  before = now;
  if (facts.count) tell(words("someRefused", facts));
  else tell(state === "sending" || state === "paused" ? words("sentOf", facts) : words(state));
}
