// Moves the bar of a form that htmx sends. Without htmx the browser's own sign of sending does.

function bar(event) {
  return event.target.closest?.("form")?.querySelector("[data-upload]");
}

function set(upload, percent) {
  upload.hidden = false;
  upload.querySelector("progress").value = percent;
  upload.querySelector("[data-upload-percent]").textContent = percent;
  upload.querySelector("[data-upload-sending]").hidden = percent === 100;
  upload.querySelector("[data-upload-checking]").hidden = percent !== 100;
}

document.addEventListener("htmx:xhr:progress", (event) => {
  const upload = bar(event);
  const { lengthComputable, loaded, total } = event.detail;
  if (upload && lengthComputable && total > 0) set(upload, Math.round((100 * loaded) / total));
});

for (const end of ["htmx:responseError", "htmx:sendError", "htmx:timeout", "htmx:sendAbort"]) {
  document.addEventListener(end, (event) => {
    const upload = bar(event);
    if (upload) upload.hidden = true;
  });
}
