// Which shapes can be chosen where the post stands. One that is not shown there gives way at once, and
// comes back with the place it was chosen for.

import { words } from "./words.js";

let wanted = null; // the shape that gave way

function chosen(form, name) {
  return form.querySelector(`input[name=${name}]:checked`);
}

// Somebody has chosen one themselves.
export function forgetWanted() {
  wanted = null;
}

// `list`: the pictures, which say what may be chosen with them.
export function settleShape(form, list) {
  const offered = list.dataset[chosen(form, "surface")?.value ?? "feed"].split(" ");
  for (const label of form.querySelectorAll("[data-offer]")) {
    label.hidden = !offered.includes(label.dataset.offer);
  }
  const now = chosen(form, "shape");
  if (now && !offered.includes(now.value)) {
    wanted = now.value;
    choose(form, "own");
  } else if (wanted && offered.includes(wanted)) {
    choose(form, wanted);
    wanted = null;
  }
  say(form);
}

function choose(form, value) {
  form.querySelector(`input[name=shape][value="${value}"]`).checked = true;
}

// As its label begins, which may say more than the name.
function named(form, value) {
  const [, name] = form.querySelectorAll(`[data-offer="${value}"] > span`);
  return name.firstChild.textContent.trim();
}

function say(form) {
  const place = form.querySelector("[data-shape-lost]");
  const sentence = wanted ? words("noSuchShape", { shape: named(form, wanted), own: named(form, "own") }) : "";
  place.hidden = !wanted;
  if (place.textContent !== sentence) place.textContent = sentence;
}
