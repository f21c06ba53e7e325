// Moves a card by its handle, with finger or mouse. Everybody else has "Earlier" and "Later".

import { cards, list } from "./cards.js";

const EDGE = 80; // pixels from the window's edge where the page begins to roll

let lifted = null;

function lift(event) {
  const handle = event.target.closest("[data-handle]");
  if (!handle || event.button > 0) return;
  const card = handle.closest("[data-picture]");
  lifted = { card, handle, from: cards().indexOf(card), y: event.clientY };
  handle.setPointerCapture(event.pointerId);
  card.classList.add("lifted");
  event.preventDefault();
}

// The others make way: the card itself stays in the page, or it would lose the finger.
function move(event) {
  if (!lifted) return;
  roll(event.clientY);
  const { card } = lifted;
  const { previousElementSibling: above, nextElementSibling: below } = card;
  if (below?.dataset.picture && event.clientY > middle(below)) list().insertBefore(below, card);
  else if (above && event.clientY < middle(above)) list().insertBefore(above, card.nextElementSibling);
}

function middle(card) {
  const { top, height } = card.getBoundingClientRect();
  return top + height / 2;
}

function roll(y) {
  const below = innerHeight - y;
  if (y < EDGE) scrollBy({ top: y - EDGE, behavior: "instant" });
  else if (below < EDGE) scrollBy({ top: EDGE - below, behavior: "instant" });
}

// `placed(card, place)` is called once, where it was let go elsewhere than it was taken.
export function watchOrder(placed) {
  document.addEventListener("pointerdown", lift);
  document.addEventListener("pointermove", move);
  const drop = () => {
    if (!lifted) return;
    const { card, from } = lifted;
    card.classList.remove("lifted");
    lifted = null;
    const place = cards().indexOf(card);
    if (place >= 0 && place !== from) placed(card, place);
  };
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", drop);
}
