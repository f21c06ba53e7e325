// One bar for all that is sent from here, and what its sender must know now: in few words.

import { Pace, inWords } from "./pace.js";
import { tell, words } from "./words.js";

const pace = new Pace();
let before = "";

export function summarise(sending, { isWished, isPreparing, beginning }) {
  const place = document.querySelector("[data-sending]");
  if (!place) return;
  const items = sending.items.filter((item) => item.state !== "stopped" && !item.over);
  const moving = sending.underWay.length > 0 || beginning > 0;
  const hasArrived = items.length > 0 && items.every((item) => item.state === "done");
  place.hidden = !moving && !(hasArrived && isPreparing);
  if (place.hidden) return;
  const all = items.reduce((sum, item) => sum + item.file.size, 0);
  const sent = items.reduce((sum, item) => sum + (item.sent ?? 0), 0);
  const state = stateOf(sending, moving);
  if (state === "sending") pace.note(sent);
  else pace.rest();
  const facts = {
    sent: items.filter((item) => item.state === "done").length,
    all: items.length + beginning,
    percent: all ? Math.floor((100 * sent) / all) : 0,
  };
  show(place, state, facts, moving && state === "sending" ? pace.secondsFor(all - sent) : null);
  place.querySelector("[data-sending-wish]").hidden = !isWished;
  announce(state, facts);
}

function stateOf(sending, moving) {
  if (!moving) return "arrivedAll";
  if (sending.barred) return "barred";
  if (sending.paused) return "paused";
  return sending.trouble || !navigator.onLine ? "offline" : "sending";
}

function show(place, state, facts, seconds) {
  place.dataset.state = state;
  const bar = place.querySelector("progress");
  bar.hidden = state === "arrivedAll";
  bar.value = facts.percent;
  place.querySelector("[data-sending-said]").textContent =
    state === "sending" || state === "paused" ? words("sentOf", facts) : words(state);
  const left = seconds === null ? words("percent", facts)
    : words("left", { ...facts, time: inWords(seconds) });
  place.querySelector("[data-sending-more]").textContent =
    state === "sending" ? left : state === "paused" ? words("held", facts) : "";
  place.querySelector("[data-sending-stay]").hidden = state !== "sending";
  const pause = place.querySelector("[data-pause]");
  pause.hidden = ["arrivedAll", "barred", "offline"].includes(state);
  pause.querySelector("[data-pause-off]").hidden = state === "paused";
  pause.querySelector("[data-pause-on]").hidden = state !== "paused";
}

function announce(state, facts) {
  const now = `${state} ${facts.sent} ${facts.all}`;
  if (now === before) return;
  before = now;
  tell(state === "sending" || state === "paused" ? words("sentOf", facts) : words(state));
}
