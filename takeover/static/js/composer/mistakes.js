// What a refused form says at its fields ends where its cause does, and so does its line on top.

export function forgive(field) {
  if (!field?.matches(".wrong")) return;
  field.classList.remove("wrong");
  for (const error of field.querySelectorAll(".error")) error.remove();
  for (const control of field.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
  summarise();
}

// A line that leads to nothing wrong any more is over.
export function summarise() {
  const summary = document.getElementById("error-summary");
  if (!summary) return;
  for (const link of summary.querySelectorAll("li a")) {
    const target = document.getElementById(link.hash.slice(1));
    const place = target?.closest(".field") ?? target;
    if (!place?.matches(".wrong, :has(> .error)")) link.parentElement.remove();
  }
  if (!summary.querySelector("li")) summary.remove();
}

// A story of several pictures is wrong from the moment that it is one.
export function showStoryTakesOne(form, count) {
  const isStory = form.querySelector("input[name=surface]:checked")?.value === "story";
  const isWrong = isStory && count > 1;
  const field = document.getElementById("surface-group");
  if (!isWrong) forgive(field);
  const place = form.querySelector("[data-story-takes-one]");
  place.hidden = !isWrong || field.matches(".wrong");
}
