// Sends files, two at a time, however often the network goes away: each goes on where the server has it.

const CHUNK = 2 * 1024 * 1024; // bytes: many proxies pass on nothing of a request before its end
const PROBE = 64 * 1024; // bytes: enough to learn whether a full server has room again
const AT_ONCE = 2;
const DELAYS = [500, 1000, 2000, ...Array(1000).fill(3000)]; // ms
const STALLED = 30_000; // ms without a byte
const UNTIL_ROOM = 10_000; // ms between two looks whether a full server has room again
const FULL = 507; // the server's status for it
const MOST_TURNS = 3; // that an upload is turned away from a server that knows who sends it

// Of an item: { file, token, address, sent (bytes), state: waiting sending done stopped, status }.
export class Sending extends EventTarget {
  items = [];
  paused = false;
  trouble = false; // nothing gets through
  barred = false; // nobody is signed in
  full = false; // the server has no room
  #transfers = new Map();
  #rest = 0; // the timer that ends a wait for room

  constructor() {
    super();
    addEventListener("offline", () => this.#lose());
    addEventListener("online", () => this.#wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.#wake());
    setInterval(() => this.#look(), 5000);
  }

  get underWay() {
    return this.items.filter((item) => item.state === "waiting" || item.state === "sending");
  }

  add(item) {
    Object.assign(item, { sent: item.sent ?? 0, state: "waiting" });
    this.items.push(item);
    this.#next();
  }

  // Nobody wants it any more.
  drop(item) {
    this.#halt(item);
    this.items = this.items.filter((one) => one !== item);
    this.#next();
  }

  pause() {
    this.paused = true;
    for (const item of this.underWay) {
      this.#halt(item);
      item.state = "waiting";
    }
    this.#changed();
  }

  goOn() {
    this.paused = false;
    this.#next();
  }

  bar() {
    if (this.barred) return;
    this.barred = true;
    this.trouble = false;
    this.dispatchEvent(new Event("barred"));
    this.#changed();
  }

  // They are signed in again.
  letIn() {
    this.barred = false;
    this.#next();
  }

  #next() {
    const waiting = this.underWay.filter((item) => item.state === "waiting");
    const free = AT_ONCE - (this.underWay.length - waiting.length);
    const mayStart = !this.paused && !this.barred && !this.#rest;
    if (mayStart) waiting.slice(0, Math.max(free, 0)).forEach((item) => this.#start(item));
    this.#changed();
  }

  #start(item) {
    item.state = "sending";
    item.moved = Date.now();
    const transfer = new tus.Upload(item.file, {
      uploadUrl: item.address,
      chunkSize: this.full ? PROBE : CHUNK,
      retryDelays: DELAYS,
      storeFingerprintForResuming: false,
      onShouldRetry: (error) => this.#mayPass(error),
      onProgress: (sent) => this.#moved(item, sent),
      onChunkComplete: () => this.#wasTaken(transfer),
      onSuccess: () => this.#end(item, "done"),
      onError: (error) => this.#fail(item, error),
    });
    this.#transfers.set(item, transfer);
    transfer.start();
  }

  #moved(item, sent) {
    if (sent > item.sent) {
      item.moved = Date.now();
      item.turnedAway = 0;
      this.trouble = false;
    }
    item.sent = sent;
    this.#changed();
  }

  // What is sent may still be refused: only what was taken tells that there is room.
  #wasTaken(transfer) {
    this.full = false;
    transfer.options.chunkSize = CHUNK;
    this.#changed();
  }

  #end(item, state) {
    this.#transfers.delete(item);
    item.state = state;
    if (state === "done") item.sent = item.file.size;
    this.trouble = state === "done" ? false : this.trouble;
    this.dispatchEvent(new CustomEvent("end", { detail: item }));
    this.#next();
  }

  // No answer, a server that restarts, another request that holds the same upload: all that passes.
  #mayPass(error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    const passes = status < 400 || status >= 500 || [408, 409, 423, 429, 460].includes(status);
    if (passes && ![409, 423, FULL].includes(status)) {
      this.trouble = true;
      this.#changed();
    }
    return passes && status !== FULL;
  }

  #fail(item, error) {
    item.status = error.originalResponse?.getStatus() ?? 0; // 0: it could not be read
    if (item.status === FULL) return this.#waitForRoom(item);
    if ([401, 403].includes(item.status) && this.#turnAway(item)) return;
    this.#end(item, "stopped");
  }

  // An operator must act first, which may take hours: no phone sends as much as it can meanwhile.
  #waitForRoom(item) {
    this.#transfers.delete(item);
    item.state = "waiting";
    this.full = true;
    this.trouble = false;
    this.#rest ||= setTimeout(() => {
      this.#rest = 0;
      this.#next();
    }, UNTIL_ROOM);
    this.#changed();
  }

  // Whether it is worth another try once somebody is signed in.
  #turnAway(item) {
    item.turnedAway = (item.turnedAway ?? 0) + 1;
    if (item.turnedAway > MOST_TURNS) return false;
    this.#transfers.delete(item);
    item.state = "waiting";
    this.bar();
    this.#changed();
    return true;
  }

  #halt(item) {
    this.#transfers.get(item)?.abort();
    this.#transfers.delete(item);
  }

  #lose() {
    this.trouble = this.underWay.length > 0;
    this.#changed();
  }

  // The network is back, or the app: what hangs begins anew at once.
  #wake() {
    this.#changed();
    if (this.paused) return;
    for (const [item] of [...this.#transfers]) {
      if (!this.trouble && Date.now() - item.moved < 3000) continue;
      this.#halt(item);
      this.#start(item);
    }
  }

  #look() {
    for (const [item] of [...this.#transfers]) {
      if (this.trouble) item.file.slice(0, 1).arrayBuffer().catch(() => this.#giveUp(item));
      if (this.paused || !navigator.onLine || Date.now() - item.moved < STALLED) continue;
      this.#halt(item);
      this.#start(item);
    }
  }

  // The browser cannot read the file any more: phones take the leave back.
  #giveUp(item) {
    this.#halt(item);
    item.status = 0;
    this.#end(item, "stopped");
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
