"use strict";

const QUICK = ["STOP", "START", "HELP", "C", "please stop the work", "CANCEL", "Is my car ready?", "Thanks!"];
const STATES = {
  accepted: "On its way",
  queued: "On its way",
  sending: "On its way",
  sent: "Sent",
  delivered: "Delivered",
  undelivered: "Not delivered",
  failed: "Failed",
};
const byId = (id) => document.getElementById(id);
const state = { threads: [], zone: null, number: location.hash.slice(1) || null, revision: -1, shownTexts: "" };

/** "+17185550142" as "(718) 555-0142"; other countries as they are. */
function shownNumber(number) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return parts ? `(${parts[1]}) ${parts[2]}-${parts[3]}` : number;
}

/** What somebody typed as E.164, null if it is no number. */
function typedNumber(text) {
  const digits = text.replace(/\D/g, "");
  if (/[a-z]/i.test(text) || digits.length < 7) return null;
  if (text.trim().startsWith("+")) return `+${digits}`;
  if (digits.length === 10) return `+1${digits}`;
  return digits.length === 11 && digits.startsWith("1") ? `+${digits}` : null;
}

/** A time on the clock of the phone's owner, where its area code says what that shows; else on this machine's. */
function shownTime(at, zone) {
  const clock = zone ? { timeZone: zone, timeZoneName: "short" } : {};
  return new Date(at).toLocaleTimeString([], { hour: "numeric", minute: "2-digit", ...clock });
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

async function ask(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer.json();
}

async function tell(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  return said;
}

let quietTimer;
function say(words) {
  byId("told").textContent = words;
  clearTimeout(quietTimer);
  quietTimer = setTimeout(() => (byId("told").textContent = ""), 5000);
}

function drawThreads() {
  const wanted = byId("search").value.trim().toLowerCase();
  const digits = wanted.replace(/\D/g, "");
  const found = state.threads.filter(
    ({ number, last }) =>
      !wanted || (digits && number.includes(digits)) || last.body.toLowerCase().includes(wanted),
  );
  const focused = document.activeElement?.dataset?.number;
  byId("threads").replaceChildren(
    ...found.map(({ number, zone, last }) => {
      const button = element(
        "button",
        { type: "button", "data-number": number, "aria-current": String(number === state.number) },
        element("strong", {}, shownNumber(number)),
        element("span", { class: "quiet" }, shownTime(last.at, zone)),
        element("small", {}, `${last.isInbound ? "You: " : ""}${last.body}`),
      );
      button.addEventListener("click", () => choose(number));
      return element("li", {}, button);
    }),
  );
  if (focused) byId("threads").querySelector(`[data-number="${CSS.escape(focused)}"]`)?.focus();
  byId("no-threads").hidden = state.threads.length > 0;
  const fresh = typedNumber(wanted);
  const isNew = fresh !== null && !state.threads.some(({ number }) => number === fresh);
  byId("new-thread").hidden = !isNew;
  byId("new-thread").textContent = isNew ? `Be ${shownNumber(fresh)}` : "";
  byId("new-thread").dataset.number = fresh ?? "";
}

function bubble(text) {
  const stateWords = STATES[text.status] ?? text.status;
  const isBad = text.status === "undelivered" || text.status === "failed";
  const pictures = text.pictures ? `🖼 ${text.pictures === 1 ? "Picture" : `${text.pictures} pictures`}\n` : "";
  const about = text.isInbound
    ? shownTime(text.at, state.zone)
    : `${shownTime(text.at, state.zone)} · ${stateWords}${text.errorCode ? ` (${text.errorCode})` : ""}${text.isAutomatic ? " · by the provider" : ""}`;
  return element(
    "div",
    { class: text.isInbound ? "bubble mine" : "bubble" },
    element("span", { class: "hidden" }, text.isInbound ? "You:" : "The shop:"),
    element("p", {}, pictures, ...withLinks(text.body)),
    element("small", { class: isBad ? "bad" : null, "data-status": text.status }, about),
  );
}

async function drawPhone() {
  byId("write").hidden = byId("quick").hidden = state.number === null;
  if (state.number === null) return;
  const thread = await ask(`/control/threads/${encodeURIComponent(state.number)}`);
  if (thread.number !== state.number) return;
  state.zone = thread.zone;
  tick();
  const shop = thread.texts.at(-1)?.shop;
  byId("phone-title").textContent = shop ? shownNumber(shop) : "The shop";
  byId("owner").textContent = `on the phone of ${shownNumber(state.number)}${thread.isBlocked ? " · blocked by the provider" : ""}`;
  const drawn = JSON.stringify(thread.texts);
  if (drawn === state.shownTexts) return;
  state.shownTexts = drawn;
  const list = byId("bubbles");
  list.replaceChildren(...thread.texts.map(bubble));
  list.scrollTop = list.scrollHeight;
}

function drawMood({ mode, calls }) {
  byId("calls").textContent = calls === 1 ? "1 text" : `${calls} texts`;
  for (const id of ["answer", "share", "outcome", "errorCode"]) {
    const chosen = byId(id);
    if (document.activeElement !== chosen) chosen.value = String(mode[id]);
  }
  byId("isShuffled").checked = mode.isShuffled;
  byId("isRepeated").checked = mode.repeat > 1;
  byId("answersKeywords").checked = mode.answersKeywords;
}

async function draw() {
  const [{ threads }, now] = await Promise.all([ask("/control/threads"), ask("/control/state")]);
  state.threads = threads;
  if (state.number === null && threads.length > 0) state.number = threads[0].number;
  drawThreads();
  drawMood(now);
  await drawPhone();
}

function choose(number) {
  state.number = number;
  state.shownTexts = "";
  history.replaceState(null, "", `#${number}`);
  drawThreads();
  drawPhone().catch(complain);
  byId("body").focus();
}

function complain(error) {
  say(error instanceof TypeError ? "The simulator is not running." : error.message);
}

async function write(body) {
  const pictures = byId("picture").getAttribute("aria-pressed") === "true" ? 1 : 0;
  if (state.number === null || (!body.trim() && !pictures)) return;
  const { answered } = await tell("/control/inbound", { from: state.number, body, pictures });
  byId("picture").setAttribute("aria-pressed", "false");
  if (answered === null) say("The shop did not answer: is it running?");
  else if (answered >= 300) say(`The shop refused the text (${answered}).`);
  await draw();
}

byId("find").addEventListener("submit", (event) => {
  event.preventDefault();
  const fresh = typedNumber(byId("search").value);
  const first = byId("threads").querySelector("button");
  if (first) choose(first.dataset.number);
  else if (fresh) choose(fresh);
});
byId("search").addEventListener("input", drawThreads);
byId("new-thread").addEventListener("click", (event) => choose(event.currentTarget.dataset.number));
byId("quick").replaceChildren(
  ...QUICK.map((words) => {
    const button = element("button", { type: "button" }, words);
    button.addEventListener("click", () => write(words).catch(complain));
    return button;
  }),
);
byId("picture").addEventListener("click", (event) => {
  const button = event.currentTarget;
  button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
});
byId("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const body = byId("body").value;
  byId("body").value = "";
  write(body).catch(complain);
});
byId("body").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    byId("write").requestSubmit();
  }
});
byId("mood").addEventListener("change", () => {
  tell("/control/mode", {
    answer: byId("answer").value,
    share: Number(byId("share").value),
    outcome: byId("outcome").value,
    errorCode: Number(byId("errorCode").value),
    isShuffled: byId("isShuffled").checked,
    repeat: byId("isRepeated").checked ? 3 : 1,
    answersKeywords: byId("answersKeywords").checked,
  })
    .then(drawMood)
    .catch(complain);
});

function tick() {
  byId("clock").textContent = shownTime(Date.now(), state.zone);
}
tick();
setInterval(tick, 10_000);

/** Draw whenever something has changed; the simulator answers when it has. */
async function watch() {
  for (;;) {
    try {
      const { revision } = await ask(`/control/watch?revision=${state.revision}`);
      if (revision !== state.revision) {
        state.revision = revision;
        await draw();
      }
    } catch (error) {
      complain(error);
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}
watch();
