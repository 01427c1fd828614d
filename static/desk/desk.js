/* Small conveniences of the desk's forms. Everything works without them. */
"use strict";
{
  /* How long the headline is. The server says it first, in the page's language. */
  function countHeadline() {
    const headline = document.querySelector("textarea[data-counted]");
    const help = headline && document.querySelector(`#${headline.id}_helptext > div`);
    if (!help) return;
    headline.addEventListener("input", () => {
      const count = [...headline.value].length;
      const { counted, countedOne } = headline.dataset;
      help.textContent = count === 1 ? countedOne : counted.replace("{count}", count);
    });
  }

  /* Ctrl+S saves, and unsaved words ask before the page is left. */
  function guardForm() {
    const form = document.getElementById("article_form");
    if (!form) return;
    const save = form.querySelector("button[name=_continue]"); // not where a save was refused: see together.js
    let isUnsaved = false;
    form.addEventListener("input", ({ target }) => { isUnsaved ||= !target.form || target.form === form; });
    window.addEventListener("submit", (event) => {
      if (event.target !== form && event.submitter?.name !== "_restore") return;
      isUnsaved &&= event.defaultPrevented;
    });
    window.addEventListener("beforeunload", (event) => { if (isUnsaved) event.preventDefault(); });
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "s") {
        event.preventDefault();
        if (save) form.requestSubmit(save);
      }
    });
  }

  /* A new story begins with its headline. */
  function beginWithHeadline() {
    if (new URL(location.href).pathname.endsWith("/add/")) document.querySelector("textarea.headline")?.focus();
  }

  /* A page that comes back with something to mend begins at the first thing to mend. */
  function beginWithFirstError() {
    const list = document.querySelector("#content form ul.errorlist > li")?.parentElement;
    if (!list) return;
    const fields = list.closest(".form-row, td")?.querySelectorAll("input, select, textarea") ?? [];
    const field = [...fields].find((found) => found.checkVisibility());
    if (!field) list.tabIndex = -1;
    (field ?? list).focus({ preventScroll: true });
    list.scrollIntoView({ block: "center" });
  }

  /* What the list of things to do asks for is no longer asked once it is typed. */
  function watchWhatIsMissing() {
    const wanted = { id_headline: (value) => value, id_body: (value) => value.replace(/<[^>]*>/g, "") };
    for (const [id, words] of Object.entries(wanted)) {
      const field = document.getElementById(id);
      const line = document.querySelector(`.checks .todo a[href="#${id}"]`)?.closest("li");
      if (!field || !line) continue;
      field.form.addEventListener("input", () => { line.hidden = Boolean(words(field.value).trim()); });
    }
  }

  /* Suggestions while typing. The one taken is noted in the hidden field beside; where commas part names, the
     suggestions complete the last of them. */
  const WAIT = 200;

  function suggestionsFor(input) {
    if (!input.list) {
      const list = document.createElement("datalist");
      list.id = `${input.id}-suggestions`;
      input.after(list);
      input.setAttribute("list", list.id);
    }
    return document.getElementById(input.getAttribute("list"));
  }

  function typedPart(input) {
    const comma = input.dataset.suggestMany;
    const start = comma ? input.value.lastIndexOf(comma) + 1 : 0;
    return { before: input.value.slice(0, start), words: input.value.slice(start).trim() };
  }

  async function suggest(input) {
    const { before, words } = typedPart(input);
    const list = suggestionsFor(input);
    if (words.length < 2) return list.replaceChildren();
    const url = new URL(input.dataset.suggest, location.href);
    url.searchParams.set("term", words);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok || typedPart(input).words !== words) return undefined;
    const { results } = await answer.json();
    return list.replaceChildren(...results.map(({ id, text }) => {
      const option = document.createElement("option");
      option.value = before ? `${before} ${text}` : text;
      option.dataset.id = id;
      return option;
    }));
  }

  function noteTaken(input) {
    const hidden = document.getElementById(`${input.id}_id`);
    if (!hidden) return;
    const taken = [...suggestionsFor(input).options].find((option) => option.value === input.value);
    hidden.value = taken ? taken.dataset.id : "";
  }

  let waiting;
  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || !input.dataset.suggest) return;
    noteTaken(input);
    clearTimeout(waiting);
    waiting = setTimeout(() => suggest(input).catch(() => {}), WAIT);
  });

  /* Enter takes a suggestion over: in a form that writes it does not also send the form. */
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.key === "Enter" && target.dataset.suggest && target.form?.method === "post") event.preventDefault();
  });

  /* A row that is added has a list of suggestions of its own. */
  document.addEventListener("formset:added", (event) => {
    for (const list of event.target.querySelectorAll("datalist")) list.remove();
    for (const input of event.target.querySelectorAll("[data-suggest]")) input.removeAttribute("list");
  });

  /* The body's label names the editor that takes the place of its field. */
  document.addEventListener("prose-editor:ready", (event) => {
    const { editor, textarea } = event.detail;
    const label = document.querySelector(`label[for="${textarea.id}"]`);
    if (!label) return;
    label.id = `${textarea.id}_label`;
    editor.view.dom.setAttribute("aria-labelledby", label.id);
    const lead = () => { editor.commands.focus(); editor.view.dom.scrollIntoView({ block: "nearest" }); };
    label.addEventListener("click", lead);
    /* The field itself is out of sight, so a link to it leads to the editor. */
    if (location.hash === `#${textarea.id}`) lead();
    document.addEventListener("click", (click) => {
      if (click.target.closest?.(`a[href="#${textarea.id}"]`)) setTimeout(lead);
    });
  });

  /* The button that schedules names the moment. */
  function nameMoment() {
    const button = document.querySelector(".do-later[data-words]");
    const field = document.getElementById("id_at");
    if (!button || !field) return;
    const plain = button.dataset.plain;
    const format = (parts) => new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
      ...parts, hourCycle: "h23", timeZone: "UTC",
    });
    const day = format({ day: "numeric", month: "long" });
    const time = format({ hour: "2-digit", minute: "2-digit" });
    const name = () => {
      const moment = field.value ? new Date(`${field.value}Z`) : null;
      button.textContent = moment && !Number.isNaN(moment.valueOf())
        ? button.dataset.words.replace("{when}", `${day.format(moment)}, ${time.format(moment)}`) : plain;
    };
    field.addEventListener("input", name);
    name();
  }

  document.addEventListener("DOMContentLoaded", () => {
    countHeadline();
    guardForm();
    beginWithHeadline();
    beginWithFirstError();
    watchWhatIsMissing();
    nameMoment();
  });
}
