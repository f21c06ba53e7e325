// Moves a post in the calendar: dragged with mouse or finger, or with the arrows after "Move" on a keyboard. Where it
// is let go the page's own form is sent, so that the server alone decides. "Move" stays a link: whatever clicks it, be
// it a mouse, a screen reader or a voice, goes to the page with all there is to choose from. Only the key itself, pressed
// on it, begins with the arrows.

const HOLD = 400; // milliseconds a finger rests before it lifts a post; less is a scroll
const SLACK = 8; // pixels a hand may tremble
const EDGE = 70; // pixels from the window's edge where the page begins to roll

const board = document.querySelector("[data-steering]");
const say = (words) => { board.querySelector("[data-say]").textContent = words; };
const targets = () => [...board.querySelectorAll("[data-slot], .cal-day[data-day]")];

let pressed = null; // a hand is on a post, and may yet scroll or click
let lifted = null; // { card, target, over, x, y }: under the hand
let steered = null; // { card, target, handle }: by the keyboard

function choose(one, target) {
  if (one.target === target) return;
  one.target?.classList.remove("chosen");
  one.target = target;
  target?.classList.add("chosen");
  if (target) say(board.dataset.onto.replace("{place}", target.dataset.name));
}

// A slot, free or taken, goes to the server as it is; a day alone asks for a time first.
function put({ card, target, over }) {
  if (!target || target === card) return leave(whyNot(over));
  const { moveUrl, seen } = card.dataset;
  if (!target.dataset.slot) return location.assign(`${moveUrl}?day=${target.dataset.day}`);
  const form = board.querySelector("[data-steer-form]");
  form.action = moveUrl;
  form.elements.slot.value = target.dataset.slot;
  form.elements.seen.value = seen;
  form.submit();
}

function leave(why = "") {
  say(`${board.dataset.left} ${why}`.trim());
}

// Of a day that takes no posts; nothing of any other place.
function whyNot(over) {
  const day = over?.closest(".cal-day:not([data-day])");
  if (!day) return "";
  return day.classList.contains("past") ? board.dataset.noPast : board.dataset.nobodys;
}

// --- With a mouse or a finger ---------------------------------------------

function press(event) {
  const card = event.target.closest("[data-post]");
  if (!card || event.button > 0 || !event.isPrimary || lifted) return;
  cancelSteering();
  pressed = { card, x: event.clientX, y: event.clientY, id: event.pointerId };
  if (event.pointerType !== "mouse") pressed.timer = setTimeout(lift, HOLD);
}

function lift() {
  const { card, x, y, id } = pressed;
  lifted = { card, target: null, x, y: y + scrollY, id };
  pressed = null;
  card.classList.add("lifted");
  board.classList.add("steering");
  navigator.vibrate?.(15);
  say(board.dataset.lifted);
}

function move(event) {
  if (pressed?.id === event.pointerId) {
    const far = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > SLACK;
    if (far && pressed.timer) release();
    else if (far) lift();
  }
  if (lifted?.id !== event.pointerId) return;
  const { card, x, y } = lifted;
  roll(event.clientY);
  card.style.translate = `${event.clientX - x}px ${event.clientY + scrollY - y}px`;
  lifted.over = document.elementFromPoint(event.clientX, event.clientY);
  const slot = lifted.over?.closest("[data-steering] .cal-day[data-day] [data-slot]");
  choose(lifted, slot ?? lifted.over?.closest("[data-steering] .cal-day[data-day]") ?? null);
  if (!lifted.target) say(whyNot(lifted.over) || board.dataset.lifted);
}

function roll(y) {
  const below = innerHeight - y;
  if (y < EDGE) scrollBy({ top: y - EDGE, behavior: "instant" });
  else if (below < EDGE) scrollBy({ top: EDGE - below, behavior: "instant" });
}

function release() {
  clearTimeout(pressed?.timer);
  pressed = null;
}

function drop(event) {
  release();
  if (!lifted || (event.pointerId !== undefined && event.pointerId !== lifted.id)) return;
  const letDown = lifted;
  putDown();
  // The click that a mouse makes of it is not meant.
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }));
  put(letDown);
}

function putDown() {
  lifted.card.classList.remove("lifted");
  lifted.card.style.removeProperty("translate");
  lifted.target?.classList.remove("chosen");
  board.classList.remove("steering");
  lifted = null;
}

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}

function giveUp() {
  release();
  if (!lifted) return;
  putDown();
  leave();
}

// --- With a keyboard --------------------------------------------------------

function begin(event) {
  const handle = event.target.closest("[data-move]");
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey && !event.repeat;
  if (!handle || event.key !== "Enter" || !isPlain) return;
  event.preventDefault();
  steered = { card: handle.closest("[data-post]"), target: null, handle };
  say(board.dataset.start);
}

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

function key(event) {
  if (event.key === "Escape" && lifted) return giveUp();
  if (!steered) return begin(event);
  if (event.key === "Escape") {
    cancelSteering();
    leave();
  } else if (event.key === "Enter" || event.key === " ") finish();
  else if (event.key in STEPS) step(event.key);
  else {
    if (event.key === "Tab") cancelSteering();
    return undefined;
  }
  return event.preventDefault();
}

// Up and down go from one time to the next; left and right to the next day's first.
function step(arrow) {
  const all = targets().filter((one) => one.dataset.slot || !one.querySelector("[data-slot]"));
  const from = all.indexOf(steered.target ?? steered.card);
  const sideways = arrow === "ArrowLeft" || arrow === "ArrowRight";
  const day = all[from]?.closest(".cal-day");
  const rest = STEPS[arrow] > 0 ? all.slice(from + 1) : all.slice(0, Math.max(from, 0)).reverse();
  const next = rest.find((one) => !sideways || one.closest(".cal-day") !== day);
  if (!next) return;
  choose(steered, next);
  next.scrollIntoView({ block: "nearest" });
}

function finish() {
  const done = steered;
  cancelSteering();
  if (done.target) put(done);
  else location.assign(done.handle.href);
}

function cancelSteering() {
  steered?.target?.classList.remove("chosen");
  steered = null;
  say("");
}

// On a phone the days are one below the other: the week that is on begins at today, unless something else is to be
// seen, or a person comes back to where they were.
function goToToday() {
  const today = document.getElementById("today");
  const isFresh = performance.getEntriesByType("navigation")[0]?.type === "navigate";
  const hasElse = location.hash || document.querySelector(".cal-post.moved, #messages > *, [data-look-first]");
  if (!today || !isFresh || hasElse || scrollY > 0) return;
  if (today.getBoundingClientRect().top > innerHeight * 0.75) today.scrollIntoView({ behavior: "instant" });
}

if (board) {
  goToToday();
  document.documentElement.classList.add("js-steers");
  board.addEventListener("pointerdown", press);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", giveUp);
  // A finger that has lifted a post scrolls no more, and opens no menu.
  document.addEventListener("touchmove", (event) => { if (lifted) event.preventDefault(); }, { passive: false });
  board.addEventListener("contextmenu", (event) => { if (lifted || pressed?.timer) event.preventDefault(); });
  board.addEventListener("dragstart", (event) => event.preventDefault());
  document.addEventListener("keydown", key);
  // What is in somebody's hand is not taken from under it; what has changed meanwhile comes with the next look.
  board.addEventListener("htmx:beforeSwap", (event) => {
    if (pressed || lifted || steered) event.detail.shouldSwap = false;
  });
  // Whoever has gone on to something else, by whatever means, means its keys for that.
  board.addEventListener("focusout", (event) => { if (event.target === steered?.handle) cancelSteering(); });
}
