// Says on an open page that its session is over. A form that is sent all the same asks to be
// answered with nothing (204), so that the page stays with what was typed; after a new sign-in in
// another tab it goes on where it was.
(() => {
  "use strict";

  const EVERY_MS = 60_000;
  const SOON_MS = 500;
  const notice = document.getElementById("signed-out");
  if (!notice) return;
  const mine = document.body.dataset;

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
    const same = ["person", "workspace", "reads"].every((what) => String(now[what]) === mine[what]);
    if (!same) return show("other");
    for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = now.csrf;
    return show("");
  }

  function whenRefused(event) {
    const status = event.detail?.ctx?.response?.status ?? event.detail?.status;
    if (status === 401 || status === 403) holds();
  }

  // Forms that htmx sends stay on the page whatever the answer is.
  function send(event) {
    const form = event.target;
    if (form.getAttribute("method") !== "post" || form.hasAttribute("hx-post")) return;
    if (!notice.hidden) {
      event.preventDefault();
      notice.focus();
      holds().then((held) => held && form.requestSubmit(event.submitter));
      return;
    }
    const address = new URL(form.getAttribute("action") ?? "", location.href);
    address.searchParams.set("stay", "1");
    form.setAttribute("action", address.pathname + address.search);
    setTimeout(holds, SOON_MS);
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
