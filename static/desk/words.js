/* What the editor says to people. The words themselves come from the page, in its language: `data-` attributes
   of #desk-words, with {names} of what is filled in. */

export function words(name, values = {}) {
  const text = document.getElementById("desk-words")?.dataset[name] ?? "";
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

/* The words for one thing, or for that many. */
export const counted = (name, count) => words(count === 1 ? `${name}One` : name, { count });

/* The line under the editor that is read out when it changes. */
let line;

export function putLineUnder(dom) {
  line = document.createElement("p");
  line.className = "editor-says";
  line.setAttribute("role", "status");
  dom.after(line);
}

export function say(sentence) {
  if (line) line.textContent = sentence;
}

/* Adds to what was said of the same thing. */
export function sayAlso(sentence) {
  if (line) line.textContent = `${line.textContent} ${sentence}`.trim();
}

/* A title with its keys, as the machine at hand names them: `Cite a source (Ctrl+Shift+C)`. */
export function titleWithKeys(title, letter) {
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  return `${title} (${isMac ? "⇧⌘" : "Ctrl+Shift+"}${letter})`;
}

/* Asks soon after the last call only; an answer that came too late is dropped. */
export function soon(ask, show, wait = 200) {
  let timer;
  let last = 0;
  return (...what) => {
    clearTimeout(timer);
    last += 1;
    const mine = last;
    timer = setTimeout(async () => {
      const answer = await ask(...what).catch(() => null);
      if (mine === last) show(answer, ...what);
    }, wait);
  };
}
