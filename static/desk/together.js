/* Several people on one story: keeps what is typed as a draft on the desk, and in this browser where the desk
   cannot be reached; shows who else has the story open; sends desk notes without leaving the page. The page
   works without it. What the sentences say comes from the server. */
"use strict";
{
  const DEBOUNCE = 3_000;
  const PAUSE = 5_000; // between two drafts, at least
  const BYTES_PER_MS = 50; // of a large story; so 2 MB are sent every 40 seconds
  const RETRY = 10_000;
  const BEAT = 60_000;
  const AFTER_OPENING = 1_000; // the page that was left says so while this one opens
  const PATIENCE = 5_000; // for the desk's answer before a form is sent all the same
  const LARGEST = 5 * 1024 * 1024;
  const MOST_COPIES = 5;
  const NOT_TYPED = new Set(["csrfmiddlewaretoken", "submission", "unanswered", "version", "opened"]);

  /* Why something did not reach the desk: the name of the sentence that says so. */
  class Trouble extends Error {
    constructor(name) {
      super(name);
      this.name = name;
    }
  }

  const shortName = () => Date.now().toString(36) + Math.random().toString(36).slice(2, 10);
  const tokens = () => document.querySelectorAll("input[name=csrfmiddlewaretoken]");

  function troubleOf(answer) {
    if (answer.type === "opaqueredirect") return new Trouble("signedOut");
    if (answer.status === 400 || answer.status === 413) return new Trouble("large");
    return new Trouble(answer.status === 403 ? "notYours" : "refused");
  }

  async function ask(address, options = {}) {
    const headers = { "X-Desk": "script", "X-CSRFToken": tokens()[0]?.value ?? "" };
    try {
      return await fetch(address, { ...options, headers, redirect: "manual" });
    } catch (error) {
      throw error.name === "AbortError" ? error : new Trouble("offline");
    }
  }

  /* A token that is still good, for every form of the page: signing in again made the old ones worthless. */
  async function refreshTokens(about, signal) {
    const answer = await ask(about.autosave, { signal });
    if (!answer.ok) throw troubleOf(answer);
    const news = await answer.json();
    if (news.who !== about.who) throw new Trouble("another");
    for (const input of tokens()) input.value = news.token;
    return news;
  }

  async function post(about, address, body, signal) {
    let answer = await ask(address, { method: "POST", body, signal });
    if (answer.status === 403 && about) {
      await refreshTokens(about, signal);
      answer = await ask(address, { method: "POST", body, signal });
    }
    return answer;
  }

  /* What this browser keeps of a story: copies of its form, each under the name of the page that made it. */
  class Copies {
    constructor(about) {
      this.prefix = `desk:${about.who}:`;
      this.key = this.prefix + location.pathname;
      for (const key of Object.keys(localStorage).filter((name) => name.startsWith(this.prefix))) {
        this.write(this.read(key).filter((copy) => !about.saved.includes(copy.name)), key);
      }
    }

    read(key = this.key) {
      try {
        return JSON.parse(localStorage.getItem(key)) ?? [];
      } catch {
        return [];
      }
    }

    write(copies, key = this.key) {
      try {
        if (copies.length) localStorage.setItem(key, JSON.stringify(copies.slice(-MOST_COPIES)));
        else localStorage.removeItem(key);
        return true;
      } catch {
        return false; // no room
      }
    }

    put(copy) {
      return this.write([...this.read().filter(({ name }) => name !== copy.name), copy]);
    }

    drop(name) {
      this.write(this.read().filter((copy) => copy.name !== name));
    }
  }

  class Desk {
    constructor(form, about) {
      this.form = form;
      this.about = about;
      this.words = about.words;
      this.fields = form.elements;
      this.name = this.fields.submission.value || shortName();
      this.fields.submission.value = this.name;
      this.copies = new Copies(about);
      this.isChanged = false;
      this.changes = 0;
      this.lastKept = 0;
      this.size = 0;
    }

    /* The form as [name, value] pairs, without its token. */
    pairs() {
      return [...new FormData(this.form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
    }

    body(pairs) {
      const body = new FormData();
      body.append("who", this.about.who);
      for (const [name, value] of pairs) body.append(name, value);
      return body;
    }

    say(sentence, isBad = false) {
      const place = document.getElementById("desk-kept");
      place.textContent = sentence;
      place.classList.toggle("bad", isBad);
    }

    strip(id, sentences) {
      const place = document.getElementById(id);
      place.hidden = !sentences.length;
      const shown = [...place.querySelectorAll("p")].map((line) => line.textContent);
      if (shown.join("\n") === sentences.join("\n")) return;
      place.replaceChildren(...sentences.map((sentence) => {
        const line = document.createElement("p");
        line.textContent = sentence;
        return line;
      }));
    }

    showNews({ others = [], news = "" }) {
      this.strip("desk-others", others);
      this.strip("desk-news", news ? [news] : []);
    }

    showTrouble(trouble) {
      const { name } = trouble;
      if (["signedOut", "another", "notYours"].includes(name)) this.strip("desk-news", [this.words[name]]);
    }

    /* Drafts. */

    change() {
      if (!this.isChanged) this.changedAt = Date.now();
      this.isChanged = true;
      this.changes += 1;
      this.keepSoon();
    }

    keepSoon(wait = 0) {
      const now = Date.now();
      const pause = Math.max(PAUSE, this.size / BYTES_PER_MS);
      const debounced = Math.min(DEBOUNCE, this.changedAt + PAUSE - now);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(), Math.max(wait, debounced, this.lastKept + pause - now, 0));
    }

    keepHere(pairs = this.pairs()) {
      return this.copies.put({ name: this.name, at: Date.now(), fields: pairs });
    }

    sizeOf(pairs) {
      return pairs.reduce((size, [name, value]) => size + 100 + name.length + new Blob([value]).size, 0);
    }

    async keep() {
      if (this.isSending || this.isGone || !this.isChanged) return;
      const { changes } = this;
      const pairs = this.pairs();
      const text = JSON.stringify(pairs);
      if (text === this.lastText) {
        this.isChanged = false;
        return;
      }
      this.size = this.sizeOf(pairs);
      this.lastKept = this.changedAt = Date.now();
      this.isSending = new AbortController();
      try {
        if (this.size > LARGEST) throw new Trouble("large");
        const answer = await post(this.about, this.about.autosave, this.body(pairs), this.isSending.signal);
        if (!answer.ok) throw troubleOf(answer);
        this.kept(await answer.json(), changes, text);
      } catch (error) {
        if (error.name === "AbortError") return;
        const hasRoom = this.keepHere(pairs);
        const sentence = this.words[error.name] && error.name !== "notYours" ? error.name : "refused";
        this.say(this.words[hasRoom || error.name === "large" ? sentence : "noRoom"], true);
        this.showTrouble(error);
        this.isSending = null;
        if (error.name !== "large") this.keepSoon(RETRY);
      } finally {
        this.isSending = null;
      }
      if (this.isChanged && this.changes !== changes) this.keepSoon();
    }

    kept(answer, changes, text) {
      this.showNews(answer);
      if (!answer.isKept) {
        this.keepHere();
        this.say(this.words.undecided, true);
        return;
      }
      this.say(answer.said);
      this.lastText = text;
      if (changes !== this.changes) return;
      this.isChanged = false;
      this.copies.drop(this.name);
    }

    /* Presence. */

    async beat() {
      if (!this.about.presence || document.visibilityState !== "visible" || this.isGone) return;
      try {
        const answer = await post(this.about, this.about.presence, this.body([["version", this.fields.version.value]]));
        if (!answer.ok) throw troubleOf(answer);
        this.showNews(await answer.json());
      } catch (error) {
        this.showTrouble(error);
      }
    }

    leave({ persisted }) {
      if (this.isGone) {
        this.keepTypedSince();
        return;
      }
      if (this.isChanged) this.keepHere();
      if (!this.about.presence || persisted) return;
      const body = this.body([["leave", "1"]]);
      body.append("csrfmiddlewaretoken", tokens()[0].value);
      navigator.sendBeacon(this.about.presence, body);
    }

    /* Words typed while the desk took its time to save. They are no part of what it saved, so their copy has
       another name: it stays when the answer says that the form has arrived. */
    keepTypedSince() {
      const pairs = this.pairs();
      if (JSON.stringify(pairs) !== this.sent) this.copies.put({ name: shortName(), at: Date.now(), fields: pairs });
    }

    /* Saving: the form goes only where the desk answers, and a copy stays until it says that it has the words. */

    submit(event) {
      if (this.isGone) {
        event.preventDefault();
      } else if (this.isCleared) {
        this.isSending?.abort();
        clearTimeout(this.timer);
        this.isCleared = false;
        this.isGone = true;
        this.sent = JSON.stringify(this.pairs());
        setTimeout(() => { this.isGone = false; }, RETRY);
      } else {
        event.preventDefault();
        this.clear(event.submitter);
      }
    }

    async clear(submitter) {
      if (this.isClearing) return;
      this.isClearing = true;
      const hasRoom = this.keepHere();
      try {
        if (this.sizeOf(this.pairs()) > LARGEST) throw new Trouble("tooLarge");
        await this.reach();
        this.isCleared = true;
      } catch (error) {
        const sentence = error.name === "offline" ? (hasRoom ? "notSaved" : "noRoom") : error.name;
        this.say(this.words[sentence] ?? this.words.notSaved, true);
        this.showTrouble(error);
        if (!this.isChanged) this.change();
      }
      this.isClearing = false;
      if (this.isCleared) this.form.requestSubmit(submitter);
    }

    async reach() {
      const patience = new AbortController();
      const timer = setTimeout(() => patience.abort(), PATIENCE);
      try {
        await refreshTokens(this.about, patience.signal);
      } catch (error) {
        if (error.name !== "AbortError" && error.name !== "refused") throw error;
      } finally {
        clearTimeout(timer);
      }
    }

    /* Words that were kept before. */

    sameAsForm(copy) {
      const plain = (pairs) => JSON.stringify(pairs.filter(([name]) => !NOT_TYPED.has(name)));
      return plain(copy.fields) === plain(this.pairs());
    }

    offerCopies() {
      const copies = this.copies.read().filter(({ name }) => name !== this.name);
      const copy = copies.pop();
      if (!copy) return;
      if (this.sameAsForm(copy)) {
        this.copies.drop(copy.name);
        this.offerCopies();
        return;
      }
      const isNewer = copy.at >= (Date.parse(this.fields.unanswered.value) || 0);
      const older = isNewer ? document.getElementById("desk-offer") : null;
      if (older) older.hidden = true;
      this.showCopy(copy, older);
    }

    showCopy(copy, older) {
      const template = document.getElementById("desk-copy");
      const strip = template.content.firstElementChild.cloneNode(true);
      strip.querySelector("[data-bring-back]").addEventListener("click", () => this.bringBack(copy, older));
      strip.querySelector("[data-throw-away]").addEventListener("click", () => {
        this.copies.drop(copy.name);
        strip.remove();
        if (older) older.hidden = false;
        this.offerCopies();
      });
      template.after(strip);
    }

    bringBack(copy, older) {
      const form = document.createElement("form");
      form.method = "post";
      form.enctype = "multipart/form-data";
      const own = { _restore: "browser", submission: copy.name, csrfmiddlewaretoken: tokens()[0].value };
      if (older) own.unanswered = "";
      const fields = [...copy.fields.filter(([name]) => !(name in own)), ...Object.entries(own)];
      for (const [name, value] of fields) {
        const input = document.createElement("textarea");
        input.name = name;
        input.value = value;
        form.append(input);
      }
      form.hidden = true;
      document.body.append(form);
      form.submit();
    }

    async throwAway(event) {
      if (event.submitter?.name !== "_throw_away") return;
      event.preventDefault();
      try {
        const answer = await post(this.about, this.about.autosave, this.body([["_throw_away", "1"]]));
        if (!answer.ok) throw troubleOf(answer);
        document.getElementById("desk-offer").remove();
        this.fields.unanswered.value = "";
        if (this.isChanged) this.keepSoon();
      } catch (error) {
        this.say(this.words[error.name] ?? this.words.refused, true);
      }
    }

    begin() {
      const { form } = this;
      form.addEventListener("input", ({ target }) => { if (target.form === form) this.change(); });
      form.addEventListener("change", ({ target }) => { if (target.form === form) this.change(); });
      for (const name of ["formset:added", "formset:removed"]) document.addEventListener(name, () => this.change());
      form.addEventListener("submit", (event) => this.submit(event));
      document.getElementById("desk-draft").addEventListener("submit", (event) => this.throwAway(event));
      window.addEventListener("pagehide", (event) => this.leave(event));
      window.addEventListener("pageshow", ({ persisted }) => {
        this.isGone = false;
        if (persisted) this.beat();
      });
      document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible") this.beat();
        else if (this.isChanged && !this.isGone) this.keepHere();
      });
      setInterval(() => this.beat(), BEAT);
      setTimeout(() => this.beat(), AFTER_OPENING);
      this.offerCopies();
      if (this.about.isUnsaved) {
        form.dispatchEvent(new Event("input")); // so that leaving the page asks first
        this.change();
      } else {
        this.lastText = JSON.stringify(this.pairs());
      }
    }
  }

  /* Desk notes: the answer takes the box's place, and what is being written stays. */
  function beginNotes(about) {
    const form = document.getElementById("desk-note");
    const box = document.getElementById("desk-notes");
    if (!form || !box) return;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const { submitter } = event;
      const written = submitter?.name ? document.getElementById("id_note_text")?.value : null;
      try {
        const answer = await post(about, form.action, new FormData(form, submitter));
        if (!answer.ok && answer.status !== 422) throw troubleOf(answer);
        box.innerHTML = await answer.text();
      } catch {
        box.querySelector(".note-said").textContent = box.dataset.failed;
        return;
      }
      const text = document.getElementById("id_note_text");
      if (written) text.value = written;
      text?.focus();
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("article_form");
    const about = JSON.parse(document.getElementById("desk-together")?.textContent ?? "null");
    if (form && about) new Desk(form, about).begin();
    beginNotes(about);
    document.getElementById("desk-conflict")?.focus();
  });
}
