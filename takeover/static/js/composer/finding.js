// Uploads that another page of ours began: they go on by themselves where the file was kept, and where it
// was not, it can be chosen again.

import { offsetOf } from "./beginning.js";
import { cards } from "./cards.js";
import { isArriving } from "./drawing.js";
import { composer } from "./form.js";
import { keep, kept } from "./keeping.js";
import { lost, sending } from "./work.js";

export function isOf(card, file) {
  const { upload, name, bytes } = card.dataset;
  return upload && name === file.name && Number(bytes) === file.size;
}

export function lostCardOf(file) {
  return cards().find((card) => isOf(card, file) && lost.has(card.dataset.upload));
}

export function resume(card, file) {
  const token = card.dataset.upload;
  const item = { file, token, address: composer().dataset.uploads + token, sent: lost.get(token) ?? 0 };
  lost.delete(token);
  sending.add(item);
  keep(token, file).then((isKept) => (item.isKept = isKept));
}

export async function findAgain() {
  for (const card of cards().filter((one) => one.dataset.upload && isArriving(one))) {
    const token = card.dataset.upload;
    if (lost.has(token) || sending.items.some((item) => item.token === token)) continue;
    const file = await kept(token);
    if (file) resume(card, new File([file], card.dataset.name, { type: file.type }));
    else await ask(card, token);
  }
}

async function ask(card, token) {
  const offset = await offsetOf(composer().dataset.uploads + token);
  if (offset !== null && offset < Number(card.dataset.bytes)) lost.set(token, offset);
}
