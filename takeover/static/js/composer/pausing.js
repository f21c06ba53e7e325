// A pause outlives the page: whoever loads it again to save their data would else pay for it.

const START = "pause of post ";
const KEPT = 3 * 24 * 3600 * 1000; // ms, as long as an upload is waited for

function key() {
  const id = document.querySelector("form[data-composer]")?.dataset.post;
  return id ? START + id : null;
}

export function rememberPause(isPaused) {
  const place = key();
  try {
    if (place && isPaused) localStorage.setItem(place, String(Date.now()));
    else if (place) localStorage.removeItem(place);
  } catch {
    // A browser that remembers nothing: then it goes on.
  }
}

export function wasPaused() {
  try {
    for (const place of Object.keys(localStorage)) {
      const isOld = Date.now() - Number(localStorage.getItem(place)) > KEPT;
      if (place.startsWith(START) && isOld) localStorage.removeItem(place);
    }
    return key() !== null && localStorage.getItem(key()) !== null;
  } catch {
    return false;
  }
}
