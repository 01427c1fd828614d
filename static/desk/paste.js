/* What is pasted from word processors and pages of the web becomes what the editor itself would write.

   The policy of the page forbids `style=` and handlers of events, so these attributes are renamed before anything
   reads the text as HTML; what the styles mean (bold, italics, lists, hidden words) is read from there. */
import { Extension, Plugin } from "django-prose-editor/editor";
import { counted, say } from "desk/words";

/* The text with `style=` and what would run (`onclick=` …) renamed to `data-style=` and so on in its tags, and
   without comments and stylesheets. Goes through it once, however it is written. */
export function withoutStyles(html) {
  const kept = [];
  let copied = 0;
  const replace = (start, end, text) => { kept.push(html.slice(copied, start), text); copied = end; };
  for (let start = html.indexOf("<"); start >= 0; start = html.indexOf("<", Math.max(start + 1, copied))) {
    if (html.startsWith("<!--", start)) {
      replace(start, after(html, /-->/g, start + 4), "");
    } else if (/[a-z]/i.test(html[start + 1] ?? "")) {
      const end = endOfTag(html, start);
      const tag = html.slice(start, end);
      if (/^<style[\s/>]/i.test(tag)) replace(start, after(html, /<\/style\s*>/gi, end), "");
      else replace(start, end, tag.replace(/([\s"'/])(style|on[a-z]+)(?=\s*=)/gi, "$1data-$2"));
    }
  }
  return kept.join("") + html.slice(copied);
}

function after(html, ending, from) {
  ending.lastIndex = from;
  return ending.test(html) ? ending.lastIndex : html.length;
}

function endOfTag(html, start) {
  let quote = "";
  let last = ""; // the last character that is no space
  for (let at = start; at < html.length; at += 1) {
    const character = html[at];
    if (quote) quote = character === quote ? "" : quote;
    else if (character === ">") return at + 1;
    else if (last === "=" && (character === '"' || character === "'")) quote = character;
    if (character.trim()) last = character;
  }
  return html.length;
}

const DROPPED = new Set([
  "audio", "button", "canvas", "del", "embed", "head", "iframe", "input", "link", "map", "math", "meta", "noscript",
  "object", "script", "select", "source", "style", "svg", "template", "textarea", "title", "video", "xml",
]);
const BLOCKS = new Set([
  "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
  "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
  "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
]);
const HEADING = /^h[1-6]$/;
/* What Word draws before an item that is numbered; "o" and "§", its bullets, stand without a stop. */
const NUMBERED = /^\(?(\d{1,4}|[a-z]{1,3}|[ivxlcdm]{1,6})[.)]/i;

const parsedStyles = new Map();

function styleOf(element) {
  const text = element.getAttribute("data-style") ?? "";
  if (!parsedStyles.has(text)) {
    const pairs = text.split(";").map((part) => part.split(":"));
    parsedStyles.set(text, Object.fromEntries(pairs.map(([name, ...value]) => [name.trim().toLowerCase(), value.join(":").trim().toLowerCase()])));
  }
  return parsedStyles.get(text);
}

/* The address of a link, out of what search engines and mail wrap around it; "" where it leads nowhere outside. */
export function linkAddress(href) {
  let url;
  try {
    url = new URL(href.trim());
  } catch {
    return "";
  }
  const wrapped = /(^|\.)google\.[a-z.]+$/.test(url.hostname) && url.pathname === "/url" && (url.searchParams.get("q") ?? url.searchParams.get("url"));
  if (wrapped && wrapped !== href) return linkAddress(wrapped);
  return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : "";
}

function marksOf(element, tag, marks) {
  const style = styleOf(element);
  const its = { ...marks };
  const weight = style["font-weight"];
  if (tag === "b" || tag === "strong") its.bold = true;
  if (tag === "i" || tag === "em" || tag === "cite" || tag === "dfn") its.italic = true;
  if (/^(bold|normal|light|\d)/.test(weight)) its.bold = /^bold/.test(weight) || Number(weight) >= 600;
  if (style["font-style"]) its.italic = /italic|oblique/.test(style["font-style"]);
  const isNote = /(^| )Mso(Footnote|Endnote)Reference( |$)/.test(element.className);
  if (tag === "sup" || isNote || style["vertical-align"] === "super") its.script = "sup";
  else if (tag === "sub" || style["vertical-align"] === "sub") its.script = "sub";
  else if (style["vertical-align"] === "baseline") its.script = "";
  if (tag === "a") its.link = linkAddress(element.getAttribute("href") ?? "") || marks.link;
  return its;
}

const isHidden = (style) => style.display === "none" || style["mso-hide"] === "all";

/* What is written, element by element: paragraphs that open and close by themselves, lists that nest. */
class Writer {
  constructor({ topHeading, keepsLanguages, language }) {
    this.document = document.implementation.createHTMLDocument("");
    this.root = this.document.createElement("div");
    this.into = this.root; // what the next paragraph goes into
    this.kind = "p";
    this.pieces = [];
    this.wordLists = []; // open lists of Word, which are paragraphs with a level: {element, level, isNumbered}
    this.pictureCount = 0;
    Object.assign(this, { topHeading, keepsLanguages, language });
  }

  text(words, marks) {
    if (words) this.pieces.push({ words, ...marks });
  }

  marker(element) {
    this.pieces.push({ marker: element.cloneNode(false) });
  }

  /* Ends the paragraph that is open; one without words leaves nothing. */
  end() {
    const { pieces } = this;
    this.pieces = [];
    if (!pieces.some(({ marker, words }) => marker || /[^\s\u00a0]/.test(words))) return;
    const block = this.document.createElement(this.kind);
    for (const piece of trimmed(pieces)) block.append(this.inline(piece));
    this.into.append(block);
  }

  inline(piece) {
    if (piece.marker) return this.document.importNode(piece.marker, false);
    if (piece.isBreak) return this.document.createElement("br");
    const around = [
      piece.lang && ["span", { lang: piece.lang, ...(piece.dir && { dir: piece.dir }) }],
      piece.script && [piece.script],
      piece.italic && ["em"],
      piece.bold && !HEADING.test(this.kind) && ["strong"],
      piece.link && ["a", { href: piece.link }],
    ];
    return around.filter(Boolean).reduce((inner, [name, attributes = {}]) => {
      const element = this.document.createElement(name);
      for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
      element.append(inner);
      return element;
    }, this.document.createTextNode(piece.words));
  }

  /* Writes inside of an element, as `write` does it, and drops the element where nothing came of it. */
  inside(element, parent, write) {
    this.end();
    const { into, kind } = this;
    parent.append(element);
    this.into = element;
    this.kind = "p";
    write();
    this.end();
    Object.assign(this, { into, kind });
    if (!element.hasChildNodes()) element.remove();
  }

  as(kind, write) {
    this.end();
    const before = this.kind;
    this.kind = kind;
    write();
    this.end();
    this.kind = before;
  }
}

/* Pieces with white space folded at the ends, and breaks only between words. */
function trimmed(pieces) {
  const isBlank = ({ marker, words }) => !marker && !/[^\s\u00a0]/.test(words ?? "");
  let [start, end] = [0, pieces.length];
  while (start < end && isBlank(pieces[start])) start += 1;
  while (end > start && isBlank(pieces[end - 1])) end -= 1;
  const kept = pieces.slice(start, end);
  if (kept[0]?.words) kept[0] = { ...kept[0], words: kept[0].words.replace(/^[\s\u00a0]+/, "") };
  const last = kept.length - 1;
  if (kept[last]?.words) kept[last] = { ...kept[last], words: kept[last].words.replace(/[\s\u00a0]+$/, "") };
  return kept;
}

function walkChildren(node, writer, marks) {
  for (const child of node.childNodes) walk(child, writer, marks);
}

function walk(node, writer, marks) {
  if (node.nodeType === 3) return writeText(node.data, writer, marks);
  if (node.nodeType !== 1) return undefined;
  const tag = node.localName;
  const style = styleOf(node);
  if (tag === "img") return countPicture(node, writer);
  if (DROPPED.has(tag) || isHidden(style) || isOfWordAlone(node, style)) return undefined;
  if (tag === "sup" && (node.dataset.cite || node.classList.contains("cite"))) return writeMarker(node, writer);
  if (tag === "br") return writeBreak(node, writer, marks);
  if (BLOCKS.has(tag)) return walkBlock(node, tag, style, writer, marks);
  return walkChildren(node, writer, withLanguage(node, marksOf(node, tag, marks), writer));
}

/* Line ends in the source are spaces, but in text that is set as it stands; so are the runs of no-break spaces
   that Word writes. A single one is meant. */
function writeText(text, writer, marks) {
  const lines = marks.keepsLines ? text.split(/\r?\n/) : [text];
  for (const [index, line] of lines.entries()) {
    if (index) writeBreak(null, writer, marks);
    writer.text(line.replace(/[ \t\r\n\f]+/g, " ").replace(/\u00a0+ | \u00a0+|\u00a0{2,}/g, " "), marks);
  }
}

/* Comments, the marks of list items, and the mark that leads back from a footnote. */
function isOfWordAlone(node, style) {
  const list = style["mso-list"] ?? "";
  return list === "ignore" || list.startsWith("ignore") || style["mso-element"] === "comment-list"
    || /(^| )(msocom|MsoComment)/.test(node.className) || Boolean(style["mso-comment-reference"]);
}

function countPicture(node, writer) {
  if (node.closest("[role=checkbox]")) return;
  const sides = ["width", "height"].map((side) => Number.parseInt(node.getAttribute(side) ?? "100", 10));
  if (sides.every((side) => side > 2)) writer.pictureCount += 1; // the others only count readers
}

/* A marker of ours keeps what it says of its source; a number printed on a page of readers says nothing. */
function writeMarker(node, writer) {
  if (!node.dataset.cite) node.setAttribute("data-cite", "s0");
  writer.marker(node);
}

function writeBreak(node, writer, marks) {
  if (node?.className === "Apple-interchange-newline") return;
  const last = writer.pieces.at(-1);
  if (last?.isBreak) {
    writer.pieces.pop();
    writer.end(); // two breaks part paragraphs
  } else {
    writer.pieces.push({ isBreak: true, words: "", ...marks });
  }
}

function withLanguage(node, marks, writer) {
  const lang = node.getAttribute("lang");
  if (!lang || !writer.keepsLanguages) return marks;
  const isForeign = lang.split("-")[0].toLowerCase() !== writer.language;
  return { ...marks, lang: isForeign ? lang : "", dir: isForeign ? node.getAttribute("dir") : "" };
}

function walkBlock(node, tag, style, writer, marks) {
  const item = wordItem(node, style);
  if (!item && !["div", "section", "article", "main", "body"].includes(tag)) endWordLists(writer);
  const inner = withLanguage(node, marksOf(node, "", { ...marks, script: "" }), writer);
  if (item) return writeWordItem(item, node, writer, inner);
  if (HEADING.test(tag)) return writeHeading(Number(tag[1]), node, writer, inner);
  if (/(^| )MsoTitle( |$)/.test(node.className)) return writeHeading(1, node, writer, inner);
  if (tag === "ul" || tag === "ol") return writeList(node, tag, writer, inner);
  if (tag === "blockquote") return writer.inside(writer.document.createElement(tag), writer.into, () => walkChildren(node, writer, inner));
  if (tag === "tr") return writeTableRow(node, writer, inner);
  if (tag === "pre") inner.keepsLines = true;
  writer.end();
  walkChildren(node, writer, inner);
  return writer.end();
}

function writeHeading(level, node, writer, marks) {
  if (writer.into.localName === "li") return walkChildren(node, writer, marks); // no headings in lists
  return writer.as(level === writer.topHeading ? "h2" : "h3", () => walkChildren(node, writer, marks));
}

function writeList(node, tag, writer, marks) {
  const list = writer.document.createElement(tag);
  const start = Number.parseInt(node.getAttribute("start") ?? "1", 10);
  if (tag === "ol" && start > 1) list.setAttribute("start", start);
  // A list that stands in a list, and not in one of its items, belongs to the item before.
  const parent = /^[uo]l$/.test(writer.into.localName) ? writer.into.lastElementChild ?? writer.into : writer.into;
  writer.inside(list, parent, () => {
    for (const child of node.childNodes) {
      if (/^[uo]l$/.test(child.localName)) walk(child, writer, marks);
      else if (child.nodeType === 3 && child.data.trim()) writeItem(list, writer, () => walk(child, writer, marks));
      else if (child.nodeType === 1) writeItem(list, writer, () => walkChildren(child, writer, marksOf(child, "", marks)));
    }
  });
}

function writeItem(list, writer, write) {
  const item = writer.document.createElement("li");
  writer.inside(item, list, write);
  // The editor begins each item with a paragraph.
  if (item.firstElementChild && item.firstElementChild.localName !== "p") item.prepend(writer.document.createElement("p"));
}

/* A row of a table is one line, its cells parted by a bar; cells of a layout go one below the other. */
function writeTableRow(row, writer, marks) {
  const cells = [...row.children].filter((cell) => cell.textContent.trim() || cell.querySelector("img"));
  const isLayout = cells.length < 2 || cells.some((cell) => cell.querySelector("p ~ p, div ~ div, p ~ div, h1, h2, h3, h4, ul, ol, table, blockquote"));
  writer.end();
  for (const [index, cell] of cells.entries()) {
    if (isLayout) {
      walkChildren(cell, writer, marksOf(cell, "", marks));
      writer.end();
    } else {
      if (index) writer.text(" | ", {});
      walkInline(cell, writer, marksOf(cell, cell.localName === "th" ? "b" : "", marks));
    }
  }
  writer.end();
}

function walkInline(node, writer, marks) {
  for (const child of node.childNodes) {
    if (child.nodeType === 1 && BLOCKS.has(child.localName)) walkInline(child, writer, marksOf(child, "", marks));
    else walk(child, writer, marks);
  }
}

/* What Word says of a list's item: {list, level, isNumbered, start}. The item is a paragraph. */
function wordItem(node, style) {
  const [, list, level] = /\b(l\d+)\s+level(\d+)/.exec(style["mso-list"] ?? "") ?? [];
  if (!level || HEADING.test(node.localName)) return null;
  const mark = [...node.querySelectorAll("[data-style]")].find((part) => styleOf(part)["mso-list"]?.startsWith("ignore"));
  const drawn = mark?.textContent.trim() ?? "";
  const [, number] = NUMBERED.exec(drawn) ?? [];
  return { list, level: Number(level), isNumbered: Boolean(number), start: Number(number) || 1 };
}

function endWordLists(writer, toLevel = 0) {
  const { wordLists } = writer;
  if (!wordLists.length) return;
  writer.end();
  while (wordLists.length && wordLists.at(-1).level > toLevel) wordLists.pop();
}

function writeWordItem({ list, level, isNumbered, start }, node, writer, marks) {
  const { wordLists } = writer;
  endWordLists(writer, level);
  writer.end();
  const open = wordLists.at(-1);
  const isOther = open && open.level === level && (open.isNumbered !== isNumbered || (level === 1 && open.list !== list));
  if (isOther) wordLists.pop();
  if (!wordLists.length || wordLists.at(-1).level < level) {
    const element = writer.document.createElement(isNumbered ? "ol" : "ul");
    if (isNumbered && start > 1) element.setAttribute("start", start);
    (wordLists.at(-1)?.element.lastElementChild ?? writer.into).append(element);
    wordLists.push({ element, level, isNumbered, list });
  }
  writeItem(wordLists.at(-1).element, writer, () => walkChildren(node, writer, marks));
}

/* From an office suite, everything carries a language, which says nothing of the words. */
const isOffice = (html) => /\bmso-|urn:schemas-microsoft-com:office|docs-internal-guid|LibreOffice|OpenOffice/i.test(html.slice(0, 100_000));

/* The HTML that the editor would have written, and how many pictures were left out: {html, pictureCount}. */
export function cleanPasted(html, { language = "" } = {}) {
  const source = new DOMParser().parseFromString(withoutStyles(html), "text/html");
  parsedStyles.clear();
  const levels = [...source.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((heading) => Number(heading.localName[1]));
  if (source.querySelector("p.MsoTitle")) levels.push(1);
  const writer = new Writer({ topHeading: Math.min(...levels), keepsLanguages: !isOffice(html), language });
  walkChildren(source.body, writer, {});
  writer.end();
  return { html: writer.root.innerHTML, pictureCount: writer.pictureCount };
}

/* What the editor copied itself is as it should be, but for what somebody may have slipped in. */
const isOwn = (html) => /<[a-z][^<>]*\sdata-pm-slice=/i.test(html);

export const Paste = Extension.create({
  name: "pasteCleaner",
  priority: 1000, // before those that look at what this has cleaned

  addProseMirrorPlugins() {
    return [
      new Plugin({
        props: {
          transformPastedHTML: (html) => {
            say("");
            if (isOwn(html)) return withoutStyles(html);
            const language = (document.getElementById("id_language")?.value ?? "").split("-")[0];
            const { html: cleaned, pictureCount } = cleanPasted(html, { language });
            if (pictureCount) say(counted("picturesDropped", pictureCount));
            return cleaned;
          },
        },
      }),
    ];
  },
});
