// What the page knows of the files: all modules of the composer share it.

import { Sending } from "./sending.js";

export const sending = new Sending();
export const coming = []; // chosen, and unknown to the server
export const lost = new Map(); // tokens of uploads whose file must be chosen again, with their offsets
export const elsewhere = new Map(); // tokens of uploads that another tab sends, with their offsets
export const wish = { address: "" }; // where to go once everything has arrived: comms gets it then

export function items() {
  return [...sending.items, ...coming];
}
