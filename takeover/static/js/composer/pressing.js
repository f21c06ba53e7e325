// The form's buttons: they send its words along, and change of the page only what they are about.

import { stop } from "./beginning.js";
import { cardOf, cards, list } from "./cards.js";
import { begun } from "./choosing.js";
import { release } from "./claiming.js";
import { clearRefusals, draw, isArriving, settle, show } from "./drawing.js";
import { composer, save, send } from "./form.js";
import { forget } from "./keeping.js";
import { forgive } from "./mistakes.js";
import { forgetWords } from "./remembering.js";
import { tell, words } from "./words.js";
import { items, lost, sending, wish } from "./work.js";

// `go`: what the button says to the server.
export async function press(go, button = null) {
  if (go === "submit" || go === "keep") return finish(go);
  const [, moved, place] = /^place-(\d+)-(\d+)$/.exec(go) ?? [];
  const removed = go.startsWith("remove-") ? button.closest("[data-picture]") : null;
  const gap = removed ? cards().indexOf(removed) : 0;
  if (removed) await dropOf(removed);
  const { page, address } = await send(go);
  if (!page.querySelector("form[data-composer]")) return replacePage(page, address);
  settle(page.getElementById("pictures"));
  if (moved) follow(moved, Number(place), button?.dataset.way);
  if (!removed) return;
  clearRefusals('[data-until="room"]');
  forgive(document.querySelector(".add-pictures"));
  focusNear(gap);
}

// The card itself: on its Remove a second press would take that one too, and in its field a phone's keys
// would come up.
function focusNear(gap) {
  const near = cards()[Math.min(gap, cards().length - 1)];
  if (near) near.tabIndex = -1;
  (near ?? document.getElementById("photos")).focus();
  tell(words("removed", { left: cards().length }));
}

function follow(id, place, way) {
  const card = list().querySelector(`[data-picture="${id}"]`);
  const same = way && card?.querySelector(`[data-way="${way}"]`);
  if (way) (same ?? card?.querySelector("[data-way]"))?.focus();
  tell(words("placed", { place: place + 1, all: cards().length }));
}

async function dropOf(card) {
  const item = items().find((one) => cardOf(one) === card);
  if (item) sending.drop(item);
  const token = card.dataset.upload;
  if (!token) return;
  lost.delete(token);
  forget(token);
  release(token);
  if (isArriving(card)) await stop(composer().dataset.uploads + token);
}

async function finish(go) {
  await begun();
  const { page, address, status } = await send(go);
  if (status === 422) return replacePage(page, address);
  forgetWords();
  document.querySelector("[data-kept]").hidden = true; // it says otherwise now
  const isUnderWay = sending.underWay.length > 0 || lost.size > 0;
  if (go === "keep" && isUnderWay) return sayKept();
  wish.address = address; // from now on nothing is saved: that would call it off
  if (!isUnderWay) return location.assign(address);
  if (sending.paused) sending.goOn(); // they ask for it to arrive
  hold(true);
}

function sayKept() {
  const notice = document.querySelector("[data-kept]");
  show();
  notice.hidden = false;
  notice.scrollIntoView({ block: "nearest" });
}

// A change would call the wish off, so nothing can be changed by accident.
function hold(isHeld) {
  for (const part of composer().querySelectorAll("[data-own]")) {
    part.inert = isHeld && !(lost.size && part.contains(list()));
  }
  show();
}

// They want to change something after all.
export function callOff() {
  wish.address = "";
  hold(false);
  return save({ again: true });
}

// The address becomes the new page's own: loaded again, it must be the same.
function replacePage(page, address) {
  const fresh = page.getElementById("page");
  if (!fresh) return location.reload();
  document.getElementById("page").replaceWith(fresh);
  history.replaceState(history.state, "", composer()?.action ?? address);
  htmx.process(fresh);
  draw();
  fresh.scrollIntoView();
  document.getElementById("error-summary")?.focus();
}
