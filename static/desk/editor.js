/* What the rich-text editor of the desk has beyond its own: markers that cite a source, and words in a language.
   The names exported are those of EDITOR_EXTENSIONS in articles/rich_text.py. */
import { InputRule, Mark, Node, Plugin, pm } from "django-prose-editor/editor";
import { canCite, pickSource } from "desk/citing";
import { canNameLanguage, directionOf, pickLanguage } from "desk/languages";
import { addSource, listed, onSources, sourceOf } from "desk/sources";
import { counted, putLineUnder, say, sayAlso, titleWithKeys, words } from "desk/words";

export { Paste } from "desk/paste";

/* The editor writes an inline stylesheet unless there is one, which the page's policy forbids. Its rules stand
   in editor.css; this element says so, in no namespace, so that the browser reads no stylesheet in it. */
const stylesAreElsewhere = document.createElementNS("", "style");
stylesAreElsewhere.setAttribute("data-tiptap-style", "");
document.head.append(stylesAreElsewhere);

/* This page among all that are open: a key means something on its own page only. */
const PAGE = `${Date.now()}-${Math.random()}`;

const { DOMSerializer, Fragment, Slice } = pm.model;
const { NodeSelection } = pm.state;

/* Opens the dialog for the marker that is selected, or for a new one behind the selection. */
function cite(editor) {
  if (!canCite()) return false;
  const { selection } = editor.state;
  const current = selection.node?.type.name === "citation" ? selection.node.attrs.key : null;
  pickSource({
    current,
    choose: (key) => {
      if (current) editor.chain().updateAttributes("citation", { key }).setTextSelection(selection.to).run();
      else editor.chain().insertContentAt(selection.to, { type: "citation", attrs: { key } }).run();
    },
    remove: () => editor.commands.deleteSelection(),
    closed: () => editor.commands.focus(),
  });
  return true;
}

/* What a marker takes along when it is copied, so that it cites the same source wherever it is pasted. */
function origin(key) {
  const { pk = "", title = "", publisher = "", url = "" } = sourceOf(key) ?? {};
  return JSON.stringify({ page: PAGE, pk, title, publisher, url });
}

/* The key of a pasted marker's source in this story, which gets the source where it does not have it. Null where
   nobody knows what the marker cited. */
function keyHere({ key, from }, added) {
  let source;
  try {
    source = JSON.parse(from);
  } catch {
    return null;
  }
  if (!source) return null;
  if (source.page === PAGE && sourceOf(key)) return key;
  if (!source.title && !source.url) return null;
  const known = listed(source);
  const its = known ? known.key : addSource(source);
  if (its && !known) added.add(its);
  return its;
}

function pasted(slice, type) {
  const added = new Set();
  let lost = 0;
  const walked = (fragment) => {
    const nodes = [];
    fragment.forEach((node) => {
      if (node.type !== type) return nodes.push(node.isText ? node : node.copy(walked(node.content)));
      const key = keyHere(node.attrs, added);
      if (key) return nodes.push(type.create({ key }, null, node.marks));
      lost += 1;
      return null;
    });
    return Fragment.fromArray(nodes);
  };
  const content = walked(slice.content);
  if (added.size) sayAlso(counted("sourcesAdded", added.size));
  if (lost) sayAlso(counted("markersLost", lost));
  return new Slice(content, slice.openStart, slice.openEnd);
}

export const Citation = Node.create({
  name: "citation",
  group: "inline",
  inline: true,
  atom: true,
  priority: 200, // so that Enter on a marker opens its dialog before it parts a paragraph

  addAttributes() {
    return {
      key: {
        default: null,
        parseHTML: (element) => element.getAttribute("data-cite"),
        renderHTML: ({ key }) => ({ "data-cite": key }),
      },
      // Where it was copied; what is in the story has none.
      from: {
        default: null,
        parseHTML: (element) => element.getAttribute("data-cite-from"),
        rendered: false,
      },
    };
  },

  parseHTML() {
    return [{ tag: "sup[data-cite]", priority: 100 }]; // before superscript, which takes any sup
  },

  renderHTML({ HTMLAttributes }) {
    return ["sup", HTMLAttributes];
  },

  renderText({ node }) {
    return `[${sourceOf(node.attrs.key)?.number ?? node.attrs.key}]`;
  },

  addNodeView() {
    return ({ node, editor, getPos }) => {
      const dom = document.createElement("sup");
      let shown = node;
      const draw = () => {
        const { key } = shown.attrs;
        const source = sourceOf(key);
        dom.className = source ? "marker" : "marker lost";
        dom.textContent = source ? source.number : `[${key}]`;
        dom.title = source
          ? words("markerTitle", { number: source.number, name: source.title || source.url })
          : words("markerLost", { key }) || `[${key}]`;
      };
      draw();
      const end = onSources(draw);
      dom.addEventListener("dblclick", () => {
        editor.view.dispatch(editor.state.tr.setSelection(NodeSelection.create(editor.state.doc, getPos())));
        cite(editor);
      });
      return {
        dom,
        update(updated) {
          if (updated.type !== shown.type) return false;
          shown = updated;
          draw();
          return true;
        },
        destroy: end,
      };
    };
  },

  addInputRules() {
    return [
      new InputRule({
        find: /\[(s[1-9][0-9]{0,4})\]$/,
        handler: ({ state, range, match }) => {
          state.tr.replaceWith(range.from, range.to, this.type.create({ key: match[1] }));
        },
      }),
    ];
  },

  addMenuItems({ menu, buttons }) {
    if (!canCite()) return;
    menu.defineItem({
      name: "cite",
      groups: "link",
      priority: 90,
      button: buttons.material("menu_book", titleWithKeys(words("cite"), "C")),
      active: (editor) => editor.isActive("citation"),
      command: cite,
    });
  },

  addKeyboardShortcuts() {
    const isOnMarker = ({ editor }) => editor.state.selection.node?.type === this.type;
    return {
      "Mod-Shift-c": ({ editor }) => cite(editor),
      Enter: (event) => isOnMarker(event) && cite(event.editor),
    };
  },

  addProseMirrorPlugins() {
    const plain = DOMSerializer.fromSchema(this.editor.schema);
    const copied = ({ attrs: { key } }) => [
      "sup", { "data-cite": key, "data-cite-from": origin(key) }, `[${sourceOf(key)?.number ?? key}]`,
    ];
    return [
      new Plugin({
        props: {
          clipboardSerializer: new DOMSerializer({ ...plain.nodes, citation: copied }, plain.marks),
          // What is dragged inside of the editor stays in its story.
          transformPasted: (slice, view) => (view.dragging ? slice : pasted(slice, this.type)),
        },
      }),
    ];
  },
});

