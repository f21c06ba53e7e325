// What the scripts say. The sentences stand in the page, in its language, with {places} to fill.

export function words(name, facts = {}) {
  const sentence = document.getElementById("composer-words").dataset[name];
  return sentence.replace(/\{(\w+)\}/g, (place, key) => facts[key] ?? place);
}

// A file's name as it is shown: what cannot be seen, or turns the direction of writing, is left out.
export function oneLine(name) {
  return name.replace(/[\p{Cc}\p{Bidi_Control}\s]+/gu, " ").trim();
}

// Said once, to those who listen: what has been reached, never each percent.
export function tell(sentence) {
  document.querySelector("[data-milestone]").textContent = sentence;
}
