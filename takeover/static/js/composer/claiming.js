// Of several tabs with the same post, one sends an upload; when it is closed, the next one goes on.

const held = new Map(); // by token, what lets go of it

// Whether it is ours now; `waiting`: once it is. Where browsers know no locks, it always is.
export function claim(token, { waiting = false } = {}) {
  if (!navigator.locks || held.has(token)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const hold = (lock) => {
      resolve(lock !== null);
      return lock && new Promise((letGo) => held.set(token, letGo));
    };
    navigator.locks.request(`upload ${token}`, { ifAvailable: !waiting }, hold).catch(() => resolve(true));
  });
}

export function release(token) {
  held.get(token)?.();
  held.delete(token);
}