function nameLanguage(editor) {
  const { from, to, empty } = editor.state.selection;
  const current = editor.getAttributes("language").lang ?? null;
  if (!canNameLanguage() || (empty && !current)) return false;
  const overWords = () => {
    const chain = editor.chain().setTextSelection({ from, to });
    return empty ? chain.extendMarkRange("language") : chain;
  };
  pickLanguage({
    current,
    choose: (lang) => overWords().setMark("language", { lang, dir: directionOf(lang) }).setTextSelection(to).run(),
    remove: () => overWords().unsetMark("language").setTextSelection(to).run(),
    closed: () => editor.commands.focus(),
  });
  return true;
}

export const Language = Mark.create({
  name: "language",

  addAttributes() {
    return { lang: { default: null }, dir: { default: null } };
  },

  parseHTML() {
    return [{ tag: "span[lang]" }];
  },

  renderHTML({ HTMLAttributes }) {
    return ["span", HTMLAttributes, 0];
  },

  addMenuItems({ menu, buttons }) {
    if (!canNameLanguage()) return;
    menu.defineItem({
      name: "language",
      groups: "link",
      priority: 80,
      button: buttons.material("translate", titleWithKeys(words("language"), "L")),
      active: (editor) => editor.isActive("language"),
      enabled: (editor) => !editor.state.selection.empty || editor.isActive("language"),
      command: nameLanguage,
    });
  },

  addKeyboardShortcuts() {
    return {
      "Mod-Shift-l": ({ editor }) => nameLanguage(editor) || (say(words("selectFirst")), true),
    };
  },
});

/* The list of kinds of paragraphs is a box that only a mouse opens: it becomes a button, with the list behind it. */
function openByKeyboard(dropdown) {
  const [button, picker] = dropdown.children;
  button.role = "button";
  button.tabIndex = 0;
  button.ariaHasPopup = "true";
  button.ariaLabel = words("paragraphKind");
  const quiet = () => { for (const child of button.children) child.disabled = true; };
  new MutationObserver(quiet).observe(button, { childList: true });
  quiet();
  button.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    button.click();
    picker.querySelector("button:not(.hidden)")?.focus();
  });
  picker.addEventListener("toggle", ({ newState }) => {
    button.ariaExpanded = String(newState === "open");
    if (newState === "closed" && picker.contains(document.activeElement)) button.focus();
  });
}

/* The toolbar stays in view below the bar of the page, however many lines that has. */
function keepBelowBar(menubar) {
  const bar = document.querySelector(".editor .bar");
  if (!bar) return;
  new ResizeObserver(() => {
    const isSticky = getComputedStyle(bar).position === "sticky";
    menubar.style.top = isSticky ? `${bar.offsetHeight}px` : "0";
  }).observe(bar);
}

/* A form that is too large for the server is not sent: what was typed would come back from nowhere. */
function guardSize(form, limit) {
  form.enctype = "multipart/form-data"; // the other way triples every letter beyond ASCII
  form.addEventListener("submit", (event) => {
    let size = 0;
    for (const [name, value] of new FormData(form)) size += new Blob([name, value]).size + 200;
    if (size <= limit) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const megabytes = (bytes) => (bytes / 1024 / 1024).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
    say(words("tooLarge", { size: megabytes(size), limit: megabytes(limit) }));
    document.querySelector(".editor-says").scrollIntoView({ block: "center" });
  }, { capture: true });
}

function nameToolbar(menubar, editor) {
  menubar.role = "toolbar";
  menubar.ariaLabel = words("toolbar");
  for (const dropdown of menubar.querySelectorAll(".prose-menubar__dropdown")) openByKeyboard(dropdown);
  keepBelowBar(menubar);
  const sayWhatRests = () => {
    for (const button of menubar.querySelectorAll(".prose-menubar__button")) button.ariaDisabled = String(button.classList.contains("disabled"));
  };
  editor.on("transaction", sayWhatRests);
  sayWhatRests();
}

document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  const { dom } = editor.view;
  dom.dir = "auto";
  putLineUnder(dom);
  // The toolbar is made a moment later.
  editor.on("create", () => nameToolbar(dom.parentElement.querySelector(".prose-menubar"), editor));
  const limit = Number(document.getElementById("desk-words")?.dataset.limit);
  if (limit) guardSize(textarea.form, limit);
});
