/* The dialog that says in which language words are, and which way a language is written. */
import { words } from "desk/words";

const dialog = () => document.getElementById("language-dialog");
const part = (name) => dialog().querySelector(`[data-part="${name}"]`);
const input = (name) => dialog().querySelector(`[name="${name}"]`);

/* As the server checks it: see _VALUES in articles/rich_text.py. */
const CODE = /^(?=.{2,35}$)[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;
const FROM_THE_RIGHT = new Set(["Adlm", "Arab", "Aran", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi"]);

let asked = null;
let isWatched = false;

export const canNameLanguage = () => Boolean(dialog());

function isFromTheRight(code) {
  try {
    return FROM_THE_RIGHT.has(new Intl.Locale(code).maximize().script);
  } catch {
    return false;
  }
}

/* The direction that words in a language need in this story: none where it is the story's own. */
export function directionOf(code) {
  const own = isFromTheRight(document.getElementById("id_language")?.value || document.documentElement.lang);
  const its = isFromTheRight(code);
  return its === own && !its ? null : its ? "rtl" : "ltr";
}

/* Opens the dialog. `choose(code)` gets a language code, `remove()` is called where there shall be none. */
export function pickLanguage({ current = null, choose, remove, closed }) {
  if (!isWatched) watch();
  asked = { choose, remove, closed };
  const select = input("language");
  const isListed = [...select.options].some((option) => option.value === current);
  select.value = current && isListed ? current : "";
  input("code").value = current && !isListed ? current : "";
  part("error").textContent = "";
  part("remove").hidden = !current;
  dialog().showModal();
  select.focus();
}

function apply() {
  const code = input("code").value.trim() || input("language").value;
  const isCode = CODE.test(code);
  input("code").toggleAttribute("aria-invalid", Boolean(code) && !isCode);
  part("error").textContent = isCode ? "" : words(code ? "codeWrong" : "languageMissing");
  if (!isCode) return (code ? input("code") : input("language")).focus();
  const { choose } = asked;
  dialog().close();
  return choose(code);
}

function watch() {
  isWatched = true;
  part("apply").addEventListener("click", apply);
  part("cancel").addEventListener("click", () => dialog().close());
  part("remove").addEventListener("click", () => { const { remove } = asked; dialog().close(); remove(); });
  input("language").addEventListener("change", () => { input("code").value = ""; });
  dialog().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    apply();
  });
  dialog().addEventListener("close", () => asked.closed());
}
