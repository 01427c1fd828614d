/* The story's list of sources, as the page shows it: numbers, keys, rows that are added, addresses on record.
   The numbers follow `OrderedFormSet.rows_to_keep` in articles/admin/rows.py, the keys articles/admin/citation_keys.py. */
import { soon, words } from "desk/words";

const PREFIX = "citations";
const listeners = new Set();
let following;

const group = () => document.getElementById(`${PREFIX}-group`);
const allRows = () => [...(group()?.querySelectorAll("tr.form-row:not(.empty-form)") ?? [])];
const field = (row, name) => row.querySelector(`[name^="${PREFIX}-"][name$="-${name}"]`);
const typed = (row, name) => field(row, name)?.value.trim() ?? "";
const cell = (row, name) => row.querySelector(`[data-of="${name}"]`)?.dataset.words ?? "";

/* What a row says: {row, key, pk, title, publisher, url}. `pk` is that of its source, where it is on record. */
function read(row) {
  const isSaved = row.classList.contains("has_original");
  const said = (name) => (isSaved ? cell(row, name) : typed(row, name));
  return {
    row,
    key: row.dataset.key,
    pk: row.dataset.source || typed(row, "title_id"),
    title: said("title"),
    publisher: said("publisher"),
    url: said("url"),
  };
}

const isDeleted = (row) => Boolean(field(row, "DELETE")?.checked);
const isFilled = (row) => row.classList.contains("has_original") || ["title", "publisher", "url"].some((name) => typed(row, name));

/* The rows that stay or come, in the order of their numbers. */
export function sources() {
  const kept = allRows().flatMap((row, index) => {
    if (!isFilled(row) || isDeleted(row)) return [];
    const wanted = Number.parseInt(typed(row, "number"), 10) || index + 1;
    return [{ ...read(row), wanted, move: Math.sign(wanted - (index + 1)), index }];
  });
  kept.sort((a, b) => a.wanted - b.wanted || a.move - b.move || a.index - b.index);
  return kept.map((source, index) => ({ ...source, number: index + 1 }));
}

export const sourceOf = (key) => sources().find((source) => source.key === key);

/* The one in the list that stands for this source, if any: by its record, else by its very words. */
export function listed({ pk, title, publisher, url }) {
  return sources().find((source) => (
    (pk && String(pk) === source.pk)
    || (url && url === source.url)
    || (!pk && !source.pk && title === source.title && publisher === source.publisher && !url && !source.url)
  ));
}

function nextKey() {
  const keys = allRows().map((row) => Number(row.dataset.key?.slice(1) || 0));
  following = Math.max(following ?? Number(group().querySelector("[data-following]")?.dataset.following ?? 1), ...keys.map((key) => key + 1));
  following += 1;
  return `s${following - 1}`;
}

function showKey(row, key) {
  row.dataset.key = key;
  field(row, "key").value = key;
  row.querySelector("code").textContent = key && `[${key}]`;
}

function announce() {
  for (const row of allRows()) if (isFilled(row) && !row.dataset.key) showKey(row, nextKey());
  for (const listener of listeners) listener();
}

/* Calls back whenever a number, a key or a row has changed. Returns what ends that. */
export function onSources(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function blankRow() {
  const blank = () => allRows().find((row) => !isFilled(row) && !row.dataset.key);
  if (!blank()) {
    const add = group()?.querySelector(".add-row a");
    if (!add || add.parentElement.offsetParent === null) return null;
    add.click();
  }
  return blank() ?? null;
}

function fill(row, { pk, title, publisher, url }) {
  for (const [name, value] of Object.entries({ title, publisher, url })) field(row, name).value = value ?? "";
  field(row, "title").dispatchEvent(new Event("input", { bubbles: true }));
  field(row, "title_id").value = pk ?? "";
  announce();
}

/* Puts a source at the end of the list, unless it is there; returns its key, or null where the list is full. */
export function addSource(source) {
  const known = listed(source);
  if (known) return known.key;
  const row = blankRow();
  if (!row) return null;
  fill(row, source);
  return row.dataset.key;
}

/* Sources on record: those that hold these words, or the one at this address. */
export async function onRecord(query) {
  const url = new URL(document.getElementById("desk-words").dataset.known, location.href);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  return answer.ok ? (await answer.json()).results : [];
}

/* The address as the server reads it, or "" where it is none yet. */
export function wholeAddress(text) {
  const address = text.trim();
  if (!address || /\s/.test(address)) return "";
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`);
    return /^https?:$/.test(url.protocol) && url.hostname.includes(".") ? url.href : "";
  } catch {
    return "";
  }
}

/* Watches an address field: what is on record at that address is offered in `line`, and `take` gets it. */
export function offerRecord({ input, line, take }) {
  const show = ([found] = []) => {
    const already = found && listed(found);
    if (!found || (already && input.closest("tr") === already.row)) return line.replaceChildren();
    if (already) return line.replaceChildren(words("alreadyListed", { name: found.name, number: already.number }));
    const use = document.createElement("button");
    use.type = "button";
    use.textContent = words("useRecord");
    use.addEventListener("click", () => { line.replaceChildren(); take(found); });
    return line.replaceChildren(`${words("onRecord", { name: found.name })} `, use);
  };
  const ask = soon(async (address) => (address ? onRecord({ address }) : []), (found) => show(found ?? []));
  return () => ask(wholeAddress(input.value));
}

function watchAddress(event) {
  const input = event.target;
  const row = input instanceof HTMLInputElement && input.dataset.known && input.closest("tr.form-row");
  if (!row) return;
  const line = row.querySelector(".known");
  line.ask ??= offerRecord({
    input,
    line,
    take: (found) => { fill(row, found); field(row, "title").focus(); },
  });
  line.ask();
}

if (group()) {
  group().addEventListener("input", (event) => { watchAddress(event); announce(); });
  group().addEventListener("change", announce);
  for (const name of ["formset:added", "formset:removed"]) {
    document.addEventListener(name, (event) => { if (event.detail?.formsetName === PREFIX) announce(); });
  }
  announce();
}
