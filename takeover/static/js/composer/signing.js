// Somebody may sign out in another tab, or in again: what is here waits for that, and goes on by itself.

const OFTEN = 5000; // ms

export class SignedOut extends Error {}

let waiting = null;

function composer() {
  return document.querySelector("form[data-composer]");
}

// Whether they are, and not somebody else in the same browser; null where nobody answers. A form sent before
// they came in again has an old token.
export async function isSignedIn() {
  const response = await fetch(composer().action).catch(() => null);
  if (!response) return null;
  if ([401, 403].includes(response.status)) return false;
  if (!response.ok) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const theirs = page.querySelector("form[data-composer]");
  if (theirs && theirs.dataset.author !== composer().dataset.author) return false;
  const fresh = theirs?.querySelector("input[name=csrf_token]");
  const ours = composer().querySelector("input[name=csrf_token]");
  if (fresh && ours) ours.value = fresh.value;
  return true;
}

// Once they are; "signedin" tells whoever did not wait. Until then the page says so.
export function signedInAgain() {
  waiting ??= wait().finally(() => (waiting = null));
  return waiting;
}

async function wait() {
  for (;;) {
    const isIn = await isSignedIn();
    if (isIn === false) say(true);
    if (isIn) {
      say(false);
      document.dispatchEvent(new Event("signedin"));
      return;
    }
    await soon();
  }
}

function say(isOut) {
  const notice = document.querySelector("[data-signed-out]");
  if (!notice || notice.hidden === !isOut) return;
  const link = notice.querySelector("a");
  const way = new URL(link.href);
  way.searchParams.set("next", new URL(composer().action).pathname);
  link.href = way;
  notice.hidden = !isOut;
  if (isOut) document.querySelector("[data-kept]").hidden = true; // it promised that the rest goes on
  if (isOut) notice.scrollIntoView({ block: "nearest" });
}

function soon() {
  return new Promise((resolve) => {
    setTimeout(resolve, OFTEN);
    addEventListener("focus", resolve, { once: true });
    document.addEventListener("visibilitychange", resolve, { once: true });
  });
}
