// Files under way are kept in the browser too, so that a page that is loaded again, or was killed,
// goes on by itself. Where the browser refuses, nothing is lost but that: the person chooses again.

const MOST_BYTES = 200 * 1024 * 1024; // of one file
const PATIENCE = 3 * 24 * 3600 * 1000; // as long as the server waits for the rest

let opened;

function files(mode) {
  opened ??= new Promise((resolve, reject) => {
    const opening = indexedDB.open("uploads", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("files", { keyPath: "token" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = opening.onblocked = () => reject(opening.error);
  });
  return opened.then((database) => database.transaction("files", mode).objectStore("files"));
}

function answer(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

// Whether it is kept.
export async function keep(token, file) {
  if (file.size > MOST_BYTES) return false;
  try {
    const row = { token, file, at: Date.now() };
    await answer((await files("readwrite")).put(row));
    return true;
  } catch {
    return false;
  }
}

// The file, or null. One that the browser cannot read any more is as good as none.
export async function kept(token) {
  try {
    const row = await answer((await files("readonly")).get(token));
    await row?.file.slice(0, 1).arrayBuffer();
    return row?.file ?? null;
  } catch {
    return null;
  }
}

export async function forget(token) {
  try {
    await answer((await files("readwrite")).delete(token));
  } catch {
    // It was not kept then.
  }
}

export async function tidy() {
  try {
    for (const row of await answer((await files("readonly")).getAll())) {
      if (Date.now() - row.at > PATIENCE) await forget(row.token);
    }
  } catch {
    // Nothing is kept here.
  }
}
