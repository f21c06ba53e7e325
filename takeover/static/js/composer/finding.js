// Uploads that another page of ours began: they go on by themselves where the file was kept, and where it
// was not, it can be chosen again.

import { offsetOf } from "./beginning.js";
import { cards } from "./cards.js";
import { claim, release } from "./claiming.js";
import { isArriving, renewList, show } from "./drawing.js";
import { composer } from "./form.js";
import { keep, kept } from "./keeping.js";
import { elsewhere, lost, sending } from "./work.js";

const OFTEN = 3000; // ms between two looks at what another tab sends

export function isOf(card, file) {
  const { upload, bytes } = card.dataset;
  return upload && nameOn(card) === file.name && Number(bytes) === file.size;
}

function nameOn(card) {
  return decodeURIComponent(card.dataset.name);
}

export function lostCardOf(file) {
  return cards().find((card) => isOf(card, file) && lost.has(card.dataset.upload));
}

export async function resume(card, file) {
  const { upload: token, bytes } = card.dataset;
  const item = { file, token, address: addressOf(token), sent: lost.get(token) ?? 0 };
  lost.delete(token);
  if (!(await claim(token))) return leave(token, Number(bytes));
  sending.add(item);
  keep(token, file).then((isKept) => (item.isKept = isKept));
}

export async function findAgain() {
  for (const card of cards().filter((one) => one.dataset.upload && isArriving(one))) await find(card);
}

async function find(card) {
  const { upload: token, bytes } = card.dataset;
  const isKnown = lost.has(token) || elsewhere.has(token);
  if (isKnown || sending.items.some((item) => item.token === token)) return;
  if (!(await claim(token))) return leave(token, Number(bytes));
  const file = await kept(token);
  if (!file) return await ask(card, token);
  lost.set(token, (await offsetOf(addressOf(token))) ?? 0);
  await resume(card, new File([file], nameOn(card), { type: file.type }));
}

// Another tab sends it: this one looks on, and takes over where that one ends.
function leave(token, bytes) {
  elsewhere.set(token, 0);
  const look = async () => {
    elsewhere.has(token) && elsewhere.set(token, (await offsetOf(addressOf(token))) ?? 0);
    show();
  };
  const looking = setInterval(look, OFTEN);
  look();
  claim(token, { waiting: true }).then(async () => {
    clearInterval(looking);
    elsewhere.delete(token);
    await renewList();
    const card = cards().find((one) => one.dataset.upload === token && isArriving(one));
    if (card) await find(card);
    else release(token);
    show();
  });
}

async function ask(card, token) {
  const offset = await offsetOf(addressOf(token));
  if (offset !== null && offset < Number(card.dataset.bytes)) lost.set(token, offset);
  release(token);
}

function addressOf(token) {
  return composer().dataset.uploads + token;
}
