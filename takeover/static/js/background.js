// A page that nobody looks at asks for nothing: what looks again by itself waits until it is seen.

document.addEventListener("htmx:beforeRequest", (event) => {
  const looksAgain = event.detail.elt.getAttribute("hx-trigger")?.startsWith("every");
  if (looksAgain && document.hidden) event.preventDefault();
});
