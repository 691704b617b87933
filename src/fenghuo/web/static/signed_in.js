// Says on an open page that its session is over, and sends a form only while it holds, so that
// nothing typed is lost. After a new sign-in in another tab the page goes on where it was.
(() => {
  "use strict";

  const EVERY_MS = 60_000;
  const notice = document.getElementById("signed-out");
  if (!notice) return;
  const mine = document.body.dataset;
  const asking = new WeakSet();
  const cleared = new WeakSet();

  function show(why) {
    for (const words of notice.querySelectorAll("[data-why]")) {
      words.hidden = words.dataset.why !== why;
    }
    notice.hidden = !why;
    return !why;
  }

  // Whether this page still belongs to whoever is signed in here.
  async function holds() {
    let answer;
    try {
      answer = await fetch("/session", { cache: "no-store" });
    } catch {
      return true; // The network, not the session: of that the browser itself tells.
    }
    if (answer.status === 401) return show("over");
    if (!answer.ok) return true;
    const now = await answer.json();
    if (now.person !== mine.person || now.workspace !== mine.workspace) return show("other");
    for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = now.csrf;
    return show("");
  }

  function whenRefused(event) {
    const status = event.detail?.ctx?.response?.status ?? event.detail?.status;
    if (status === 401 || status === 403) holds();
  }

  // Forms that htmx sends stay on the page whatever the answer is.
  async function send(event) {
    const form = event.target;
    if (form.getAttribute("method") !== "post" || form.hasAttribute("hx-post")) return;
    if (cleared.delete(form)) return;
    event.preventDefault();
    if (asking.has(form)) return;
    asking.add(form);
    const held = await holds();
    asking.delete(form);
    if (!held) {
      notice.scrollIntoView({ block: "nearest" });
      notice.focus();
      return;
    }
    cleared.add(form);
    form.requestSubmit(event.submitter);
  }

  document.addEventListener("submit", send, true);
  document.addEventListener("out", holds);
  document.addEventListener("htmx:response:error", whenRefused);
  document.addEventListener("htmx:sse:error", whenRefused);
  document.addEventListener("visibilitychange", () => document.hidden || holds());
  window.addEventListener("focus", holds);
  window.addEventListener("pageshow", (event) => event.persisted && holds());
  setInterval(() => document.hidden || holds(), EVERY_MS);
})();
