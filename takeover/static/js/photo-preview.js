// Shows the chosen file in its frame before it is sent. Where the browser cannot show it (HEIC in Chromium,
// a damaged file), the frame says its name instead; the server judges the file, not this page.

const shown = new WeakMap();

function show(frame, { picture = false, empty = false, unseen = false }) {
  frame.querySelector("[data-photo]").hidden = !picture;
  frame.querySelector("[data-photo-empty]").hidden = !empty;
  frame.querySelector("[data-photo-unseen]").hidden = !unseen;
}

function preview(frame, file) {
  const image = frame.querySelector("[data-photo]");
  URL.revokeObjectURL(shown.get(frame));
  if (!file) {
    image.removeAttribute("src");
    show(frame, { empty: true });
    return;
  }
  const url = URL.createObjectURL(file);
  shown.set(frame, url);
  frame.querySelector("[data-photo-name]").textContent = file.name;
  image.onload = () => show(frame, { picture: true });
  image.onerror = () => show(frame, { unseen: true });
  image.src = url;
}

document.addEventListener("change", (event) => {
  const frame = event.target.closest("[data-photo-frame]");
  if (frame && event.target.type === "file") preview(frame, event.target.files[0]);
});

// On a slow connection a photo may be chosen before this file is here; going back keeps the choice too.
for (const frame of document.querySelectorAll("[data-photo-frame]")) {
  const chosen = frame.querySelector("input[type=file]")?.files[0];
  if (chosen) preview(frame, chosen);
}
