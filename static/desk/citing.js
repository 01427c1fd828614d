/* The dialog that picks what a marker cites: a source of the story, one on record, or a new one. */
import { addSource, offerRecord, onRecord, sources, wholeAddress } from "desk/sources";
import { soon, words } from "desk/words";

const dialog = () => document.getElementById("cite-dialog");
const part = (name) => dialog().querySelector(`[data-part="${name}"]`);
const input = (name) => dialog().querySelector(`[name="${name}"]`);

let asked = null; // {current, choose, remove} while the dialog is open
let isWatched = false;

export const canCite = () => Boolean(dialog());

/* Opens the dialog. `choose(key)` gets the key of what was picked; `remove()`, where there is a marker already,
   takes it away; `closed()` is called in any case, afterwards. */
export function pickSource({ current = null, choose, remove, closed }) {
  if (!isWatched) watch();
  asked = { current, choose, remove, closed };
  for (const field of dialog().querySelectorAll("input")) field.value = "";
  part("error").textContent = "";
  part("on-record").replaceChildren();
  part("title").textContent = words(current ? "changeMarker" : "cite");
  part("remove").hidden = !current;
  showList([]);
  dialog().showModal();
  input("find").focus();
}

function done(key) {
  const { choose } = asked;
  dialog().close();
  choose(key);
}

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function ownSources(query) {
  const looked = folded(query).split(/\s+/).filter(Boolean);
  return sources().filter(({ number, title, publisher, url }) => {
    const text = folded(`${title} ${publisher} ${url}`);
    return String(number) === query || looked.every((word) => text.includes(word));
  });
}

function choice({ number, title, publisher, url, key }, act) {
  const button = document.createElement("button");
  button.type = "button";
  if (key && key === asked.current) button.setAttribute("aria-current", "true");
  const about = [publisher, url].filter(Boolean).join(" · ");
  for (const [name, text] of [["b", number ? `${number}.` : ""], ["span", title || url], ["small", about]]) {
    if (!text) continue;
    const element = document.createElement(name);
    element.dir = "auto";
    element.textContent = text;
    button.append(element, " ");
  }
  button.addEventListener("click", act);
  const item = document.createElement("li");
  item.append(button);
  return item;
}

function showList(found) {
  const query = input("find").value.trim();
  const own = ownSources(query);
  const keys = new Set(sources().map(({ pk }) => pk));
  const others = found.filter(({ pk }) => !keys.has(String(pk)));
  part("own").replaceChildren(...own.map((source) => choice(source, () => done(source.key))));
  part("others").replaceChildren(...others.map((source) => choice(source, () => cite(source))));
  part("own-heading").hidden = own.length === 0;
  part("others-heading").hidden = others.length === 0;
  const count = own.length + others.length;
  part("count").textContent = count ? words("found", { count }) : words(query ? "nothingFound" : "noSources", { words: query });
}

function cite(source) {
  const key = addSource(source);
  if (key) done(key);
  else part("error").textContent = words("listIsFull");
}

function addNew() {
  const address = input("url").value.trim();
  const wrong = (!input("title").value.trim() && ["title", words("titleMissing")])
    || (address && !wholeAddress(address) && ["url", words("addressWrong")]);
  for (const name of ["title", "url"]) input(name).toggleAttribute("aria-invalid", Boolean(wrong) && wrong[0] === name);
  part("error").textContent = wrong ? wrong[1] : "";
  if (wrong) input(wrong[0]).focus();
  else cite({ title: input("title").value.trim(), publisher: input("publisher").value.trim(), url: address });
}

/* Up and down go through the choices, from the field and back to it. */
function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const stops = [input("find"), ...dialog().querySelectorAll("li > button")];
  const at = stops.indexOf(document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  stops[Math.min(Math.max(at + step, 0), stops.length - 1)].focus();
}

function enter(event) {
  if (event.key !== "Enter" || event.isComposing || !(event.target instanceof HTMLInputElement)) return;
  event.preventDefault();
  if (event.target !== input("find")) addNew();
  else if (input("find").value.trim()) dialog().querySelector("li > button")?.click();
}

function watch() {
  isWatched = true;
  const look = soon(
    async (query) => {
      const address = wholeAddress(query);
      if (!query) return [];
      return /[/:]/.test(query) && address ? onRecord({ address }) : onRecord({ term: query });
    },
    (found) => { if (dialog().open) showList(found ?? []); },
  );
  input("find").addEventListener("input", () => { showList([]); look(input("find").value.trim()); });
  const offer = offerRecord({ input: input("url"), line: part("on-record"), take: cite });
  input("url").addEventListener("input", offer);
  part("add").addEventListener("click", addNew);
  part("cancel").addEventListener("click", () => dialog().close());
  part("remove").addEventListener("click", () => { const { remove } = asked; dialog().close(); remove(); });
  dialog().addEventListener("keydown", (event) => { walk(event); enter(event); });
  dialog().addEventListener("close", () => asked.closed());
}
