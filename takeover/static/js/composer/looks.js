// Shows a chosen file before the server can: in the frame, and the shape, that it will have.

const TALLEST = 4 / 5; // what Instagram's feed shows; as in the server's own rules
const WIDEST = 1.91;
const STORY = 9 / 16;
const ALMOST = 0.01;

const shown = new WeakMap(); // by file: { element, ratio, unseen }

// A picture of that file; `seen` is called when it is known whether this browser can show it.
export function lookOf(file, seen) {
  if (shown.has(file)) return shown.get(file);
  const isVideo = file.type.startsWith("video/") || /\.(mov|mp4|m4v)$/i.test(file.name);
  const element = document.createElement(isVideo ? "video" : "img");
  const look = { element, ratio: null, unseen: false };
  shown.set(file, look);
  const url = URL.createObjectURL(file);
  element.className = "picture-shown";
  element.addEventListener("error", () => {
    look.unseen = true;
    seen();
  });
  element.addEventListener(isVideo ? "loadedmetadata" : "load", () => {
    const width = element.videoWidth || element.naturalWidth;
    look.ratio = width / (element.videoHeight || element.naturalHeight || 1);
    look.unseen = !width;
    seen();
  });
  if (isVideo) {
    Object.assign(element, { muted: true, playsInline: true, preload: "metadata" });
    element.src = `${url}#t=0.1`; // else a phone shows nothing of it
  } else {
    element.alt = "";
    element.src = url;
  }
  return look;
}

// Width / height of each frame, as the form stands. `cards` tell { ratio, isVideo }, ratio or null.
export function framesOf(form, cards) {
  const chosen = (name) => form.querySelector(`input[name=${name}]:checked`)?.value;
  const shape = shapeOf(chosen("shape"));
  if (chosen("surface") === "story") return cards.map(() => STORY);
  if (cards.length === 1 && cards[0].isVideo) return [STORY];
  if (shape) return cards.map(() => shape);
  const own = cards.map(({ ratio }) => Math.min(Math.max(ratio ?? TALLEST, TALLEST), WIDEST));
  return cards.length > 1 ? own.map(() => own[0]) : own;
}

function shapeOf(value) {
  const [width, height] = (value ?? "").split(":").map(Number);
  return height ? width / height : null;
}

// Width / height of what is shown of it in its frame: the chosen shape, or all there is; null if unknown.
export function partOf(form, { ratio }) {
  return ratio && (shapeOf(form.querySelector("input[name=shape]:checked")?.value) ?? ratio);
}

// Whether it stands in its frame with borders; by less than that nobody sees them.
export function leavesRoom(part, frame) {
  return Math.abs(part / frame - 1) > ALMOST;
}

// Whether pictures fill the chosen shape, or are shown whole.
export function fills(form) {
  return shapeOf(form.querySelector("input[name=shape]:checked")?.value) !== null;
}
