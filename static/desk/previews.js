/* Previews: the page that is saved first and opened beside the editor, and the links that are passed on.
   Without this script the same buttons send plain forms. */
"use strict";
{
  const isPreview = (url) => /\/\d+\/preview\/$/.test(new URL(url).pathname);

  async function send(form, button, changes = {}) {
    const sent = new FormData(form);
    for (const [name, value] of Object.entries({ [button.name]: button.value, ...changes })) sent.set(name, value);
    return fetch(form.action, { method: "POST", body: sent });
  }

  /* The other scripts believe that the page was left. */
  function stay(form) {
    window.dispatchEvent(new PageTransitionEvent("pageshow"));
    form.dispatchEvent(new Event("input"));
  }

  /* The editor opens what it has saved anew, or its rows would be saved a second time. What is refused is shown
     in the editor, by sending it once more the plain way. */
  async function saveAndShow(form, button) {
    const tab = window.open("", "_blank"); // null where the browser allows none: then the preview takes this one
    let answer;
    try {
      answer = await send(form, button);
    } catch {
      tab?.close();
      stay(form);
      return say(button, button.dataset.lost);
    }
    if (!isPreview(answer.url)) {
      tab?.close();
      stay(form);
      button.formTarget = "_self"; // for good: the page with what was refused takes the place of this one
      return sendPlainly(form, button);
    }
    if (tab) tab.location.replace(answer.url);
    return location.replace(tab ? answer.url.replace(/preview\/$/, "change/") : answer.url);
  }

  function say(button, words) {
    const place = document.getElementById(button.dataset.says);
    if (place) place.textContent = words;
  }

  /* Links are made and revoked without leaving the words that are being typed. */
  async function changeLinks(form, button) {
    const box = document.getElementById("preview-links");
    const answer = await send(form, button, { then: "here" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("preview-links");
    if (!answer.ok || !fresh) throw new Error(answer.statusText);
    box.replaceWith(fresh);
    const said = page.querySelector(".messagelist li");
    fresh.querySelector("[role=status]").textContent = said ? said.textContent : "";
    offerCopies();
    fresh.querySelector("button[name=make]").focus();
  }

  function offerCopies() {
    for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;
  }

  async function copy(button) {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // where the browser gives no clipboard to pages without TLS
    }
    button.closest("section").querySelector("[role=status]").textContent = button.dataset.done;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-copy]");
    if (button) copy(button);
  });

  const AGAIN = 10_000;
  let isPlain = false; // what the script could not do is sent the plain way

  function sendPlainly(form, button) {
    isPlain = true;
    form.requestSubmit(button);
    setTimeout(() => { isPlain = false; }, AGAIN);
  }

  /* Comes after all others that look at a form before it goes: some of them stop it. */
  function listen() {
    window.addEventListener("submit", (event) => {
      const { target: form, submitter: button } = event;
      if (isPlain || event.defaultPrevented || !button) return;
      if (button.name === "_preview") {
        event.preventDefault();
        saveAndShow(form, button);
      } else if (form.id === "preview-links-form") {
        event.preventDefault();
        changeLinks(form, button).catch(() => sendPlainly(form, button));
      }
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    offerCopies();
    listen();
  });
}
