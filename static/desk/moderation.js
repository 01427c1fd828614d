/* The moderation queue by single keys, without waiting for the server. Every key presses a real button of the page's
   form, and without this script the same buttons send plain forms. */
"use strict";
{
  const root = document.getElementById("moderation");
  const form = document.getElementById("queue");
  const words = root?.dataset ?? {};
  const said = document.getElementById("said");
  const LEAVING = new Set(["approve", "spam", "off_topic", "abuse", "advertising", "false_claim", "personal_data", "other"]);
  const NEWS_EVERY = 20_000; // milliseconds
  const removed = new Map(); // number: where its card stood
  let sending = Promise.resolve(); // requests go one after the other, so that an undo follows what it undoes
  let asking = null; // the open reasons that wait for a digit
  let question = null; // what was said before they were asked for

  const cards = () => [...form.querySelectorAll(".card")];
  const current = () => form.querySelector(".card.current");
  const ticked = () => [...form.querySelectorAll(".card > input[type=checkbox]:checked")];
  const card = (number) => document.getElementById(`c${number}`);

  function go(to) {
    if (!to) return;
    current()?.classList.remove("current");
    to.classList.add("current");
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: "nearest" });
    showAuthor(to);
  }

  /* While a question stands there, what is said waits behind it: an answer of the server to the decision before. */
  function say(text, undo, kind = "undo") {
    if (question) Object.assign(question, { text, kind });
    else show(text, kind);
    if (undo === undefined) return;
    const button = said.querySelector("button");
    button.value = undo ?? "";
    button.hidden = !undo;
  }

  function show(text, kind) {
    said.className = kind;
    said.querySelector("span").textContent = text;
  }

  function ask(text) {
    question = { text: said.querySelector("span").textContent, kind: said.className };
    show(text, "undo plain");
  }

  function askNoMore() {
    const { text, kind } = question;
    question = null;
    show(text, kind);
  }

  function complain(text) {
    if (question) askNoMore();
    say(text, undefined, "undo wrong");
  }

  /* --- the cards */

  function take(number) {
    const item = card(number)?.closest("li");
    if (!item) return;
    removed.set(String(number), { item, before: item.nextElementSibling, list: item.parentElement });
    item.querySelector(".card").classList.remove("current");
    item.remove();
  }

  function putBack(number, lines) {
    const place = removed.get(String(number));
    if (!place) return null;
    removed.delete(String(number));
    place.list.insertBefore(place.item, place.before?.isConnected ? place.before : null);
    const back = place.item.querySelector(".card");
    back.querySelector(".failed")?.remove();
    if (lines !== undefined) back.querySelector(`input[name="seen_${number}"]`).value = back.dataset.lines = lines;
    return back;
  }

  function strike(number, text) {
    const gone = card(number);
    if (!gone || gone.classList.contains("gone")) return;
    gone.classList.add("gone");
    gone.querySelectorAll("button, input, details, a.act").forEach((part) => part.remove());
    note(gone, text, "elsewhere");
  }

  function note(on, text, kind) {
    on.querySelector(`.${kind}`)?.remove();
    const line = document.createElement("p");
    line.className = kind;
    line.textContent = text;
    on.append(line);
  }

  function countPicked() {
    const count = ticked().length, place = document.getElementById("picked"), all = document.getElementById("all");
    if (!place || !all) return;
    place.textContent = count === 1 ? words.pickedOne : words.picked.replace("{count}", count);
    showHeadings();
    all.checked = count > 0 && count === form.querySelectorAll(".card > input[type=checkbox]").length;
  }

  /* The heading of a group goes with the last of its cards, and comes back with the first. */
  function showHeadings() {
    for (const heading of form.querySelectorAll(".together")) {
      const next = heading.nextElementSibling;
      heading.hidden = !next?.matches(heading.querySelector(".pick") ? ".alike" : ":has(.card)");
    }
  }

  function showCounts(counts) {
    for (const place of root.querySelectorAll("[data-count]")) place.textContent = counts[place.dataset.count];
  }

  /* A way to comments that wait and do not stand on this page. */
  function offerMore() {
    const more = document.createElement("a");
    more.id = "next-comments";
    more.href = location.href.replace(/[?&]after=\d+/, "");
    more.textContent = root.querySelector(".news a").dataset.shown;
    said.append(" ", more);
    more.focus();
  }

  /* Nothing is left on the page: the focus goes to the sentence that says so, or to what comes next. */
  function finish(counts) {
    if (cards().some((each) => !each.classList.contains("gone"))) return;
    if (!form.querySelector(".deck, #clear") || document.getElementById("next-comments")) return;
    if (counts[words.queue]) {
      offerMore();
    } else {
      const clear = document.createElement("p");
      Object.assign(clear, { className: "clear", id: "next-comments", tabIndex: -1, textContent: words.clear });
      for (const part of form.querySelectorAll(".bulk, .deck")) part.hidden = true;
      form.append(clear);
      clear.focus();
    }
  }

  /* --- sending */

  async function post(data) {
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
    if (!answer.ok && answer.status !== 422) throw new Error(answer.statusText);
    return answer.json(); // a page, as of somebody signed out, is no JSON and fails here
  }

  function send(button) {
    const [verb, number] = button.name === "do" ? button.value.split(":") : [button.value, null];
    const numbers = number ? [number] : ticked().map((box) => box.value);
    if (!numbers.length) return complain(words.nothing);
    const own = button.closest(".reasons")?.querySelector("input[type=text]");
    if (verb === "other" && !own.value.trim()) return own.focus();
    const data = new FormData(form, button);
    const all = cards(), first = all.findIndex((each) => each.dataset.number === numbers[0]);
    const stay = all.filter((each) => !numbers.includes(each.dataset.number));
    const next = stay.find((each) => all.indexOf(each) > first) ?? stay.at(-1);
    closeReasons();
    numbers.forEach(take);
    go(next);
    countPicked();
    sending = sending.then(() => settle(numbers, data));
  }

  async function settle(numbers, data) {
    let answer;
    try {
      answer = await post(data);
    } catch {
      return comeBack(numbers, words.failed);
    }
    if (answer.refusal) return comeBack(numbers, answer.refusal);
    say(answer.said, answer.undo);
    showCounts(answer.counts);
    for (const [number, outcome] of Object.entries(answer.outcomes)) {
      if (outcome.isDone) continue;
      putBack(number);
      strike(number, outcome.said);
      say(outcome.said, answer.undo);
    }
    finish(answer.counts);
  }

  function comeBack(numbers, text) {
    let first = null;
    for (const number of numbers.toReversed()) {
      first = putBack(number) ?? first;
      if (first) note(first, text, "failed");
    }
    document.getElementById("next-comments")?.remove();
    countPicked();
    complain(text);
    go(first);
  }

  function undo() {
    sending = sending.then(async () => {
      const button = said.querySelector("button");
      if (!button.value) return;
      const data = new FormData(form);
      data.set("undo", button.value);
      let answer;
      try {
        answer = await post(data);
      } catch {
        return complain(words.failed);
      }
      say(answer.refusal || answer.said || Object.values(answer.outcomes)[0]?.said, answer.undo);
      showCounts(answer.counts);
      document.getElementById("next-comments")?.remove();
      for (const part of form.querySelectorAll(".bulk, .deck")) part.hidden = false;
      const undone = Object.entries(answer.outcomes).filter(([, outcome]) => outcome.isDone);
      const back = undone.toReversed().map(([number, outcome]) => putBack(number, outcome.lines)).filter(Boolean);
      for (const each of back) each.querySelector("input[type=checkbox]").checked = false;
      countPicked();
      go(back.at(-1));
      if (back.length < undone.length) offerMore();
    });
  }

  form?.addEventListener("submit", (event) => {
    const button = event.submitter;
    const verb = button?.value.split(":")[0];
    if (button?.name === "undo") {
      event.preventDefault();
      undo();
    } else if (root.dataset.queue && (button?.name === "bulk" || (button?.name === "do" && LEAVING.has(verb)))) {
      event.preventDefault();
      send(button);
    }
  });

  /* --- what is beside the cards */

  let wanted = null;
  async function showAuthor(of) {
    const aside = document.getElementById("author");
    const { author: address } = of.dataset;
    if (!aside || !address || aside.dataset.address === address) return;
    wanted = address;
    await new Promise((done) => setTimeout(done, 150)); // whoever leafs through wants the last one
    if (wanted !== address) return;
    try {
      const answer = await fetch(address);
      if (!answer.ok || wanted !== address) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      aside.replaceChildren(...page.body.childNodes);
      aside.dataset.address = address;
    } catch {
      // The record of the card before stays, under the name of whom it is about.
    }
  }

  async function askForNews() {
    if (document.hidden) return;
    const seen = cards().map((each) => `${each.dataset.number}.${each.dataset.lines}`).join(",");
    try {
      const answer = await fetch(`${words.news}&seen=${seen}`);
      if (!answer.ok) return;
      const news = await answer.json();
      showCounts(news.counts);
      const place = root.querySelector(".news");
      place.hidden = !news.new;
      place.querySelector("a").textContent = news.said;
      for (const [number, text] of Object.entries(news.moved)) strike(number, text);
    } catch {
      // Asked again in a while.
    }
  }

  /* What is selected in a comment is what to blank. */
  function offerSelection(event) {
    const field = event.target.querySelector?.("[data-takes-selection]");
    if (!event.target.open || !field || field.value) return;
    const selection = getSelection(), within = event.target.closest(".card").querySelector(".said");
    if (!selection.isCollapsed && within.contains(selection.anchorNode)) field.value = selection.toString();
    field.focus();
  }

  /* --- keys */

  function askWhy(reasons) {
    closeReasons();
    if (!reasons) return;
    reasons.open = true;
    asking = reasons;
    ask(words.asking);
    reasons.querySelector(".reasons").scrollIntoView({ block: "nearest" }); // below long words they are out of sight
  }

  function closeReasons() {
    form.querySelectorAll("details.reject[open]").forEach((each) => { each.open = false; });
    if (question) askNoMore();
    asking = null;
  }

  function answer(digit) {
    const button = asking.querySelectorAll("button")[digit - 1];
    if (button.value.startsWith("other")) asking.querySelector("input[type=text]").focus();
    else button.click();
  }

  const press = (verb) => current()?.querySelector(`button[name=do][value^="${verb}:"]`)?.click();
  const bulk = (verb) => form.querySelector(`button[name=bulk][value="${verb}"]`)?.click();
  const step = (by) => { const all = cards(); closeReasons(); go(all[Math.min(Math.max(all.indexOf(current()) + by, 0), all.length - 1)]); };

  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    a: () => press("approve"),
    s: () => press("spam"),
    d: () => askWhy(current()?.querySelector("details.reject")),
    x: () => current()?.querySelector(":scope > input[type=checkbox]")?.click(),
    z: () => said.querySelector("button").click(),
    h: () => { const aside = document.getElementById("author"); aside.tabIndex = -1; aside.focus(); },
    t: () => (root.querySelector(".queues li:has([aria-current]) + li a") ?? root.querySelector(".queues a")).click(),
    "/": () => document.getElementById("searchbar").focus(),
    "?": () => { const keys = root.querySelector(".keys"); keys.open = !keys.open; keys.querySelector("summary").focus(); },
    A: () => bulk("approve"),
    S: () => bulk("spam"),
    D: () => askWhy(form.querySelector(".bulk details.reject")),
    X: () => document.getElementById("all")?.click(),
    Escape: closeReasons,
  };

  function onKey(event) {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.closest("input:not([type=checkbox]), textarea, select")) {
      if (key === "Escape") { closeReasons(); go(target.closest(".card")); }
      if (key === "Enter" && target.matches(".reasons input")) target.nextElementSibling.click();
      return;
    }
    if (words.keys !== "on") return;
    const act = asking && /^[1-6]$/.test(key) ? () => answer(Number(key)) : KEYS[key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  function begin() {
    document.addEventListener("keydown", onKey);
    form.addEventListener("focusin", ({ target }) => {
      const on = target.closest(".card");
      if (!on || on === current()) return;
      current()?.classList.remove("current");
      on.classList.add("current");
    });
    form.addEventListener("toggle", offerSelection, true);
    form.addEventListener("change", countPicked);
    const all = document.getElementById("all");
    if (all) all.closest("label").hidden = false;
    all?.addEventListener("click", () => {
      form.querySelectorAll(".card > input[type=checkbox]").forEach((box) => { box.checked = all.checked; });
      countPicked();
    });
    for (const button of form.querySelectorAll("button.pick")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        for (const number of button.dataset.picks.trim().split(" ")) {
          const box = card(number)?.querySelector("input[type=checkbox]");
          if (box) box.checked = true;
        }
        countPicked();
      });
    }
    document.getElementById("order").addEventListener("change", ({ target }) => target.form.requestSubmit());
    const keys = document.getElementById("keys-on");
    keys.addEventListener("change", async () => {
      words.keys = keys.checked ? "on" : "off";
      const answer = await fetch(keys.form.action, { method: "POST", body: new FormData(keys.form), headers: { Accept: "application/json" } });
      if (!answer.ok) complain(words.failed);
    });
    keys.form.querySelector("button").hidden = true;
    countPicked();
    if (words.keys === "on" && !location.hash) go(cards()[0]);
    setInterval(askForNews, NEWS_EVERY);
  }

  if (root?.dataset.queue) begin();
}
